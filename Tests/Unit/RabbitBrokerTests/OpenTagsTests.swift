import Testing

@testable import RabbitBroker

/// With what deliveries are acknowledged.
@Suite struct OpenTagsTests {
  private typealias Acknowledgement = OpenTags.Acknowledgement

  private func tags(_ range: ClosedRange<UInt64>) -> OpenTags {
    var tags = OpenTags()
    for tag in range { tags.open(tag) }
    return tags
  }

  @Test func `the first ones are acknowledged at once, those after an open one by themselves`() {
    var tags = tags(1...8)
    #expect(
      tags.close([1, 2, 3, 5, 7]) == [
        Acknowledgement(tag: 3, isMultiple: true), Acknowledgement(tag: 5, isMultiple: false),
        Acknowledgement(tag: 7, isMultiple: false),
      ])
    // The tags 5 and 7 are acknowledged already, so that 8 may stand for all before it.
    #expect(tags.close([4, 6, 8]) == [Acknowledgement(tag: 8, isMultiple: true)])
  }

  @Test func `a single first one does not need to stand for others`() {
    var tags = tags(1...3)
    #expect(tags.close([1]) == [Acknowledgement(tag: 1, isMultiple: false)])
  }

  @Test func `what is not open is skipped`() {
    var tags = tags(4...5)
    #expect(tags.close([1, 2, 9]) == [])
    #expect(tags.close([4]).count == 1)
    #expect(tags.close([4]) == [])
  }
}
