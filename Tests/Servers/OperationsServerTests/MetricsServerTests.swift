import BSON
import Foundation
import LiveHarness
import MongoStore
import Operations
import Pipeline
import RabbitBroker
import SpecModel
import TestKit
import TestServers
import TestTraits
import Testing
import Updates

/// `/metrics` and `/status` of a live worker.
@Suite(.bounded) struct MetricsServerTests {
  /// Where nx-27017 differs from MongoDB: it takes keys with `$` for extended JSON.
  private static func isBearable(_ line: [UInt8]) -> Bool {
    let text = String(decoding: line, as: UTF8.self)
    return !text.contains("\"$") && !text.contains("\"isActive\":0")
  }

  /// Publishes random events, good and bad, after all of the state around them; returns how many.
  private func publishRandomEvents(to installation: Installation, seed: UInt64) async throws -> Int {
    var generator = TimelineGenerator(seed: seed)
    let client = try installation.client()
    var count = 0
    for line in generator.rawTimeline(events: 150).filter(Self.isBearable) {
      do {
        let object = try JSONReader.object(line)
        if StateChange.isStateLine(object) {
          try await installation.store.apply(try StateChange(object))
          continue
        }
      } catch is JSONError {
        // A broken line is a bad event.
      } catch is BadEvent {
        continue
      }
      try client.publish(line, to: installation.topology.eventsExchange, "any.event.t")
      count += 1
    }
    return count
  }

