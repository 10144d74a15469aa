import BSON
import Foundation

/// Serves one client: reads its commands one after the other, and answers each.
struct ClientConnection: Sendable {
  private let socket: Socket
  private let databases: Databases
  private let delay: Duration

  init(_ socket: Socket, _ databases: Databases, delay: Duration) {
    (self.socket, self.databases, self.delay) = (socket, databases, delay)
  }

  /// Returns when the client has closed the connection, or has sent what is no message of the protocol.
  func serve() {
    var cursors = Cursors()
    while let message = WireMessage(from: socket) {
      guard let command = message.command else { return }
      let answer = databases.answer(command, cursors: &cursors)
      if message.wantsNoAnswer { continue }
      if delay > .zero { Thread.sleep(forTimeInterval: delay / .seconds(1)) }
      guard socket.write(message.reply(answer)) else { return }
    }
  }
}
