import CommandHarness
import Foundation
import Testing

/// `--generate-completion-script`: what a shell completes.
@Suite struct CompletionTests {
  /// What bash completes for these words, the last of which is being written.
  private func completions(_ words: String..., files: [String] = []) throws -> [String] {
    let command = try Command()
    for file in files { try command.write(file, "") }
    let script = try command("--generate-completion-script", "bash").output
    // As bash calls a completion: the words, the place of the cursor, then the function with program, word and the
    // word before it.
    let call = """
      \(script)
      COMP_WORDS=(chat3-update-worker "$@"); COMP_CWORD=$#; COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
      COMP_TYPE=9; COMP_KEY=9
      function_name=$(complete -p chat3-update-worker | sed 's/.*-F \\([^ ]*\\).*/\\1/')
      "$function_name" chat3-update-worker "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    return try command.run("bash", ["--norc", "-c", call, "bash"] + words).lines.map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `a script is made for each shell and names the commands and their flags`(shell: String) throws {
    let script = try Command()("--generate-completion-script", shell)
    #expect(script.status == 0)
    for word in ["dead-letters", "requeue", "replay", "sweep-seconds"] {
      #expect(script.output.contains(word), "\(word) is missing")
    }
  }

  @Test func `the script for bash parses`() throws {
    let command = try Command()
    let path = try command.write("script", try command("--generate-completion-script", "bash").output)
    let parsed = try command.run("bash", ["-n", path])
    #expect(parsed.status == 0 && parsed.errors == "")
  }

  @Test func `commands are completed`() throws {
    #expect(try completions("dead-letters", "re") == ["requeue"])
  }

  @Test func `values of a closed set are completed`() throws {
    #expect(try completions("run", "--log-level", "tr") == ["trace"])
    #expect(try completions("inspect", "updates", "--type", "Typ") == ["TypingUpdate"])
  }

  @Test func `names of files are completed where a file is meant`() throws {
    #expect(try completions("replay", "time", files: ["timeline.ndjson"]) == ["timeline.ndjson"])
    #expect(
      try completions("backfill", "--checkpoint", "che", files: ["checkpoint"]) == ["checkpoint"])
  }
}
