/// docs/settings.md, made from the table of settings.
package enum SettingsPage {
  package static var text: String {
    ([introduction] + [table] + Setting.all.compactMap(details) + [kubernetes]).joined(separator: "\n\n")
      + "\n"
  }

  private static let introduction = """
    # Settings

    This page is made from the table in `Sources/Operations/Settings/SettingTable.swift`; do not edit it. To make it anew:

        swift run chat3-update-worker config page > docs/settings.md

    A flag takes precedence over its environment variable, and that over the default. An empty variable counts as none.
    Where a value may hold credentials, a variable with `_FILE` at the end of its name may name a file that holds it
    instead, as Docker and Kubernetes provide secrets; one newline at its end does not count.
    """

  private static let kubernetes = """
    ## Variables that are no settings

    `config check` refuses a variable that begins with `UPDATE_WORKER_` and is not in the table, and names the nearest
    setting; `run` warns of it. In Kubernetes a Service called `update-worker` puts such variables into every pod of its
    namespace (`UPDATE_WORKER_SERVICE_HOST` and others): set `enableServiceLinks: false` in the worker's pod.
    """

  private static var table: String {
    let head = ["| variable | flag | default | takes | meaning | commands |", "|---|---|---|---|---|---|"]
    let rows = Setting.all.map { setting in
      let variables = [setting.variable, setting.fileVariable].compactMap { $0 }.map(code)
      let standard = setting.standard.map(code) ?? setting.otherwise
      let cells = [
        variables.joined(separator: ", "), flags(of: setting), standard, setting.form.description,
        setting.meaning,
        setting.commands.map(code).joined(separator: ", "),
      ]
      return "|" + cells.map { $0.isEmpty ? " |" : " \($0.replacing("|", with: "\\|")) |" }.joined()
    }
    return (head + rows).joined(separator: "\n")
  }

  private static func flags(of setting: Setting) -> String {
    let flag = code("--" + setting.flag)
    guard case .toggle = setting.form, setting.standard == "true" else { return flag }
    return flag + ", " + code("--no-" + setting.flag)
  }

  private static func details(_ setting: Setting) -> String? {
    setting.details.isEmpty ? nil : "## \(code(setting.name))\n\n" + setting.details
  }

  private static func code(_ text: String) -> String { "`\(text)`" }
}
