import TestKit
import BSON
import EmbeddedStore
import Foundation
import LiveHarness
import ReplayHarness
import SpecModel
import TestServers

extension Fault {
  /// A replay into a file that cannot grow, repeated once it can.
  static let noSpace = Fault("no space for the embedded store (replay)") { round in
    let folder = try TemporaryFolder()
    let scenario = Scenario(seed: UInt64(round.number(0...1_000_000)), events: 800)
    let lines = scenario.stateLines.map { Array($0.utf8) } + scenario.events.map(\.body)
    try Data(lines.joined(separator: [UInt8(ascii: "\n")])).write(
      to: URL(fileURLWithPath: folder.path("timeline.ndjson")))
    try replays.write(toFile: folder.path("replays.sh"), atomically: true, encoding: .utf8)
    let process = try SpawnedProcess(
      "/bin/sh", ["replays.sh", WorkerProcess.executable, "\(round.number(40...800))"], in: folder.path,
      output: folder.path("output"), errors: folder.path("errors"))
    try await until("the replays have ended") { !process.isRunning }
    let said = String(
      decoding: FileManager.default.contents(atPath: folder.path("output")) ?? Data(), as: UTF8.self)
    let errors = String(
      decoding: FileManager.default.contents(atPath: folder.path("errors")) ?? Data(), as: UTF8.self)
    guard process.wait() == .exited(0), said == "69 65\n" else {
      throw TestServerError(
        "the replays ended with \(said), not with 69 and 65; they said: \(errors.suffix(2000))")
    }

    let expected = try scenario.expectation(first: scenario.events.count)
    let store = try EmbeddedStore.read(folder.path("chat3.sqlite"))
    let stored = try await storedUpdates(store)
    try store.close()
    round.noteReplay(scenario.events.count, updates: expected.updates.count)
    let due = expected.updates.values.map(\.json)
    for difference in differences(stored.sorted { $0.text < $1.text }, due.sorted { $0.text < $1.text }) {
      round.note(.wrongContent, "replay: \(difference)")
    }
  }

  /// Uses a file system that is too small, if this machine allows a private mount, or else a limit on the
  /// size of files. Prints how both replays ended.
  private static let replays = """
    worker=$1; export worker size=$2
    if unshare -rm true 2>/dev/null; then
      exec unshare -rm sh -c '
        mkdir disk && mount -t tmpfs -o size=${size}k none disk || exit 1
        "$worker" replay timeline.ndjson --store sqlite:disk/chat3.sqlite >&2; first=$?
        mount -o remount,size=64m none disk || exit 1
        "$worker" replay timeline.ndjson --store sqlite:disk/chat3.sqlite >&2; second=$?
        cp disk/chat3.sqlite chat3.sqlite && echo $first $second'
    else
      (trap "" XFSZ; ulimit -f $((size * 2)); exec "$worker" replay timeline.ndjson --store sqlite:chat3.sqlite >&2)
      first=$?
      "$worker" replay timeline.ndjson --store sqlite:chat3.sqlite >&2
      echo $first $?
    fi
    """
}
