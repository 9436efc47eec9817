// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeCPU
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage
internal import HengeLibrary
internal import HengeShell
internal import HengeThreads

let helpText = """
  henge: image-to-image translation, step by step

    henge                          a prompt, or the program on standard input
    henge [run] f.henge [k=v …]    run a script; k=v sets its params, --help lists them
    henge -e '1+1'                 run a line
    henge check f.henge [k=v …]    run a script with its #=> checks
    henge explain E-shape          what an error means and how to mend it
    henge reference                all built-ins, as Markdown (`reference errors`: all errors)
    henge --version                version, processor, libraries

    -i               a prompt after the script, or without a terminal
    --recover        a prompt with the entries of the last session that was killed
    --out DIR        where files are written (default: the working directory)
    --seed N         the seed of all random numbers (default: 0)
    --threads N      threads (default: one for each processor; or HENGE_THREADS)
    --memory 8GB     the most memory to hold (default: most of what is free)
    --images STYLE   how a terminal shows pictures: auto, kitty, iterm, half, ascii or none
    -q               no notes
    --               what follows are words for the script's args

  Exit codes: 0 done, 1 a script failed, 2 a wrong command line, 130 stopped by Ctrl-C,
  129 and 143 by SIGHUP and SIGTERM.

  """

extension Application {
  /// What `henge --version` prints.
  func versionText() -> String {
    let libraries = [CPUBackend.library] + imageLibraries + fileLibraries
    let lines = [
      "henge 0.1.0",
      "processor: \(CPUBackend.features), \(session.pool.threads) threads",
      "memory: at most \(formatBytes(session.budget.limit))",
      "libraries: \(libraries.joined(separator: ", "))",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// What `henge explain CODE` prints.
  func explain(_ code: String) throws -> Int32 {
    guard let page = ErrorPage.find(code) else {
      throw Diagnostic(
        "E-name", "there is no error \(code)",
        suggestion: Suggestion.closest(to: code, among: ErrorPage.all.map(\.code)).map {
          "henge explain \($0)"
        })
    }
    try console.write(page.markdown + "\n")
    try console.flush()
    return 0
  }

  /// What `henge reference` prints.
  func printReference(_ what: Arguments.Reference) throws -> Int32 {
    switch what {
    case .builtins: try console.write(interpreter.library.markdown)
    case .errors: try console.write(ErrorPage.all.map(\.markdown).joined(separator: "\n"))
    }
    try console.flush()
    return 0
  }
}
