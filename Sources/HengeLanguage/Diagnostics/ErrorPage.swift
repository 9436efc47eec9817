// SPDX-License-Identifier: MIT

/// What `henge explain E-shape` and `?E-shape` tell about a code.
public struct ErrorPage: Sendable {
  /// The stable name, such as `E-shape`.
  public let code: String
  /// What it is about, in a few words.
  public let title: String
  /// What the language asks for, and why.
  public let explanation: String
  /// A program that ends in the error.
  public let example: String
  /// The same, right.
  public let fix: String

  init(_ code: String, _ title: String, _ explanation: String, example: String, fix: String) {
    self.code = code
    self.title = title
    self.explanation = explanation
    self.example = example
    self.fix = fix
  }

  /// The page of `code`, which may be written `shape` or `e-SHAPE` too; none if there is none.
  public static func find(_ code: String) -> ErrorPage? {
    let lowered = code.lowercased()
    let name = lowered.hasPrefix("e-") ? "E-" + lowered.dropFirst(2) : "E-" + lowered
    return all.first { $0.code == name }
  }

  /// All pages, by code.
  public static let all = (language + values + world).sorted { $0.code < $1.code }

  /// The page as Markdown, as it stands in `Docs/Errors.md`.
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

  /// The page for a terminal of `width` columns; code is never broken.
  public func text(width: Int) -> String {
    func indented(_ text: String) -> String {
      text.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
        .joined(separator: "\n")
    }
    let lines = TextWidth.wrapped(explanation, width: width).joined(separator: "\n")
    return "\(code): \(title)\n\n\(lines)\n\n\(indented(example))\n\nInstead:\n\n\(indented(fix))"
  }
}
