import ArgumentParser
import BSON
import Operations

struct ShowConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows every setting of run, its value, and where that came from.",
    discussion: """
      Passwords are masked. The flags are those of run. Whether the values make sense is what config check tells.
      """)

  @Flag(help: "One JSON object per setting and line.")
  var json = false

  @OptionGroup var settings: RunSettings

  func run() async throws {
    let settings = settings.settings()
    var mistakes = Mistakes()
    var table = Table([
      TableColumn(title: "SETTING"), TableColumn(title: "FLAG", mayGo: true),
      TableColumn(title: "VALUE", least: 16, cut: .end), TableColumn(title: "FROM", least: 7),
    ])
    for setting in Setting.all {
      // A value that cannot be read is told at the end, and the others are still shown.
      guard let reading = mistakes.gather({ try settings.reading(setting) }) else { continue }
      let value = reading.shown(of: setting)
      let row = [setting.name, "--" + setting.flag, value ?? setting.otherwise, reading.origin.text]
      let goesOn = try json ? writeOutput(reading.json(setting, value)) : table.add(row)
      guard goesOn else { return }
    }
    _ = try table.flush()
    try mistakes.unless(())
  }
}

extension SettingReading.Origin {
  fileprivate var text: String {
    switch self {
    case .flag: "flag"
    case .environment: "environment"
    case .file(let path): "file \(path)"
    case .standard: "default"
    }
  }

  fileprivate var word: String { if case .file = self { "file" } else { text } }
}

extension SettingReading {
  /// A line of JSON.
  fileprivate func json(_ setting: Setting, _ value: String?) -> [UInt8] {
    var document = BSONWriter(capacity: 256)
    document.append("setting", setting.name)
    document.append("flag", "--" + setting.flag)
    if let value { document.append("value", value) } else { document.appendNull("value") }
    document.append("from", origin.word)
    if case .file(let path) = origin { document.append("file", path) }
    return JSONWriter.text(document.finish()) + [UInt8(ascii: "\n")]
  }
}
