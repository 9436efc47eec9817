// SPDX-License-Identifier: MIT
public import HengeLanguage

/// A source of entries: a terminal with an editor, or plain lines.
public protocol EntryReader {
  /// Reads the entry `number`, which may have several lines, without its last newline; `nil` at the
  /// end of the input.
  ///
  /// An entry that the user cancels (with Ctrl-C) is not returned: the reader asks again. Throws
  /// E-closed and E-file as ``Console/flush()`` does.
  mutating func read(_ number: Int) throws -> String?

  /// Lets the next entry begin as `text`, to be edited and submitted by the user; a reader without
  /// an editor ignores it.
  mutating func offer(_ text: String)
}

/// The shell's knowledge about a text being typed.
///
/// It is queried while the user waits: nothing may be evaluated, and nothing may take longer than
/// some milliseconds.
public struct Assistance {
  /// The completions of a text at a cursor, which is an offset in its UTF-8 bytes.
  public var completions: (_ text: String, _ cursor: Int) -> Completions
  /// The hint for the right edge, in one line of at most `room` columns, at a cursor in UTF-8 bytes;
  /// never asked during a paste or while further keys wait.
  public var hint: (_ text: String, _ cursor: Int, _ room: Int) -> String?
  /// The pieces of the text that are drawn apart, in order; asked when `hint` is.
  public var highlights: (_ text: String, _ cursor: Int) -> [(span: Span, kind: Highlight)]

  /// An assistance of these functions; without them there are no completions and no hints.
  public init(
    completions: @escaping (_ text: String, _ cursor: Int) -> Completions = { _, cursor in
      Completions(replaceFrom: cursor)
    },
    hint: @escaping (_ text: String, _ cursor: Int, _ room: Int) -> String? = { _, _, _ in nil },
    highlights: @escaping (_ text: String, _ cursor: Int) -> [(span: Span, kind: Highlight)] = {
      _, _ in []
    }
  ) {
    self.completions = completions
    self.hint = hint
    self.highlights = highlights
  }
}

/// The possible replacements of the text before a cursor.
public struct Completions: Equatable, Sendable {
  /// One candidate.
  public struct Candidate: Equatable, Sendable {
    /// The text that replaces the text between `replaceFrom` and the cursor.
    public var text: String
    /// The name in the listing.
    public var label: String
    /// The text inserted after it if it is the only candidate, such as `)`, `=` or a space.
    public var suffix: String

    /// A candidate that is listed as `label`, or as its own text.
    public init(_ text: String, label: String? = nil, suffix: String = "") {
      self.text = text
      self.label = label ?? text
      self.suffix = suffix
    }
  }

  /// The start of the replaced text: an offset in the UTF-8 bytes of the whole text; it ends at the
  /// cursor.
  public var replaceFrom: Int
  /// All candidates, in the order of the listing.
  public var candidates: [Candidate]

  /// The candidates for the text between `replaceFrom` and the cursor.
  public init(replaceFrom: Int, candidates: [Candidate] = []) {
    self.replaceFrom = replaceFrom
    self.candidates = candidates
  }
}
