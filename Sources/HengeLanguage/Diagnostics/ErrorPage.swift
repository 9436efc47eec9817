// SPDX-License-Identifier: MIT

/// The documentation of an error code, shown by `henge explain E-shape` and `?E-shape`.
public struct ErrorPage: Sendable {
  /// The stable name, such as `E-shape`.
  public let code: String
  /// The error in a few words.
  public let title: String
  /// What causes the error, and the rule behind it, in sentences.
  public let explanation: String
  /// A program that fails with the error.
  public let example: String
  /// The same program, corrected.
  public let fix: String

  init(_ code: String, _ title: String, _ explanation: String, example: String, fix: String) {
    self.code = code
    self.title = title
    self.explanation = explanation
    self.example = example
    self.fix = fix
  }

  /// The page of `code`, or `nil` for an unknown code.
  ///
  /// Case and the prefix `E-` do not matter.
  public static func find(_ code: String) -> ErrorPage? {
    let lowered = code.lowercased()
    let name = lowered.hasPrefix("e-") ? "E-" + lowered.dropFirst(2) : "E-" + lowered
    return all.first { $0.code == name }
  }

  /// All pages, sorted by code.
  public static let all = (language + values + world).sorted { $0.code < $1.code }

  /// All pages as one page of Markdown, for `Docs/Errors.md`.
  public static var reference: String {
    """
    # Errors

    Every error has a stable code. `henge explain E-shape`, or `?E-shape` at the prompt, prints what is
    written here about one.

    \(all.map { "#" + $0.markdown }.joined(separator: "\n"))
    """
  }

  /// The page as Markdown.
  public var markdown: String {
    """
    # \(code): \(title)

    \(explanation)

    ```henge
    \(example)
    ```

    Instead:

    ```henge
    \(fix)
    ```

    """
  }

  /// The page as text for a terminal of `width` columns; lines of code are not wrapped.
  public func text(width: Int) -> String {
    func indented(_ text: String) -> String {
      text.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
        .joined(separator: "\n")
    }
    let lines = TextWidth.wrapped(explanation, width: width).joined(separator: "\n")
    return "\(code): \(title)\n\n\(lines)\n\n\(indented(example))\n\nInstead:\n\n\(indented(fix))"
  }
}
