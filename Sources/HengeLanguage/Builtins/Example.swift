// SPDX-License-Identifier: MIT

/// An example of a built-in: help shows it as it looks at the prompt, and tests run it.
///
///     Example(
///       """
///       A = faces("anime", 20)
///       mean(A).shape
///       #=> 3x64x64
///       """)
///
/// Each line is a separate entry; an indented line continues the one above. Lines after `#=>` are
/// the output of the entry. An entry without them must have no output; `#=> …` marks output that is
/// not compared, such as a plot or a time.
public struct Example: Sendable {
  /// One entry and what it shows.
  public struct Entry: Sendable {
    /// One or more lines of code.
    public internal(set) var code: String
    /// What the entry shows, without the last newline; `…` where that is not compared, and none
    /// where it shows nothing.
    public internal(set) var output: String?

    /// Whether a run of the entry that showed `text` did what the example says.
    public func matches(_ text: String) -> Bool {
      guard let output else { return text.isEmpty }
      return output == Entry.anyOutput || text == output + "\n"
    }

    static let anyOutput = "…"
  }

  /// The entries, in their order.
  public let entries: [Entry]

  /// Reads an example of several entries.
  public init(_ text: String) {
    var entries: [Entry] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard let last = entries.indices.last else {
        entries.append(Entry(code: String(line)))
        continue
      }
      if line.hasPrefix(Example.mark) {
        let shown = line.dropFirst(Example.mark.count).drop { $0 == " " }
        entries[last].output = entries[last].output.map { "\($0)\n\(shown)" } ?? String(shown)
      } else if line.hasPrefix(" ") || line.hasPrefix("}") {
        entries[last].code += "\n" + line
      } else {
        entries.append(Entry(code: String(line)))
      }
    }
    self.entries = entries
  }

  /// Makes an example of one entry that shows a value; none where that is not compared.
  public init(_ code: String, gives output: String?) {
    entries = [Entry(code: code, output: output ?? Entry.anyOutput)]
  }

  /// Makes an example of one entry that prints.
  public init(_ code: String, prints output: String) {
    entries = [Entry(code: code, output: output)]
  }

  /// All entries as one program.
  public var code: String { entries.map(\.code).joined(separator: "\n") }

  /// The lines of the reference: a short result on the line of its entry, a longer one below it.
  var lines: [String] {
    entries.flatMap { entry -> [String] in
      guard let output = entry.output else { return [entry.code] }
      let results = output.split(separator: "\n", omittingEmptySubsequences: false)
      if results.count == 1, entry.code.count + output.count < 90 {
        return ["\(entry.code)  \(Example.mark) \(output)"]
      }
      return [entry.code] + results.map { "\(Example.mark) \($0)" }
    }
  }

  private static let mark = "#=>"
}
