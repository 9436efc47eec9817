// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// Built-ins about programs.
func system(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "run",
      "Runs a script in names of its own, which the result has as members; its params keep their defaults.",
      Parameter("path", "The script."),
      examples: [
        Example("exists(\"none.henge\")", gives: "false")
      ], errors: ["E-file", "E-import"]
    ) { (call: Call, path: String) in
      try call.run(session.program(at: session.paths.toRead(path, from: call.folder)))
    },
    Builtin(
      constant: "args", "The words after the script on the command line that are no params.",
      session.arguments, examples: [Example("len(args)", gives: "0")]),
  ]
}
