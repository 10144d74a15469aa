import SpecModel

/// Random choices that depend on a seed alone, on every machine.
package struct Chance: Sendable {
  private var generator: SplitMix64

  package init(seed: UInt64) {
    generator = SplitMix64(seed: seed)
  }

  /// 64 random bits.
  mutating func word() -> UInt64 { generator.next() }

  /// A number from 0 up to, but not including, `bound`, which is at least 1.
  mutating func below(_ bound: Int) -> Int {
    Int(generator.next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  mutating func within(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.upperBound - range.lowerBound + 1)
  }

  mutating func percent(_ chance: Int) -> Bool { below(100) < chance }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// At least 0 and less than 1.
  mutating func fraction() -> Double { Double(generator.next() >> 11) * 0x1p-53 }
}
