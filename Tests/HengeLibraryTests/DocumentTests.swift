// SPDX-License-Identifier: MIT

import Glibc
import HengeLanguage
import HengeTestSupport
import Testing

/// The pages of the project that show henge, each run as a reader would type it.
///
/// The blocks of a page are run in order in one session, entry by entry, with their `#=>` checks.
/// A ```` ```text ```` block right behind a block holds what it prints: results, notes and errors in
/// their turn. A block without one must not fail. With `HENGE_UPDATE=1` in the environment the text
/// blocks are written anew, for a person to read.
@Suite struct DocumentTests {
  /// What went wrong with a block of a page.
  struct Complaint: Equatable, CustomStringConvertible {
    let place: String
    let message: String
    var description: String { "\(place)\n\(message)" }
  }

  @Test(arguments: Pages.all)
  func `every example of the pages runs and prints what the page says`(_ path: String) {
    let page = Document(path)
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    runner.interpreter.isChecking = true
    var complaints: [Complaint] = []
    var outputs: [String] = []
    var number = 1
    for block in page.blocks {
      let (output, problems) = run(block, in: runner, &number)
      outputs.append(output)
      var messages = problems
      if let expected = page.output(of: block) {
        messages = problems.filter { !output.contains($0) }
        if expected != output, !isUpdating {
          messages.append("--- the page\n\(expected)\n--- printed\n\(output)")
        }
      }
      complaints += messages.map { Complaint(place: "\(page.name):\(block.line)", message: $0) }
    }
    #expect(complaints == [])
    if isUpdating { page.rewrite(outputs) }
  }

  @Test func `pages have examples`() {
    let names = Pages.all.map { Document($0) }.filter { !$0.blocks.isEmpty }.map(\.name)
    #expect(Set(names).isSuperset(of: ["README.md", "Guide.md", "Language.md", "Networks.md"]))
  }

  private var isUpdating: Bool { getenv("HENGE_UPDATE").map { String(cString: $0) } == "1" }

  /// What a block prints, and what is wrong with it: errors and failed checks.
  private func run(
    _ block: Document.Block, in runner: ScriptRunner, _ number: inout Int
  ) -> (output: String, problems: [String]) {
    var output = ""
    var problems: [String] = []
    for entry in entries(block.code) {
      runner.interpreter.clearChecks()
      // Running nothing forgets what was printed.
      runner.run("")
      let error = runner.failure(of: entry, name: "[\(number)]")
      output += runner.output
      if let error {
        let message = Renderer().render(error)
        output += message + "\n"
        problems.append(message)
      }
      problems += runner.interpreter.checks.compactMap(\.failure).map { Renderer().render($0) }
      if !entry.allSatisfy(\.isWhitespace) { number += 1 }
    }
    if output.last == "\n" { output.removeLast() }
    return (output, problems)
  }

  /// The entries that a prompt would make of `code`: lines, joined until they are complete.
  private func entries(_ code: String) -> [String] {
    var entries: [String] = []
    var entry = ""
    for line in code.split(separator: "\n", omittingEmptySubsequences: false) {
      entry += entry.isEmpty ? String(line) : "\n" + line
      if case .incomplete = Completeness.of(Source(name: "entry", text: Array(entry.utf8))) {
        continue
      }
      entries.append(entry)
      entry = ""
    }
    if !entry.isEmpty { entries.append(entry) }
    return entries
  }
}

/// Where the pages are.
private enum Pages {
  /// The pages whose examples are run; those of the reference are run by their declarations.
  static var all: [String] {
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    let pages = ["", "/Docs", "/Docs/Decisions"].flatMap { markdown(in: root + $0) }
    return pages.filter { !$0.hasSuffix("/Reference.md") && !$0.hasSuffix("/Errors.md") }
  }

  private static func markdown(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var paths: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".md") { paths.append(folder + "/" + name) }
    }
    return paths.sorted()
  }
}
