/// Finds credentials outside the place that a URL has for them. A `/`, `?` or `#` in a password that is not
/// percent-encoded ends the URL's authority early: the user name is then taken for the host, and the rest of
/// the password for a path, which messages and logs may show.
package enum StrayCredentials {
  /// Whether there is an `@` after the URL's authority, where it can only belong to a password. Among the
  /// options, after a `?`, an `@` is allowed if the authority has credentials of its own.
  package static func areIn(_ url: String) -> Bool {
    guard let scheme = url.firstRange(of: "://") else { return false }
    let rest = url[scheme.upperBound...]
    let authority = rest.prefix { !"/?#".contains($0) }
    let afterAuthority = rest[authority.endIndex...]
    guard afterAuthority.contains("@") else { return false }
    let query = afterAuthority.drop { $0 != "?" && $0 != "#" }
    let isInOptionsOnly =
      query.first == "?" && !query.contains("#") && !afterAuthority[..<query.startIndex].contains("@")
    return !(isInOptionsOnly && authority.contains("@"))
  }
}
