/// The value of a setting: its flag wins over its variable of the environment, that over the default. An empty variable
/// counts as none.
func setting(
  _ flag: String?, _ variable: String, default standard: String, in environment: [String: String]
) throws -> String {
  if let flag { return flag }
  if let value = environment[variable], !value.isEmpty { return value }
  return standard
}
