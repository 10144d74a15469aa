/// The value of a setting: its flag wins over its variable of the environment, that over the default. An empty variable
/// counts as none.
func setting(
  _ flag: String?, _ variable: String, default standard: String, in environment: [String: String]
) -> String {
  if let flag { return flag }
  if let value = environment[variable], !value.isEmpty { return value }
  return standard
}

/// The value of a setting that may hold a secret: without its flag, its variable and `_FILE` may name a file that holds
/// the value.
///
/// - Throws: ``Failure`` (64) when both variables are set, or the file cannot be used.
func secretSetting(
  _ flag: String?, _ variable: String, default standard: String, in environment: [String: String]
) throws -> String {
  let fileVariable = variable + "_FILE"
  guard flag == nil, let path = environment[fileVariable], !path.isEmpty else {
    return setting(flag, variable, default: standard, in: environment)
  }
  guard environment[variable, default: ""].isEmpty else {
    throw Failure(.usage, "\(variable) and \(fileVariable) are both set; leave one of them out")
  }
  do throws(SecretFile.Unusable) {
    return try SecretFile(path: path).content()
  } catch {
    throw Failure(.usage, "\(fileVariable) names \(path), which \(error.reason)")
  }
}