  @Test(arguments: [401, 402] as [UInt64])
  func `after random traffic the counters equal what was stored, published and buried`(seed: UInt64)
    async throws
  {
    try await withInstallation { installation in
      let worker = try installation.startWorker("--http", "127.0.0.1:0", "--prefetch", "40")
      try await worker.isReady()
      let count = try await publishRandomEvents(to: installation, seed: seed)
      try await until("all events are done with") {
        let metrics = try await worker.metrics()
        return metrics["events_received_total"] == Double(count) && metrics["events_in_hand"] == 0
      }
      let metrics = try await worker.metrics()
      func sum(_ name: String) -> Double {
        metrics.filter { $0.key == name || $0.key.hasPrefix(name + "{") }.values.reduce(0, +)
      }
      let stored = try await installation.storedUpdates()
      for type in UpdateType.allCases {
        let label = "{update_type=\"\(type.rawValue)\"}"
        #expect(
          metrics["updates_stored_total" + label] == Double(stored.count { $0.type == type }), "\(type)")
        #expect(
          metrics["updates_published_total" + label]
            == Double(stored.count { $0.type == type && $0.isPublished }), "\(type)")
      }
      let client = try installation.client()
      #expect(sum("updates_published_total") == Double(try client.count(installation.tap)))
      #expect(sum("updates_unsendable_total") == Double(stored.count { !$0.isPublished }))
      #expect(sum("events_bad_total") == Double(try client.count(installation.topology.deadLetterQueue)))
      #expect(
        sum("events_handled_total") + sum("events_ignored_total") + sum("events_bad_total") == Double(count))
      #expect(metrics["events_bad_total{reason=\"other\"}"] == 0)
      #expect(metrics["event_lag_seconds_count"] ?? 0 <= Double(count))
      #expect(metrics["lag_seconds"] == 0)
      #expect(metrics["active"] == 1)
      #expect(sum("retries_total") == 0)
      let body = try await worker.get("/metrics").body + (try await worker.get("/status").body)
      for secret in ["tnt_", "dlg_", "usr_", "guest:guest"] { #expect(!body.contains(secret)) }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
    }
  }

  @Test func `prometheus_client and promtool read both formats, under load and idle`() async throws {
    let python = try PythonPackage.programs("prometheus-client==0.21.1").appendingPathComponent("python").path
    try await withInstallation { installation in
      let traffic = Traffic(events: 800)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let worker = try installation.startWorker("--http", "127.0.0.1:0")
      try await worker.isReady()
      try installation.client().publish(
        traffic.events(), to: installation.topology.eventsExchange, "dialog.update.t")
      let folder = try TemporaryFolder()
      var times = 0
      while try times < 3 || installation.database.updates(published: true) < traffic.due.count {
        times += 1
        for format in Exposition.Format.allCases {
          let answer = try await worker.get("/metrics", accept: format.contentType)
          #expect(answer.fields["content-type"] == format.contentType)
          let path = folder.path("metrics-\(format)")
          try Data(answer.body.utf8).write(to: URL(fileURLWithPath: path))
        }
        if times == 1 {
          // In the middle of the load.
          #expect(try await worker.get("/health/ready").status == 200)
        }
      }
      let names = try await read(folder, python: python)
      let due = MetricFamily.ofWork + MetricFamily.ofProcess + [.buildInfo(version: "", swift: "")]
      for format in Exposition.Format.allCases {
        let found = Set(names["\(format)"] ?? [])
        #expect(found == Set(due.flatMap { $0.sampleNames }), "\(format)")
      }
      let complaints = try Self.run(
        "/bin/sh", ["-c", "promtool check metrics <\"$1\" 2>&1", "sh", folder.path("metrics-prometheus")],
        in: folder)
      #expect(complaints == "", "\(complaints)")
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
    }
  }

  /// The names of all samples, as `prometheus_client` reads them from the files of both formats.
  private func read(_ folder: TemporaryFolder, python: String) async throws -> [String: [String]] {
    let program = """
      import sys
      from prometheus_client import parser
      from prometheus_client.openmetrics import parser as strict
      for format, read in (("prometheus", parser), ("openMetrics", strict)):
          text = open(sys.argv[1] + "/metrics-" + format, newline="").read()
          for family in read.text_string_to_metric_families(text):
              assert family.documentation and family.type in ("counter", "gauge", "histogram"), family
              for sample in family.samples:
                  print(format, sample.name)
      """
    var names: [String: [String]] = [:]
    for line in try Self.run(python, ["-c", program, folder.path], in: folder).split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      names[words[0], default: []].append(words.last ?? "")
    }
    return names
  }

  private static func run(_ program: String, _ arguments: [String], in folder: TemporaryFolder) throws
    -> String
  {
    let (output, errors) = (folder.path("output-\(UUID().uuidString)"), folder.path("errors"))
    let process = try SpawnedProcess(program, arguments, in: folder.path, output: output, errors: errors)
    let ending = process.wait()
    let text = String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self)
    let words = String(decoding: FileManager.default.contents(atPath: errors) ?? Data(), as: UTF8.self)
    guard ending == .exited(0) else { throw TestServerError("\(program): \(ending)\n\(text)\(words)") }
    return text
  }

  @Test func `queue, dead letters and backlog are looked up; what cannot be sent does not count`()
    async throws
  {
    try await withInstallation { installation in
      // The last one has a routing key that is too long.
      let leftovers = try await installation.storeLeftovers(["a", "b", String(repeating: "c", count: 250)])
      #expect(leftovers.count == 3)
      let client = try installation.client()
      try client.publish(["{", "[]"], to: installation.topology.eventsExchange, "any.event.t")
      let worker = try installation.startWorker("--http", "127.0.0.1:0", "--sweep-seconds", "0")
      try await worker.isReady()
      try await until("the figures are looked up") {
        let metrics = try await worker.metrics()
        return metrics["updates_unpublished"] == 2 && metrics["queue_consumers"] == 1
      }
      let metrics = try await worker.metrics()
      #expect(metrics["queue_messages"] == 0)
      let status = try JSONDecoder.ofStatus.decode(
        WorkerStatus.self, from: Data(try await worker.get("/status").body.utf8))
      #expect(status.role == "active")
      #expect(status.ready && status.reasons.isEmpty)
      #expect(status.backlog.updatesUnpublished == 2)
      let publish = try #require(status.peers["publish"])
      #expect(publish.connected && publish.blocked == false && publish.lastError == nil)
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
    }
  }
}

extension MetricFamily {
  /// The names of its samples.
  fileprivate var sampleNames: [String] {
    if case .histogram = kind { return ["_bucket", "_sum", "_count"].map { name + $0 } }
    return [name]
  }
}

extension JSONDecoder {
  fileprivate static var ofStatus: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return decoder
  }
}
