package import Foundation

/// The answer of `/status`. It names no user, tenant, dialog or event.
package struct WorkerStatus: Sendable, Codable, Equatable {
  package struct Link: Sendable, Codable, Equatable {
    package var connected: Bool
    /// Whether RabbitMQ takes no messages; `nil` where that cannot be.
    package var blocked: Bool?
    /// Why it failed last, however long ago.
    package var lastError: String?
  }

  /// A second, over the last minute.
  package struct Rates: Sendable, Codable, Equatable {
    package var events: Double
    package var updatesStored: Double
    package var updatesPublished: Double
  }

  package struct InHand: Sendable, Codable, Equatable {
    package var events: Int
    package var updatesUnconfirmed: Int
  }

  package struct Backlog: Sendable, Codable, Equatable {
    package var queueMessages: Int?
    package var queueConsumers: Int?
    package var updatesUnpublished: Int?
  }

  package struct Sweep: Sendable, Codable, Equatable {
    package var at: Date
    /// What all sweeps of this worker have published.
    package var published: Int
  }

  package var version: String
  /// `starting`, `active`, `standby`, `waiting` (for the connection that the queue is consumed on) or `stopping`.
  package var role: String
  /// When the process has begun to work.
  package var since: Date
  package var ready: Bool
  /// Why it is not ready.
  package var reasons: [String]
  package var peers: [String: Link]
  package var perSecond: Rates
  package var lagSeconds: Double
  package var inHand: InHand
  package var backlog: Backlog
  package var deadLetters: Int?
  package var lastSweep: Sweep?

  /// As JSON text. Numbers have at most three decimals.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
