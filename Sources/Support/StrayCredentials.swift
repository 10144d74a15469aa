/// Finds credentials that are not where a URL has them. A `/`, `?` or `#` in a password that is not percent-encoded
/// ends the part of the credentials early: the user name is taken for the host then and the rest of the password for a
/// path, which messages and logs may show.
package enum StrayCredentials {
  /// Whether an `@` stands behind the host of the URL, where only a part of a password can have one. In the options
  /// behind a `?` it may stand, when there are credentials in their place.
  package static func areIn(_ url: String) -> Bool {
    guard let scheme = url.firstRange(of: "://") else { return false }
    let rest = url[scheme.upperBound...]
    let authority = rest.prefix { !"/?#".contains($0) }
    let behind = rest[authority.endIndex...]
    guard behind.contains("@") else { return false }
    let query = behind.drop { $0 != "?" && $0 != "#" }
    let isInOptionsOnly =
      query.first == "?" && !query.contains("#") && !behind[..<query.startIndex].contains("@")
    return !(isInOptionsOnly && authority.contains("@"))
  }
}
