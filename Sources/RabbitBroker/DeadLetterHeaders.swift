/// The headers that a dead letter has besides those of its event, by what they tell.
enum DeadLetterHeaders {
  static let failure: [StaticString] = ["x-error", "x-failed-at"]
  static let origin: [StaticString] = ["x-original-exchange", "x-original-routing-key"]
  /// With these a quorum queue says how often it has delivered a message. They belong to the delivery.
  static let deliveryCounts: [StaticString] = ["x-delivery-count", "x-acquired-count"]

  static let all = failure + origin + deliveryCounts
}
