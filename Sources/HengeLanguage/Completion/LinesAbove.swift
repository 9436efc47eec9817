// SPDX-License-Identifier: MIT

/// The tokens of the whole lines above the one that is typed: from key to key they stay the same.
///
/// Whoever asks at every key keeps one and hands it to each ``Completer``; an entry of 200 lines is
/// read once then, not once a key.
public final class LinesAbove {
  /// What was read, up to the line that is typed.
  struct Tokens {
    let tokens: [Token]
    /// The indices of the brackets that are open after them.
    let openBrackets: [Int]
    /// Where the next line begins.
    let end: Int
  }

  private var bytes: [UInt8] = []
  /// `nil` where the lexer stopped, for example inside a string that continues.
  private var tokens: Tokens?

  /// Knows nothing yet.
  public init() {}

  /// The tokens of all lines of `source` but the last; none where they cannot be read alone.
  func read(_ source: Source) -> Tokens? {
    guard let end = source.lineStarts.last, end > 0 else { return nil }
    if bytes.count == end, source.bytes.starts(with: bytes) { return tokens }
    bytes = Array(source.bytes[..<end])
    tokens = nil
    var lexer = Lexer(source, from: 0, to: end)
    lexer.run()
    guard lexer.error == nil else { return nil }
    lexer.tokens.removeLast()
    let read = Tokens(tokens: lexer.tokens, openBrackets: lexer.openBrackets, end: end)
    tokens = read
    return read
  }
}
