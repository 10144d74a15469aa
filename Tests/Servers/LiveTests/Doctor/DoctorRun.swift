import BSON
import Foundation
import LiveHarness
import MongoStore
import TestServers

/// What `doctor` says of an installation.
struct DoctorRun {
  struct Finding: CustomStringConvertible {
    let section: String
    let check: String
    let severity: String
    let text: String

    var description: String { "\(section)/\(check): \(severity): \(text)" }
  }

  let ending: SpawnedProcess.Ending
  let findings: [Finding]
  let errors: String
  let output: String
  let duration: Duration

  init(_ installation: Installation, flags: [String] = [], changing changes: [String: String] = [:])
    async throws
  {
    let started = ContinuousClock.now
    // Nothing listens there, whatever runs on this machine.
    let port = try LoopbackPort.free()
    let arguments = ["doctor", "--json", "--management-port", "\(port)"] + flags
    let process = try installation.start(arguments, changing: changes)
    ending = try await process.ending()
    duration = ContinuousClock.now - started
    errors = process.errors
    output = process.output
    guard output.hasPrefix("{") else {
      throw TestServerError("doctor prints no object: \(output) \(errors)")
    }
    let report = try JSONReader.object(Array(output.utf8))
    findings = (report["findings"]?.array?.compactMap(\.document) ?? []).map { finding in
      Finding(
        section: finding["section"]?.string ?? "", check: finding["check"]?.string ?? "",
        severity: finding["severity"]?.string ?? "",
        text: "\(finding["sentence"]?.string ?? "") \(finding["remedy"]?.string ?? "")")
    }
  }

  /// What is wrong, apart from the lack of a worker, which these installations do not have.
  var complaints: [Finding] {
    findings.filter { $0.severity != "ok" && $0.check != "consumers" }
  }
}

extension Installation {
  /// Makes the collections and indexes that the API and the worker make, and an event with its updates.
  func furnish() async throws {
    for (collection, keys) in Self.indexes {
      let indexes = keys.map { key in
        let name = key.filter { $0.isLetter || $0.isNumber }
        return #"{"key":\#(key),"name":"\#(name)"}"#
      }
      try database.run(#"{"createIndexes":"\#(collection)","indexes":[\#(indexes.joined(separator: ","))]}"#)
    }
    try await store.prepare()
    let traffic = Traffic(events: 1)
    try database.insert(traffic.records, into: "dialogmembers")
    try await archive(traffic.events())
  }

  /// Makes a collection anew with only the index of `_id`.
  func stripIndexes(of collection: String) throws {
    try database.run(#"{"drop":"\#(collection)"}"#)
    try database.run(#"{"insert":"\#(collection)","documents":[{"_id":"first"}]}"#)
  }

  private static let indexes: [(String, [String])] = [
    ("users", [#"{"userId":1,"tenantId":1}"#]),
    ("dialogs", [#"{"dialogId":1,"tenantId":1}"#]),
    ("dialogmembers", [#"{"dialogId":1,"tenantId":1}"#, #"{"userId":1,"tenantId":1}"#]),
    ("messages", [#"{"messageId":1}"#, #"{"tenantId":1,"dialogId":1,"createdAt":1}"#]),
    ("messagestatuses", [#"{"tenantId":1,"messageId":1,"createdAt":1}"#]),
    ("metas", [#"{"tenantId":1,"entityType":1,"entityId":1,"key":1}"#]),
    // The emulator stores nothing in a collection that has an index on `_id` and another field.
    ("events", [#"{"createdAt":1}"#]),
  ]
}
