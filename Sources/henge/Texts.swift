// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeCPU
internal import HengeDocuments
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage
internal import HengeLibrary
internal import HengeRanks
internal import HengeShell
internal import HengeThreads

let helpText = """
  henge: a shell for image-to-image translation

    henge                          open the prompt, or run the program on standard input
    henge [run] f.henge [k=v …]    run a script; k=v sets its params, --help lists them
    henge -e '1+1'                 run a line
    henge check f.henge [k=v …]    run a script and its #=> checks
    henge step f.henge.md          go through a document as a lesson, cell by cell
    henge lesson [n]               list the lessons, or begin lesson n
    henge render f.henge -o f.html run a document and write it as a page with all it shows
    henge verify f.html            run the code of a page again and compare what it shows
    henge convert f.henge f.ipynb  write a document as .henge, .henge.md or .ipynb
    henge kernel --install         let Jupyter start henge: notebooks, jupyter console
    henge explain E-shape          explain an error code and how to fix the error
    henge reference                print all built-ins as Markdown (`reference errors`: all errors)
    henge --version                show the version, processor and libraries

    -i               open the prompt after the script, or without a terminal
    --recover        open the prompt with the entries of the last session that was killed
    --out DIR        folder for written files (default: the working directory)
    --seed N         seed of all random numbers (default: 0)
    --threads N      number of threads (default: HENGE_THREADS, else one per processor)
    --memory 8GB     memory limit (default: most of the free memory)
    --images STYLE   how to draw images: auto, kitty, iterm, half, ascii or none
    --record F       keep a hash of each output of a run in the file F
    --against F      with check: compare the outputs with the record F
    --limit-steps N  at most N steps in each call of a trainer; checks of values are skipped
    --from CELL      with render: do not compute again what the cells before CELL computed before
    --user, --prefix DIR, --name NAME
                     with kernel --install: for this user (default), below DIR, as NAME
    --outputs        with convert: run the document, and put its outputs into the notebook
    -q               no notes and no progress
    --               pass the following words to the script as its args

  Exit codes: 0 success, 1 the script failed, 2 wrong command line, 130 stopped by Ctrl-C,
  129 and 143 ended by SIGHUP and SIGTERM.

  """

extension Application {
  /// The version of henge.
  static let version = hengeVersion

  /// What `henge --version` prints.
  func versionText() -> String {
    let libraries = [CPUBackend.library] + imageLibraries + fileLibraries
    let lines =
      [
        "henge \(Application.version)",
        "processor: \(CPUBackend.features), \(session.pool.threads) threads",
      ] + (job.map { ["processes: \($0.ranks.words)"] } ?? []) + [
        "memory: at most \(formatBytes(session.budget.limit))",
        "libraries: \(libraries.joined(separator: ", "))",
      ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// What `henge explain CODE` prints.
  func explain(_ code: String) throws -> Int32 {
    guard let page = ErrorPage.find(code) else {
      throw Diagnostic(
        "E-name", "unknown error code \(code)",
        suggestion: Suggestion.closest(to: code, among: ErrorPage.all.map(\.code)).map {
          "henge explain \($0)"
        } ?? "henge reference errors, which prints all codes")
    }
    try console.write(page.markdown + "\n")
    try console.flush()
    return 0
  }

  /// What `henge reference` prints.
  func printReference(_ what: Arguments.Reference) throws -> Int32 {
    switch what {
    case .builtins: try console.write(interpreter.library.markdown)
    case .errors: try console.write(ErrorPage.reference)
    case .options: try console.write(CellOption.markdown)
    }
    try console.flush()
    return 0
  }
}
