import ArgumentParser
import CommandHarness
import Foundation
import Operations
import TestKit
import Testing

@testable import chat3_update_worker

/// `config show` and `config check`.
@Suite struct ConfigCommandTests {
  /// Runs the executable with nothing but these variables in its environment.
  private func config(
    _ arguments: [String], _ variables: [String: String] = [:], in command: Command? = nil
  ) throws -> CommandResult {
    let command = try command ?? Command()
    let words = ["-i", "PATH=/usr/bin:/bin"] + variables.map { "\($0.key)=\($0.value)" }
    return try command.run("/usr/bin/env", words + [Command.executable, "config"] + arguments)
  }

  @Test func `a configuration without mistakes is fine`() throws {
    for variables in [[:], ["UPDATE_WORKER_QUEUE": "q", "LOG_FORMAT": "json", "UPDATE_WORKER_HTTP": "off"]] {
      let result = try config(["check"], variables)
      #expect(result.status == 0 && result.output == "the configuration is fine\n", "\(result)")
    }
    #expect(try config(["check", "--prefetch", "5", "--no-wait"]).status == 0)
  }

  @Test func `all mistakes are told at once, each as a sentence, without secrets`() throws {
    let command = try Command()
    let file = try command.write("secret", "\n")
    let result = try config(
      ["check", "--sweep-seconds=-3", "--http", "9464"],
      [
        "MONGODB_URI": "http://u:hunter2@h", "RABBITMQ_URL_FILE": file, "UPDATE_WORKER_PREFETCH": "0",
        "UPDATE_WORKER_GRACE_SECONDS": "long", "LOG_LEVEL": "loud", "LOG_FORMAT": "xml",
        "UPDATE_WORKER_QUEU": "hunter2", "UPDATE_WORKER_QUEUE": String(repeating: "q", count: 250),
      ], in: command)
    #expect(result.status == 64 && result.output.isEmpty)
    let lines = result.errors.split(separator: "\n")
    let expected = [
      "MONGODB_URI is not a MongoDB connection string", "RABBITMQ_URL_FILE names \(file), which is empty",
      "UPDATE_WORKER_QUEUE is qqq", "UPDATE_WORKER_PREFETCH is 0; it takes a count from 1 to 65535",
      "UPDATE_WORKER_GRACE_SECONDS is long; it takes seconds from 0 to 86400",
      "--sweep-seconds is -3; it takes seconds from 0 to 86400", "--http is 9464; it takes HOST:PORT",
      "LOG_LEVEL is loud; it takes one of trace, debug, info",
      "LOG_FORMAT is xml; it takes one of text, json",
      "the environment variable UPDATE_WORKER_QUEU is no setting; the nearest one is UPDATE_WORKER_QUEUE",
    ]
    #expect(lines.count == expected.count, "\(result.errors)")
    for (line, words) in zip(lines, expected) { #expect(line.hasPrefix("chat3-update-worker: \(words)")) }
    #expect(!result.errors.contains("hunter2"))
  }

  @Test func `run says the same of the mistakes, and starts nothing`() throws {
    let command = try Command()
    let result = try command.run(
      "/usr/bin/env",
      ["-i", "UPDATE_WORKER_PREFETCH=0", "LOG_FORMAT=xml", "UPDATE_WORKER_X=1", Command.executable, "run"])
    #expect(result.status == 64)
    #expect(
      result.errors == """
        chat3-update-worker: UPDATE_WORKER_PREFETCH is 0; it takes a count from 1 to 65535
        chat3-update-worker: LOG_FORMAT is xml; it takes one of text, json

        """)
  }

  @Test func `every setting is shown with its value and where that came from, passwords masked`() throws {
    let command = try Command()
    let file = try command.write("secret", "amqp://u:hunter2@h/v?heartbeat=5\n")
    let variables = [
      "MONGODB_URI": "mongodb://u:hunter2@a,b/d?w=1", "RABBITMQ_URL_FILE": file,
      "UPDATE_WORKER_PREFETCH": "7",
    ]
    let result = try config(["show", "--queue", "mine", "--no-wait"], variables, in: command)
    #expect(result.status == 0 && !result.output.contains("hunter2"), "\(result)")
    let rows = result.lines.map { $0.split(separator: "\t").map(String.init) }
    #expect(rows.first == ["SETTING", "FLAG", "VALUE", "FROM"] && rows.count == Setting.all.count + 1)
    for row in [
      ["MONGODB_URI", "--mongodb-uri", "mongodb://u:***@a,b/d?w=1", "environment"],
      ["RABBITMQ_URL", "--rabbitmq-url", "amqp://u:***@h/v?heartbeat=5", "file \(file)"],
      ["RABBITMQ_EVENTS_EXCHANGE", "--events-exchange", "chat3_events", "default"],
      ["UPDATE_WORKER_QUEUE", "--queue", "mine", "flag"],
      ["UPDATE_WORKER_PREFETCH", "--prefetch", "7", "environment"], ["--wait", "--wait", "false", "flag"],
      ["UPDATE_WORKER_HTTP", "--http", Setting.http.otherwise, "default"],
    ] { #expect(rows.contains(row), "\(row) in \(result.output)") }

    let json = try config(["show", "--json", "--queue", "mine"], variables, in: command)
    let objects = try json.lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.count == Setting.all.count && !json.output.contains("hunter2"))
    let broker = try #require(objects.first { $0["setting"] as? String == "RABBITMQ_URL" })
    #expect(broker["from"] as? String == "file" && broker["file"] as? String == file)
    #expect(broker["value"] as? String == "amqp://u:***@h/v?heartbeat=5")
    #expect(objects.first { $0["setting"] as? String == "UPDATE_WORKER_HTTP" }?["value"] is NSNull)
  }

  @Test func `a file that cannot be read does not keep the other settings from being shown`() throws {
    let result = try config(["show"], ["MONGODB_URI_FILE": "/nowhere"])
    #expect(result.status == 64 && result.lines.count == Setting.all.count)
    #expect(
      result.errors.hasPrefix("chat3-update-worker: MONGODB_URI_FILE names /nowhere, which cannot be read"))
  }

  @Test func `the page of settings can be made anew`() throws {
    #expect(try config(["page"]).output == SettingsPage.text)
  }

  /// The commands of the program that have no subcommands, as they are called.
  private func commands(
    _ parent: any ParsableCommand.Type, _ path: [String]
  ) -> [(path: [String], type: any ParsableCommand.Type)] {
    let children = parent.configuration.subcommands
    if children.isEmpty { return [(path, parent)] }
    return children.flatMap { commands($0, path + [$0.configuration.commandName ?? ""]) }
  }

  @Test
  func `each command has the flags of the settings that the table gives it, with the help of the table`() {
    for (path, type) in commands(UpdateWorker.self, []) where path.first != "config" {
      let help = UpdateWorker.helpMessage(for: type, columns: 10_000)
      for setting in Setting.all {
        let hasFlag = help.contains("\n  --\(setting.flag) ") || help.contains("\n  --\(setting.flag)/")
        #expect(
          hasFlag == setting.commands.contains(path.first ?? ""),
          "--\(setting.flag) of \(path.joined(separator: " "))")
        if hasFlag { #expect(help.contains(setting.help), "\(help)") }
      }
    }
  }
}
