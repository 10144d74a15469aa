import ArgumentParser

struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Shows and checks the settings without connecting to a server.",
    subcommands: [ShowConfigCommand.self, CheckConfigCommand.self, ConfigPageCommand.self])
}
