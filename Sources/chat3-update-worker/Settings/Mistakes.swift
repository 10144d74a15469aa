/// What is wrong with the settings, so that all of it can be told at once.
struct Mistakes {
  private(set) var sentences: [String] = []

  /// The result of `body`; `nil` when it throws, which is a mistake.
  mutating func gather<Result>(_ body: () throws -> Result) -> Result? {
    do {
      return try body()
    } catch {
      add(Failure(error).message)
      return nil
    }
  }

  mutating func add(_ sentence: String) {
    if !sentences.contains(sentence) { sentences.append(sentence) }
  }

  /// The value, if there are no mistakes.
  ///
  /// - Throws: ``Failure`` (64) with a line for each mistake.
  func unless<Value>(_ value: Value?) throws -> Value {
    guard sentences.isEmpty, let value else { throw Failure(.usage, sentences.joined(separator: "\n")) }
    return value
  }
}
