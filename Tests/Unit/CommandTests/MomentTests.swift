import ArgumentParser
import Pipeline
import Testing

@testable import chat3_update_worker

/// Times on the command line.
@Suite struct MomentTests {
  @Test(arguments: [
    ("2026-11-21", 1_795_219_200_000.0), ("2026-11-21T12:30:00Z", 1_795_264_200_000),
    ("2026-11-21T12:30:00.25+02:00", 1_795_257_000_250), ("1763551369397.5", 1_763_551_369_397.5),
    ("100000000000", 100_000_000_000), ("2h", 1_792_800_000),
  ])
  func `a time is read in every form`(text: String, milliseconds: Double) throws {
    #expect(try Moment.parse(text).milliseconds(now: 1_800_000_000) == milliseconds)
  }

  @Test(arguments: ["2026", "0", "1763551369", "99999999999.9"])
  func `a bare number that is too small for milliseconds is refused with the list of forms`(
    text: String
  ) {
    let error = #expect(throws: ValidationError.self) { try Moment.parse(text) }
    let sentence = error?.message ?? ""
    for form in ["too small", "2026-11-21T12:30:00Z", "1763551369397", "2h"] {
      #expect(sentence.contains(form))
    }
  }

  @Test(arguments: ["yesterday", "2026-13-01", "-5", "1e12", "2026-11-21 12:30", ""])
  func `text that is not a time is refused with the list of forms`(text: String) {
    let error = #expect(throws: ValidationError.self) { try Moment.parse(text) }
    #expect(error?.message.contains("2026-11-21T12:30:00Z") == true)
  }
}
