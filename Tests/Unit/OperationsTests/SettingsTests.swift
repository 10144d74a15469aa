import Foundation
import Operations
import TestKit
import Testing

@Suite struct SettingsTests {
  private func file(_ folder: TemporaryFolder, _ content: String) throws -> String {
    let path = folder.path("value")
    try content.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test func `flags, variables and defaults of the table are sound`() throws {
    let settings = Settings(flags: [], environment: [:])
    for setting in Setting.all {
      #expect(try settings.given(setting) == setting.standard, "the default of \(setting.name)")
      #expect(!setting.standardText.isEmpty && !setting.meaning.isEmpty && !setting.commands.isEmpty)
      #expect(setting.form.isSecret == (setting.fileVariable != nil))
    }
    #expect(Set(Setting.all.map(\.flag)).count == Setting.all.count)
    let variables = Setting.all.flatMap { [$0.variable, $0.fileVariable] }.compactMap { $0 }
    #expect(Set(variables).count == variables.count)
  }

  @Test func `a flag wins over a variable, that over the default, and an empty variable counts as none`()
    throws
  {
    func reading(_ flag: String?, _ variable: String?) throws -> SettingReading {
      try Settings(
        flags: [(.queue, flag)], environment: variable.map { ["UPDATE_WORKER_QUEUE": $0] } ?? [:]
      ).reading(.queue)
    }
    let readings = [
      try reading("f", "v"), try reading("f", nil), try reading(nil, "v"), try reading(nil, ""),
      try reading(nil, nil), try reading("", "v"),
    ]
    #expect(readings.map(\.text) == ["f", "f", "v", "update_worker_queue", "update_worker_queue", ""])
    #expect(readings.map(\.origin) == [.flag, .flag, .environment, .standard, .standard, .flag])
  }

  @Test func `a file is read where neither flag nor variable is given`() throws {
    let folder = try TemporaryFolder()
    let path = try file(folder, "mongodb://h/d\n")
    let environment = ["MONGODB_URI_FILE": path, "MONGODB_URI": ""]
    let reading = try Settings(flags: [], environment: environment).reading(.mongodbURI)
    #expect(reading.text == "mongodb://h/d" && reading.origin == .file(path))
    #expect(
      try Settings(flags: [(.mongodbURI, "mongodb://f")], environment: environment).text(.mongodbURI)
        == "mongodb://f")
    // Only a secret may come from a file.
    #expect(
      try Settings(flags: [], environment: ["UPDATE_WORKER_QUEUE_FILE": path]).text(.queue)
        == "update_worker_queue")
  }

  @Test func `a variable and its file together are a mistake, and so is a file that cannot be read`() throws {
    let folder = try TemporaryFolder()
    let path = try file(folder, "amqp://h")
    let both = Settings(flags: [], environment: ["RABBITMQ_URL": "amqp://h", "RABBITMQ_URL_FILE": path])
    let error = #expect(throws: SettingFault.self) { try both.text(.rabbitmqURL) }
    #expect(error?.message == "RABBITMQ_URL and RABBITMQ_URL_FILE are both set; leave one of them out")
    let missing = Settings(flags: [], environment: ["RABBITMQ_URL_FILE": "/no\u{1B}where"])
    let fault = #expect(throws: SettingFault.self) { try missing.text(.rabbitmqURL) }
    #expect(fault?.message.contains("cannot be read") == true && fault?.message.contains("\u{1B}") == false)
  }

  @Test func `a mistake is named by the way in which it was given`() throws {
    let environment = ["UPDATE_WORKER_PREFETCH": "many", "LOG_LEVEL": "INFO"]
    let given = Settings(flags: [], environment: environment)
    let byVariable = #expect(throws: SettingFault.self) { try given.count(.prefetch) }
    #expect(byVariable?.message == "UPDATE_WORKER_PREFETCH is many; it takes a count from 1 to 65535")
    let flagged = Settings(flags: [(.prefetch, "")], environment: environment)
    let byFlag = #expect(throws: SettingFault.self) { try flagged.count(.prefetch) }
    #expect(byFlag?.message == "--prefetch is empty; it takes a count from 1 to 65535")
    #expect(try given.text(.logLevel) == "INFO")
  }

  @Test(arguments: [
    (Setting.prefetch, ["1", "300", "65535"], ["0", "-1", "65536", "3.5", "", "1e3", " 5"]),
    (.graceSeconds, ["0", "0.5", "25", "86400"], ["-1", "86401", "nan", "inf", "", "5s"]),
    (.logLevel, ["trace", "Critical"], ["loud", "", "info "]),
    (.logFormat, ["text", "JSON"], ["xml", ""]),
    (
      .http, ["127.0.0.1:0", "h:65535", "[::1]:9464", "off"],
      [":1", "h", "h:", "h:65536", "::1:5", "on", "[]:1", "a/b:1"]
    ),
    (.queue, ["q", String(repeating: "q", count: 249)], ["", String(repeating: "q", count: 250)]),
    (.exclusive, ["true", "false"], ["yes", ""]),
  ])
  func `a setting takes what its form says and nothing else`(setting: Setting, good: [String], bad: [String])
  {
    for text in good { #expect(setting.form.takes(text), "\(setting.name): \(text)") }
    for text in bad { #expect(!setting.form.takes(text), "\(setting.name): \(text)") }
  }

  @Test func `docs/settings.md is what the table gives`() throws {
    let page = try String(contentsOf: Repository.file("docs/settings.md"), encoding: .utf8)
    #expect(page == SettingsPage.text, "run: swift run chat3-update-worker config page > docs/settings.md")
  }
}
