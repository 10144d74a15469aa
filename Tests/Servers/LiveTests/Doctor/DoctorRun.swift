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
  /// How long it took.
  let time: Duration

  init(_ installation: Installation, flags: [String] = [], changing changes: [String: String] = [:])
    async throws
  {
    // Nothing listens there, whatever runs on this machine.
    let port = try LoopbackPort.free()
    let arguments = ["doctor", "--json", "--management-port", "\(port)"] + flags
    let start = ContinuousClock.now
    let process = try installation.start(arguments, changing: changes)
    ending = try await process.ending()
    time = ContinuousClock.now - start
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
    for (collection, indexes) in Self.indexes {
      let specifications = indexes.map { fields in
        let key = fields.map { "\"\($0)\":1" }.joined(separator: ",")
        let name = fields.map { "\($0)_1" }.joined(separator: "_")
        return "{\"key\":{\(key)},\"name\":\"\(name)\"}"
      }
      try database.run(
        #"{"createIndexes":"\#(collection)","indexes":[\#(specifications.joined(separator: ","))]}"#)
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

  private static let indexes: [(collection: String, indexes: [[String]])] = [
    ("users", [["userId", "tenantId"]]),
    ("dialogs", [["dialogId", "tenantId"]]),
    ("dialogmembers", [["dialogId", "tenantId"], ["userId", "tenantId"]]),
    ("messages", [["messageId"], ["tenantId", "dialogId", "createdAt"]]),
    ("messagestatuses", [["tenantId", "messageId"]]),
    ("metas", [["tenantId", "entityType", "entityId", "key"]]),
    ("events", [["createdAt"]]),
  ]

  /// The URI of the database by way of another port of this machine.
  func mongoURI(host: String = "127.0.0.1", port: Int, options: String = "") -> String {
    let path = mongoURI.split(separator: "?")[0].split(separator: "/").last ?? ""
    return "mongodb://\(host):\(port)/\(path)" + (options.isEmpty ? "" : "?\(options)")
  }
}
