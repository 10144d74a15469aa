import Pipeline
import Support

/// A variable of the environment that looks like a setting of the worker and is none.
package struct UnknownVariable: Sendable, Equatable {
  private static let prefix = "UPDATE_WORKER_"

  package let name: String
  /// The setting's variable that is most like it.
  package let nearest: String

  /// One plain sentence. It does not tell the variable's value.
  package var message: String {
    "the environment variable \(printable(name)) is no setting; the nearest one is \(nearest)"
  }

  /// All that are in this environment, by name.
  package static func all(in environment: [String: String]) -> [UnknownVariable] {
    let settings = Setting.all.flatMap { [$0.variable, $0.fileVariable] }.compactMap { $0 }
      .filter { $0.hasPrefix(prefix) }
    let known = Set(settings + CrashPoint.variables)
    return environment.keys.filter { $0.hasPrefix(prefix) && !known.contains($0) }.sorted().compactMap {
      name in
      nearest(to: name, among: settings).map { UnknownVariable(name: name, nearest: $0) }
    }
  }

  /// The first of those with the least distance. The file of a setting that takes none is nearest to that setting.
  static func nearest(to name: String, among names: [String]) -> String? {
    if name.hasSuffix("_FILE"), let setting = names.first(where: { $0 + "_FILE" == name }) { return setting }
    return names.map { (name: $0, distance: editDistance(Array(name.utf8), Array($0.utf8))) }
      .min { $0.distance < $1.distance }?.name
  }

  /// How many bytes must be inserted, removed, replaced or swapped with their neighbour (optimal string alignment).
  static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var (beforeLast, last) = ([Int](), Array(0...right.count))
    for row in 0..<left.count {
      var current = [row + 1]
      current.reserveCapacity(right.count + 1)
      for column in 0..<right.count {
        var least = min(current[column], last[column + 1]) + 1
        least = min(least, last[column] + (left[row] == right[column] ? 0 : 1))
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          least = min(least, beforeLast[column - 1] + 1)
        }
        current.append(least)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
