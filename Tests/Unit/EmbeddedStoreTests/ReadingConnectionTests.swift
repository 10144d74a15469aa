import BSON
import Dispatch
import Foundation
import GRDB
import TestKit
import TestTraits
import Testing
import Updates

@testable import EmbeddedStore

/// A store that is written has another connection for reading.
@Suite(.bounded) struct ReadingConnectionTests {
  private let folder: TemporaryFolder
  private let store: EmbeddedStore

  init() throws {
    folder = try TemporaryFolder()
    store = try EmbeddedStore.open(folder.path("store.sqlite"))
  }

  @Test func `state is looked up while a transaction writes, as it was before`() async throws {
    let line = #"{"upsert":{"users":[{"tenantId":"t","userId":"u","name":"NAME"}]}}"#
    let key = EntityKey(tenantId: Identifier("t"), id: Identifier("u"))
    func name() async throws -> String? { try await store.users([key])[key]?["name"]?.string }
    try await store.apply(line)
    let (begun, beginning) = AsyncStream<Void>.makeStream()
    let end = DispatchSemaphore(value: 0)
    let writing = Task { [store] in
      try await store.write { db in
        try db.execute(sql: "DELETE FROM users")
        beginning.finish()
        end.wait()
      }
    }
    for await _ in begun {}
    #expect(try await name() == "NAME")
    end.signal()
    try await writing.value
    #expect(try await name() == nil)
    try store.close()
  }

  @Test func `a closed store is one file`() async throws {
    try await store.apply(#"{"upsert":{"users":[{"tenantId":"t","userId":"u"}]}}"#)
    _ = try await store.users([EntityKey(tenantId: Identifier("t"), id: Identifier("u"))])
    try store.close()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")) == ["store.sqlite"])
  }
}
