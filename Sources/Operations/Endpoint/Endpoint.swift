import Foundation
package import HummingbirdCore
import Logging
package import NIOCore
import NIOHTTP1
import NIOPosix
import Support

/// An HTTP endpoint on a thread of its own: that of a worker, with health, metrics and status, or that of the
/// inspector.
package final class Endpoint: Sendable {
  /// The pause before it listens again when it has ended without being closed: an operating system that has no
  /// descriptor left, or a client that goes at the wrong moment, ends the server.
  private static let pause: Duration = .milliseconds(200)

  /// Where it listens.
  package let address: EndpointAddress
  private let group: MultiThreadedEventLoopGroup
  private let running: Task<Void, Never>
  private let current: CurrentServer

  /// Serves health, metrics and status of a worker at an address.
  ///
  /// - Parameter onFault: Hears why the endpoint has stopped listening for a moment although nobody has closed it.
  /// - Throws: ``EndpointError`` when it cannot have the address.
  package static func start(
    at address: EndpointAddress, monitor: WorkerMonitor,
    onFault: @escaping @Sendable (String) -> Void
  ) async throws(EndpointError) -> Endpoint {
    let channel = GuardedChannel(ConnectionLimits()) { request in
      let accept = request.headers["Accept"]
      return EndpointAnswer(
        to: request.method.rawValue, request.uri,
        accept: accept.isEmpty ? nil : accept.joined(separator: ","), monitor: monitor)
    }
    return try await start(channel, at: address, namedBy: "UPDATE_WORKER_HTTP", onFault: onFault)
  }

  /// Has a responder answer at an address.
  ///
  /// - Parameters:
  ///   - setting: Where another address can be named.
  ///   - onFault: Hears why the endpoint has stopped listening for a moment although nobody has closed it.
  /// - Throws: ``EndpointError`` when it cannot have the address.
  package static func start(
    at address: EndpointAddress, namedBy setting: String, limits: ConnectionLimits = ConnectionLimits(),
    onFault: @escaping @Sendable (String) -> Void,
    responder: @escaping @Sendable (Request, consuming ResponseWriter, any Channel) async throws -> Void
  ) async throws(EndpointError) -> Endpoint {
    try await start(
      GuardedChannel(limits, responder: responder), at: address, namedBy: setting, onFault: onFault)
  }

  private static func start(
    _ channel: GuardedChannel, at address: EndpointAddress, namedBy setting: String,
    onFault: @escaping @Sendable (String) -> Void
  ) async throws(EndpointError) -> Endpoint {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let binding = Binding()
    let current = CurrentServer()
    let running = Task {
      var port = address.port
      while true {
        let reason = await serve(
          channel, EndpointAddress(host: address.host, port: port), group, binding, current)
        guard !binding.finish(.failure(Unbound(text: reason))), !current.isClosing else { return }
        onFault(reason)
        do { try await Task.sleep(for: pause) } catch { return }
        // The address that others know by now.
        if case .success(let known) = await binding.result { port = known }
      }
    }
    switch await binding.result {
    case .success(let port):
      return Endpoint(EndpointAddress(host: address.host, port: port), group, running, current)
    case .failure(let reason):
      await running.value
      await end(group)
      throw EndpointError(
        message:
          "The endpoint cannot listen at \(address) (\(reason.text)); free the address, or name another "
          + "one with \(setting).")
    }
  }

  /// Runs a server to its end; returns why it has ended.
  private static func serve(
    _ channel: GuardedChannel, _ address: EndpointAddress, _ group: MultiThreadedEventLoopGroup,
    _ binding: Binding, _ current: CurrentServer
  ) async -> String {
    let server = Server(
      childChannelSetup: channel,
      configuration: ServerConfiguration(address: .hostname(address.host, port: address.port)),
      onServerRunning: {
        binding.finish(.success($0.localAddress?.port ?? address.port))
        current.runs()
      }, eventLoopGroup: group,
      // What Hummingbird has to say of its connections is nothing that an operator acts on.
      logger: Logger(label: "endpoint", factory: { _ in SwiftLogNoOpLogHandler() }))
    guard current.begin(server) else { return "it is closed" }
    defer { current.end() }
    do {
      try await server.run()
      return "it has stopped listening"
    } catch let error as IOError {
      return String(cString: strerror(error.errnoCode))
    } catch {
      return "\(error)"
    }
  }

  /// Listens as the setting says; `nil` if it is off, or if no address was given and no usual one is free.
  ///
  /// - Throws: ``EndpointError`` when it cannot have the address that was given.
  package static func start(
    _ setting: EndpointSetting, monitor: WorkerMonitor, onFault: @escaping @Sendable (String) -> Void
  ) async throws(EndpointError) -> Endpoint? {
    switch setting {
    case .off: return nil
    case .address(let address): return try await start(at: address, monitor: monitor, onFault: onFault)
    case .usual:
      for port in EndpointSetting.usualPorts {
        do throws(EndpointError) {
          return try await start(
            at: EndpointAddress(host: EndpointSetting.usualHost, port: port), monitor: monitor,
            onFault: onFault)
        } catch {
          // Another worker may have the port; the next one may be free.
          continue
        }
      }
      return nil
    }
  }

  private init(
    _ address: EndpointAddress, _ group: MultiThreadedEventLoopGroup, _ running: Task<Void, Never>,
    _ current: CurrentServer
  ) {
    self.address = address
    self.group = group
    self.running = running
    self.current = current
  }

  /// Stops listening and ends all connections.
  package func close() async {
    // Not by cancelling the task: NIO traps when a connection is dropped that was accepted and not handled yet.
    await current.close()
    await running.value
    await Self.end(group)
  }

  private static func end(_ group: MultiThreadedEventLoopGroup) async {
    // The threads end with the process at the latest, so a failure does not matter.
    try? await group.shutdownGracefully()
  }
}

/// Whether the server has its address, which is decided once: its port, or why there is none.
private typealias Binding = FirstResult<Int, Unbound>

private struct Unbound: Error {
  let text: String
}
