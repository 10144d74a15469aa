import CoreMetrics
import Pipeline
import Updates

/// The instruments of swift-metrics that the worker's work is measured with, one for each series of
/// ``MetricFamily/ofWork``.
struct Instruments: Sendable {
  let received: Counter
  let redelivered: Counter
  let ignored: Counter
  /// By the name of the type.
  let handled: [String: Counter]
  let bad: [String: Counter]
  let stored: [String: Counter]
  let published: [String: Counter]
  let duplicate: Counter
  let unsendable: Counter
  let swept: Counter
  let nacks: Counter
  let retries: [String: Counter]
  let reconnects: [String: Counter]
  let connected: [String: Meter]
  let active: Meter
  let blocked: Meter
  let inHand: Meter
  let unconfirmed: Meter
  let lag: Meter
  let queueMessages: Meter
  let queueConsumers: Meter
  let deadLetters: Meter
  let unpublished: Meter
  let lastBatch: Meter
  let eventLag: Timer
  let stations: [String: Timer]
  let recipients: Recorder
  let batch: Recorder

  init(_ factory: any MetricsFactory) {
    func counter(_ family: MetricFamily) -> Counter { Counter(label: family.name, factory: factory) }
    func meter(_ family: MetricFamily) -> Meter { Meter(label: family.name, factory: factory) }
    func recorder(_ family: MetricFamily) -> Recorder { Recorder(label: family.name, factory: factory) }
    /// One instrument for each value of the family's label.
    func each<Instrument>(
      _ family: MetricFamily, _ make: (String, [(String, String)]) -> Instrument
    ) -> [String: Instrument] {
      var made: [String: Instrument] = [:]
      for values in family.series {
        made[values.joined()] = make(family.name, Array(zip(family.labels, values)))
      }
      return made
    }
    func counters(_ family: MetricFamily) -> [String: Counter] {
      each(family) { Counter(label: $0, dimensions: $1, factory: factory) }
    }
    received = counter(.eventsReceived)
    redelivered = counter(.eventsRedelivered)
    ignored = counter(.eventsIgnored)
    handled = counters(.eventsHandled)
    bad = counters(.eventsBad)
    stored = counters(.updatesStored)
    published = counters(.updatesPublished)
    duplicate = counter(.updatesDuplicate)
    unsendable = counter(.updatesUnsendable)
    swept = counter(.updatesSwept)
    nacks = counter(.publishNacks)
    retries = counters(.retries)
    reconnects = counters(.reconnects)
    connected = each(.connected) { Meter(label: $0, dimensions: $1, factory: factory) }
    active = meter(.active)
    blocked = meter(.publishingBlocked)
    inHand = meter(.eventsInHand)
    unconfirmed = meter(.updatesUnconfirmed)
    lag = meter(.lag)
    queueMessages = meter(.queueMessages)
    queueConsumers = meter(.queueConsumers)
    deadLetters = meter(.deadLetters)
    unpublished = meter(.updatesUnpublished)
    lastBatch = meter(.lastBatch)
    eventLag = Timer(label: MetricFamily.eventLag.name, factory: factory)
    stations = each(.stationDuration) { Timer(label: $0, dimensions: $1, factory: factory) }
    recipients = recorder(.eventRecipients)
    batch = recorder(.batchEvents)
  }
}
