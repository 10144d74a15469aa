import ArgumentParser
import Foundation
import Inspector
import Operations
import Pipeline
import RabbitBroker

/// Serves the inspector's pages about a store until a signal ends it.
struct WebServing: Sendable {
  static let usualAddress = EndpointAddress(host: "127.0.0.1", port: 8411)

  private let store: StoreAddress
  private let address: EndpointAddress
  private let token: String?
  var allowsActions = false
  var hostNames: [String] = []
  var mask = PageMask.none
  var letters: QueuedLetters?
  /// What is published, for the live page.
  var tap: BrokerUpdateTap?

  /// - Parameter token: What a client must know; `nil`: nothing.
  init(_ store: StoreAddress, listen address: EndpointAddress, token: String?) {
    self.store = store
    self.address = address
    self.token = token
  }

  func run() async throws {
    // A page that is given up leaves nothing behind in the server.
    let opened = try store.openForReading(longestLookUp: InspectorConfiguration.longestLookUp)
    let server = try await InspectorServer.start(
      at: address, onFault: { printError("The pages were not served for a moment: \($0).") }
    ) { address in try Inspector(opened, letters: letters, tap: tap, configuration(at: address)) }
    var link = "http://\(server.address)/"
    if let token { link += "?token=\(token)" }
    _ = try writeOutput(Array("\(link)\n".utf8))
    printError("pages about \(store.shownName); SIGINT or SIGTERM ends them")
    let (stopped, stop) = AsyncStream.makeStream(of: Void.self)
    _ = try await interruptible(stop: { stop.finish() }) {
      for await _ in stopped {}
    }
    await server.close()
  }

  private func configuration(at address: EndpointAddress) -> InspectorConfiguration {
    let rules = SafetyRules(token: token, host: address.host, port: address.port, names: hostNames)
    var configuration = InspectorConfiguration(
      rules: rules, storeName: store.shownName, storeArgument: store.shownName)
    configuration.mask = mask
    configuration.allowsActions = allowsActions
    configuration.sentence = { Failure($0).message }
    configuration.onAction = { printError($0.sentence) }
    if case .file(let path) = store { configuration.absence = StoreFileWatch(path).absence }
    // A server has others to serve meanwhile, so a search takes longer than in a file.
    if case .mongo = store { (configuration.patience, configuration.isLive) = (.seconds(1), true) }
    return configuration
  }

  /// Reads the value of `--mask`.
  static func mask(_ argument: String) throws -> PageMask {
    do throws(PageMask.Mistake) {
      return try PageMask(argument)
    } catch {
      throw ValidationError(error.sentence)
    }
  }
}

extension EndpointAddress: ExpressibleByArgument {
  init?(argument: String) { self.init(argument) }

  var defaultValueDescription: String { description }
}

/// Sees whether a store's file is still the one that was opened. SQLite goes on reading a file that was deleted, and
/// would show a store that is not there any more.
private struct StoreFileWatch: Sendable {
  private let path: String
  private let opened: Identity?

  private struct Identity: Equatable {
    let device: UInt64
    let inode: UInt64
  }

  init(_ path: String) {
    self.path = path
    opened = Self.identity(path)
  }

  /// Why the store is not there any more, in a sentence; `nil` while it is.
  @Sendable func absence() -> String? {
    let now = Self.identity(path)
    if now == opened { return nil }
    return now == nil
      ? "The store \(path) is gone; put it back or start the inspector on another one."
      : "The store \(path) was replaced by another file; start the inspector again."
  }

  private static func identity(_ path: String) -> Identity? {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    return Identity(device: UInt64(facts.st_dev), inode: UInt64(facts.st_ino))
  }
}
