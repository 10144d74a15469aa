import ArgumentParser
import Inspector
import Operations
import RabbitBroker

struct WebCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "web",
    abstract: "Serves pages about stored updates: who got what of an event, and who got nothing and why.",
    discussion: """
      It prints the address to open, with a token that a browser keeps as a cookie; scripts send the token as \
      Authorization: Bearer. It reads the store and changes nothing, also while a replay or a worker writes it. Every \
      page has its data as JSON at /api/v1/.

      Where RabbitMQ is named, by a flag or in the environment, the dead letters are shown too, and beside MongoDB the \
      live page shows what is published.
      """)

  @Option(help: ArgumentHelp("Where the updates live: sqlite:PATH or mongodb://…", valueName: "url"))
  var store = StoreAddress.defaultFile

  @Option(help: ArgumentHelp("Where to listen; port 0: any that is free.", valueName: "host:port"))
  var listen = WebServing.usualAddress

  @Flag(help: "Let the page of the dead letters send them back and remove them.")
  var allowActions = false

  @Option(
    help: ArgumentHelp("A file with the token, instead of a new one for each start.", valueName: "file"),
    completion: .file())
  var tokenFile: String?

  @Flag(help: "Let everybody on this machine in; only with a loopback address.")
  var noToken = false

  @Option(
    help: ArgumentHelp("Another name under which a browser may reach it; may be repeated.", valueName: "name")
  )
  var hostName: [String] = []

  @Option(
    help: ArgumentHelp(
      "Fields of data that are shown as dots, separated by commas: data.message.content.", valueName: "paths"),
    transform: WebServing.mask)
  var mask = PageMask.none

  @OptionGroup var broker: BrokerSettings

  func validate() throws {
    if noToken, tokenFile != nil { throw ValidationError("use --no-token or --token-file, not both") }
    if noToken, !SafetyRules.isLoopback(listen.host) {
      throw ValidationError(
        "--no-token goes only with a loopback address, because everybody who reaches another one could read all "
          + "updates; leave it out, or listen on 127.0.0.1")
    }
  }

  func run() async throws {
    var serving = WebServing(store, listen: listen, token: noToken ? nil : try token())
    serving.allowsActions = allowActions
    serving.hostNames = hostName
    serving.mask = mask
    if let broker = try brokerConfiguration() {
      serving.letters = QueuedLetters(broker)
      // A replay into a file publishes somewhere else, or not at all.
      if case .mongo = store { serving.tap = BrokerUpdateTap(broker) }
    }
    try await serving.run()
  }

  private func token() throws -> String {
    guard let tokenFile else { return SafetyRules.makeToken() }
    let token: String
    do throws(SecretFile.Unusable) {
      token = try SecretFile(path: tokenFile).content()
    } catch {
      throw Failure(.usage, "--token-file names \(tokenFile), which \(error.reason)")
    }
    guard SafetyRules.isToken(token) else {
      throw Failure(
        .usage,
        "--token-file names \(tokenFile), whose content is no token: write 16 to 512 letters, digits, - or _ into it"
      )
    }
    return token
  }

  /// Where RabbitMQ is, if it is named.
  private func brokerConfiguration() throws -> BrokerConfiguration? {
    let settings = Settings(flags: broker.flags)
    guard try settings.reading(.rabbitmqURL).origin != .standard else { return nil }
    return try broker.configuration()
  }
}
