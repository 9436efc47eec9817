// SPDX-License-Identifier: MIT
internal import HengeSession

/// A question to the shell: `?`, `?mean`, `mean?`, `??f`.
public struct HelpRequest: Equatable, Sendable {
  /// The subject; empty for the overview.
  public let subject: String
  /// Whether to show the source of a function (`??f`).
  public let wantsSource: Bool

  /// A request for help on `subject`.
  public init(_ subject: String, wantsSource: Bool = false) {
    self.subject = subject
    self.wantsSource = wantsSource
  }

  /// Parses an entry of the prompt; `nil` if it is not a question.
  ///
  /// An entry that begins with `?` is always a question. One that ends with `?` is a question if a
  /// name, a member, an element or an error code precedes it, so `x = a ? b` stays an error. Python's
  /// `help(mean)` and `dir(x)` are questions unless the user has defined these names.
  public init?(entry: String, isDefined: (String) -> Bool = { _ in false }) {
    let text = entry.trimmed
    guard !text.isEmpty, !text.utf8.contains(10) else { return nil }
    let leading = text.prefix { $0 == "?" }.count
    let trailing = text.reversed().prefix { $0 == "?" }.count
    if leading > 0 {
      let isAll = leading == text.count
      let subject = isAll ? "" : String(text.dropFirst(leading).dropLast(trailing)).trimmed
      self.init(HelpRequest.uncalled(subject), wantsSource: max(leading, trailing) > 1)
    } else if trailing > 0 {
      let subject = String(text.dropLast(trailing)).trimmed
      guard HelpRequest.isSubject(subject) else { return nil }
      self.init(subject, wantsSource: trailing > 1)
    } else {
      guard let subject = HelpRequest.borrowed(text, isDefined) else { return nil }
      self.init(subject)
    }
  }

  /// The words for help in related languages.
  private static let borrowedWords = ["help", "dir", "doc"]

  /// The subject of `help`, `help()`, `help(mean)` and `help mean`.
  private static func borrowed(_ text: String, _ isDefined: (String) -> Bool) -> String? {
    guard let word = borrowedWords.first(where: text.hasPrefix), !isDefined(word) else {
      return nil
    }
    var rest = String(text.dropFirst(word.count))
    guard rest.isEmpty || rest.first == "(" || rest.first == " " else { return nil }
    rest = rest.trimmed
    if rest.first == "(" {
      guard rest.last == ")" else { return nil }
      rest = String(rest.dropFirst().dropLast()).trimmed
    }
    let isQuoted =
      rest.count > 1 && rest.first == rest.last && (rest.first == "\"" || rest.first == "'")
    if isQuoted { rest = String(rest.dropFirst().dropLast()) }
    guard rest.isEmpty || isSubject(rest) else { return nil }
    return rest
  }

  /// `mean` of `mean(x)`, `.mean`.
  private static func uncalled(_ subject: String) -> String {
    var subject = subject[...]
    if subject.first == ".", subject.count > 1, subject.dropFirst().first?.isLetter == true {
      subject = subject.dropFirst()
    }
    if let open = subject.firstIndex(of: "("), subject.last == ")", open > subject.startIndex,
      isSubject(String(subject[..<open]))
    {
      subject = subject[..<open]
    }
    return String(subject)
  }

  /// Whether `text` is a name with members and elements, or the code of an error.
  private static func isSubject(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, first.isNameStart else { return false }
    if text.lowercased().hasPrefix("e-") {
      return text.dropFirst(2).utf8.allSatisfy { ($0 | 0x20) >= 97 && ($0 | 0x20) <= 122 }
    }
    var inBrackets = false
    var last: Unicode.Scalar = "."
    for scalar in text.unicodeScalars {
      switch scalar {
      case "[":
        guard !inBrackets else { return false }
        inBrackets = true
      case "]": inBrackets = false
      case _ where inBrackets: break
      case ".":
        guard last != "." else { return false }
      default:
        guard scalar.isNameStart || ("0"..."9").contains(scalar) else { return false }
      }
      last = scalar
    }
    return !inBrackets && last != "."
  }
}

extension Unicode.Scalar {
  fileprivate var isNameStart: Bool {
    ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_"
  }
}
