// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// Built-ins about programs.
func system(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "run",
      "Runs a script in a namespace of its own and returns its names as members. Its params have their defaults.",
      Parameter("path", "Path of the script."),
      examples: [
        Example("run(\"lib.henge\").towards(0, 10)", gives: nil)
      ], errors: ["E-file", "E-import"]
    ) { (call: Call, path: String) in
      try call.run(session.program(at: session.paths.toRead(path, from: call.folder)))
    }.alsoCalled("execute script")
      .inPlaceOf(
        "notebook", "jupyter",
        advice: "henge convert a.ipynb a.henge reads one, and run(\"a.henge\") runs the result"),
    Builtin(
      constant: "args", "Command-line words after the script that are not params.",
      session.arguments, examples: [Example("len(args)", gives: "0")]),
  ]
}
