// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// How an entry looks while it is typed.
public struct TypingAppearance: Equatable, Sendable {
  /// Whether the prompt, hints and the parts of programs have colors.
  public var isColoured: Bool
  /// Whether the rest of an earlier entry is shown behind the cursor; only with colors, without which
  /// it looks like typed text.
  public var suggests: Bool

  /// An appearance; plain unless said otherwise.
  public init(isColoured: Bool = false, suggests: Bool = false) {
    (self.isColoured, self.suggests) = (isColoured, suggests)
  }
}

extension Frame.Style {
  /// The style in which a piece of code is drawn.
  init(_ kind: Highlight) {
    switch kind {
    case .comment: self = .comment
    case .keyword: self = .keyword
    case .number: self = .number
    case .string, .check: self = .string
    case .unknown: self = .unknown
    }
  }
}

/// The newest entry of the history that begins with what is typed.
///
/// From key to key it mostly stays the same, so that the history is not searched again.
struct HistorySuggestion {
  private var prefix: [UInt8] = []
  /// `nil` where no entry begins with the prefix.
  private var entry: String?

  /// What follows `text` in the newest entry that begins with it and is longer.
  mutating func rest(of text: String, in history: History) -> String? {
    let typed = Array(text.utf8)
    guard typed.contains(where: { $0 > 32 }) else { return nil }
    let isLonger = !prefix.isEmpty && typed.count >= prefix.count && typed.starts(with: prefix)
    if !isLonger || entry.map({ !goesOn($0, typed) }) ?? false {
      entry = history.entries.last { goesOn($0, typed) }
    }
    prefix = typed
    return entry.map { String(decoding: $0.utf8.dropFirst(typed.count), as: UTF8.self) }
  }

  private func goesOn(_ entry: String, _ typed: [UInt8]) -> Bool {
    entry.utf8.count > typed.count && entry.utf8.starts(with: typed)
  }
}
