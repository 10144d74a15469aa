import CommandHarness
import Foundation
import TestServers
import Testing

@Suite struct SharedMemoryTests {
  @Test func `a process leaves nothing of libmongoc's in shared memory`() throws {
    let command = try Command()
    let running = try command.start(Command.executable, ["--version"], input: nil)
    #expect(try running.result().status == 0)
    #expect(!FileManager.default.fileExists(atPath: "/dev/shm/mongoc-\(running.process.id)"))
  }
}
