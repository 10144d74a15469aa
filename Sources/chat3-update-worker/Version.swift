/// The version of the program: what the file `VERSION` says, which a test holds it to.
enum Version {
  static let current = "0.1.0"
}
