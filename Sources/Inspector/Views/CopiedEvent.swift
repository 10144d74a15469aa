import BSON
import Maintenance
import Pipeline

/// An event as a timeline that can be copied: with the state that it needs, so that it can be replayed by itself.
struct CopiedEvent {
  /// The most bytes of the lines.
  private static let mostBytes = 256 << 10

  /// The lines; `nil` for what is no event at all.
  let text: String?
  /// Why the state is not in them, in a sentence; `nil`: it is.
  let note: String?

  /// - Parameter patience: How long the state may be looked up. If that is not enough, it is left out.
  init(
    _ dryRun: DryRun, in store: any Directory & StateRecords, _ mask: PageMask, patience: Duration
  ) async throws {
    guard case .document(let event) = dryRun.content else {
      (text, note) = (nil, nil)
      return
    }
    func alone(_ why: String) -> (String?, String?) {
      (copiedJSON(JSONWriter.text(mask.applied(to: event))), "Without the state that it needs: \(why).")
    }
    guard mask.isEmpty else {
      (text, note) = alone(
        "--mask covers fields, which the state has under other names; record --with-state --mask makes a masked timeline"
      )
      return
    }
    guard !dryRun.explanation.hasMoreMembers else {
      (text, note) = alone("the dialog has more members than are looked at; record --with-state has them all")
      return
    }
    do {
      let excerpt = try await limited(to: patience) {
        try await EventExcerpt(of: event, in: store, mostBytes: Self.mostBytes)
      }
      (text, note) = (excerpt.lines.map(copiedJSON).joined(separator: "\n"), nil)
    } catch EventExcerpt.Refusal.tooLarge {
      (text, note) = alone("it has more than \(Self.mostBytes >> 10) kB; record --with-state takes any size")
    } catch EventExcerpt.Refusal.unwritable {
      (text, note) = alone("a record of it is one that no timeline can hold")
    } catch let error where !(error is CancellationError) {
      // The rest of the page is there without it.
      (text, note) = alone("it could not be looked up; record --with-state takes its time")
    }
  }
}

/// JSON as it stands in a page to be copied. What a page does not show as it is stands there as an escape of JSON.
func copiedJSON(_ json: [UInt8]) -> String {
  var output = String.UnicodeScalarView()
  for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
    if isShownAsItIs(scalar) {
      output.append(scalar)
    } else {
      let digits = String(scalar.value, radix: 16)
      output.append(
        contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars)
    }
  }
  return String(output)
}
