import TestKit
import CommandHarness
import Foundation
import ReplayHarness
import Testing

/// A replay onto a disk that becomes full.
@Suite struct NoSpaceTests {
  /// The limits on the size of files are in blocks of 512 bytes, from one page to more than the whole store.
  @Test
  func `the same command completes a replay that ran out of space, wherever that happened`()
    throws
  {
    let command = try Command()
    let timeline = try command.write("timeline.ndjson", Sample.timeline(events: 3))
    var cutOff = 0
    for blocks in stride(from: 8, through: 640, by: 24) {
      let store = "sqlite:\(command.folder.path("\(blocks).sqlite"))"
      // With the signal ignored, writing fails as on a full disk.
      let script = "trap '' XFSZ; ulimit -f \(blocks); exec \"$0\" replay \"$1\" --store \"$2\""
      let limited = try command.run("/bin/sh", ["-c", script, Command.executable, timeline, store])
      #expect([0, 69].contains(limited.status), "\(blocks) blocks: \(limited.errors)")
      if limited.status == 69 {
        cutOff += 1
        let meanwhile = try command("inspect", "updates", "--store", store)
        #expect([0, 64].contains(meanwhile.status), "\(blocks) blocks: \(meanwhile.errors)")
      }
      let again = try command("replay", timeline, "--store", store)
      #expect(again.status == 0, "\(blocks) blocks: \(again.errors)")
      #expect(try command("inspect", "updates", "--store", store, "--json").lines.count == 6)
      // With more room nothing else happens.
      if limited.status == 0 { break }
    }
    #expect(cutOff > 5)
  }
}
