import Foundation
import TestKit
import TestTraits
import Testing

@testable import EmbeddedStore

/// One process writes a store at a time.
@Suite(.bounded) struct WriterLockTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("store.sqlite")
  }

  /// What an attempt to lock the store at `path` fails with.
  private func failure(_ path: String) throws -> EmbeddedStoreError {
    try #require(throws: EmbeddedStoreError.self) { _ = try WriterLock(store: path) }
  }

  @Test func `a second lock of a file fails and says so`() throws {
    let lock = try WriterLock(store: path)
    let error = try failure(path)
    #expect(error.code == .locked)
    #expect(error.message.hasPrefix("another replay is writing to \(path)"))
    lock.release()
  }

  @Test func `a symbolic link leads to the same lock`() throws {
    let lock = try WriterLock(store: path)
    let link = folder.path("link.sqlite")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    #expect(try failure(link).code == .locked)
    lock.release()
  }

  @Test func `a hard link leads to the same lock`() throws {
    let lock = try WriterLock(store: path)
    let link = folder.path("link.sqlite")
    try FileManager.default.linkItem(atPath: path, toPath: link)
    #expect(try failure(link).code == .locked)
    lock.release()
  }

  @Test func `another file has another lock`() throws {
    let first = try WriterLock(store: path)
    let second = try WriterLock(store: folder.path("other.sqlite"))
    first.release()
    second.release()
  }

  @Test func `a lock that was released can be taken again`() throws {
    try WriterLock(store: path).release()
    try WriterLock(store: path).release()
  }

  @Test
  func `a lock is released although a process that is being started has a copy of its descriptor`() throws {
    let lock = try WriterLock(store: path)
    let files = FileManager.default
    let descriptors = try files.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init)
    let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let own = try #require(
      descriptors.first { (try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == file })
    let copy = dup(own)
    defer { close(copy) }
    lock.release()
    try WriterLock(store: path).release()
  }

  @Test func `a lock goes with its object`() throws {
    do {
      let lock = try WriterLock(store: path)
      #expect(try failure(path).code == .locked)
      _ = consume lock
    }
    try WriterLock(store: path).release()
  }

  @Test func `releasing twice does not release another's lock`() throws {
    let first = try WriterLock(store: path)
    first.release()
    let second = try WriterLock(store: path)
    first.release()
    #expect(try failure(path).code == .locked)
    second.release()
  }

  @Test func `where there is no file an empty one is made`() throws {
    let lock = try WriterLock(store: path)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).isEmpty)
    lock.release()
  }

  @Test func `a file that is there keeps its content`() throws {
    try Data("content".utf8).write(to: URL(fileURLWithPath: path))
    try WriterLock(store: path).release()
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("content".utf8))
  }

  @Test(arguments: ["missing/store.sqlite", "file/store.sqlite"])
  func `a folder that does not exist is named`(name: String) throws {
    try Data().write(to: URL(fileURLWithPath: folder.path("file")))
    let error = try failure(folder.path(name))
    #expect(error.code == .readOnly)
    #expect(error.message.hasPrefix("the folder of \(folder.path(name)) does not exist"))
  }

  @Test func `what cannot be opened for writing is told with the system's reason`() throws {
    let error = try failure(folder.path)
    #expect(error.code == .readOnly)
    #expect(error.message.contains("Is a directory"))
  }

  // MARK: - Stores

  @Test func `a store is locked from its opening to its closing`() throws {
    let store = try EmbeddedStore.open(path)
    #expect(try failure(path).code == .locked)
    try store.close()
    try WriterLock(store: path).release()
  }

  @Test func `a store that another writes cannot be opened for writing`() throws {
    let lock = try WriterLock(store: path)
    let error = try #require(throws: EmbeddedStoreError.self) { _ = try EmbeddedStore.open(path) }
    #expect(error.code == .locked)
    lock.release()
  }

  @Test func `a store that cannot be opened is not kept locked`() throws {
    try Data(repeating: 1, count: 4096).write(to: URL(fileURLWithPath: path))
    let error = try #require(throws: EmbeddedStoreError.self) { _ = try EmbeddedStore.open(path) }
    #expect(error.code == .unusable)
    try WriterLock(store: path).release()
  }

  @Test func `a store that another writes can be read`() async throws {
    let store = try EmbeddedStore.open(path)
    let reader = try EmbeddedStore.read(path)
    #expect(try await reader.all().isEmpty)
    try reader.close()
    try store.close()
  }
}
