// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeFiles
import HengeLanguage
import HengeTestSupport
import Testing

/// What people type from numpy, PyTorch, IPython and a shell: each line is refused with the hint that the
/// corpus has for it, and what the hint says to write runs.
///
/// `Fixtures/habits.txt` has a line and its hint on each line, with a tab between them. With
/// `HENGE_UPDATE=1` in the environment the hints are written anew, for a person to read.
@Suite struct HabitCorpusTests {
  /// What the lines are about.
  private static let session = """
    x = rand(3x8x8); y = x * 2; v = arange(6); xs = [3, 1, 2]; s = "text"; text = s
    r = (a=1, b=2); i = 1; a = rand(2x2); b = rand(2x2); mask = x > 0.5; c = true
    A = faces("anime", 8, size=16x16); B = faces("photo", 8, size=16x16)
    m = sequential(conv(3, 3, kernel=3, padding=1), relu()); opt = adam(m, lr=1e-3)
    t = cyclegan(A, B, base=2, blocks=1, layers=2)
    w = table(x=[1, 2], y=[3, 4]); other = w[["x"]]
    fn f(x) { sum(x * x) }
    loss = mean(m(x)); criterion = f
    """

  private static var file: String {
    #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
      + "/Fixtures/habits.txt"
  }

  @Test func everyLineHasItsHintAndTheHintRuns() throws {
    let text = String(
      decoding: try readRegularFile(Self.file, budget: MemoryBudget(limit: 10_000_000)),
      as: UTF8.self)
    var lines: [String] = []
    var ran = 0
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
      let hint = try #require(self.hint(for: parts[0]), "`\(parts[0])` has no hint")
      lines.append("\(parts[0])\t\(hint)")
      if !isUpdating { #expect(lines.last == String(line)) }
      guard let code = self.code(of: hint) else { continue }
      ran += 1
      if let failure = lastFailure(of: code) {
        Issue.record("the hint for `\(parts[0])` fails: \(code)\n\(Renderer().render(failure))")
      }
    }
    #expect(lines.count >= 200)
    #expect(ran * 2 > lines.count)
    if isUpdating {
      try AtomicFile.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: Self.file)
    }
  }

  private var isUpdating: Bool { getenv("HENGE_UPDATE").map { String(cString: $0) } == "1" }

  private func failure(of line: String) -> Diagnostic? {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path, threads: 1)
    if let failure = runner.failure(of: Self.session) { return failure }
    return runner.failure(of: line)
  }

  /// The error of `code`, if it has no hint that leads further: `torch.zeros(2, 3)` is first said to be
  /// `zeros(2, 3)`, and that to be `zeros(2x3)`.
  private func lastFailure(of code: String, depth: Int = 0) -> Diagnostic? {
    guard let failure = failure(of: code), failure.code != "E-file" else { return nil }
    guard depth < 3, let hint = failure.suggestion else { return failure }
    return self.code(of: hint).flatMap { lastFailure(of: $0, depth: depth + 1) }
  }

  private func hint(for line: String) -> String? { failure(of: line)?.suggestion }

  /// The first code that a hint names; none where it has words, or leaves something out.
  private func code(of hint: String) -> String? {
    var code = hint
    for mark in [", or ", ": ", "; ", " with every", ", a "] {
      if let range = code.firstRange(of: mark) { code = String(code[..<range.lowerBound]) }
    }
    if let range = code.firstRange(of: "), ") { code = String(code[..<range.lowerBound]) + ")" }
    let isProse = [
      "…", " at the prompt", "nothing", "delete ", "plain ", "without ", "an empty", "paths from",
      "the key", "a function", "a record", "one name",
    ]
    .contains { code.contains($0) }
    return isProse || code.hasSuffix("=") || code.hasPrefix("}")
      || code.split(separator: " ").count > 14 ? nil : code
  }
}
