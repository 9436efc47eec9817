// SPDX-License-Identifier: MIT
public import HengeLanguage

extension EntrySession {
  /// Brings back the state before the entry `number`, with all names, handles and random streams.
  ///
  /// Returns false where that state was dropped to free memory, or could not be kept in the middle of a
  /// training step.
  public func restore(before number: Int) throws -> Bool {
    let later = past.states.filter { $0.number >= number }.count
    // Entries without effects leave no state.
    let isKnown = log.contains { $0.number >= number && $0.hasChanged } == (later > 0)
    guard later > 0 else { return isKnown }
    guard let first = past.states.first(where: { $0.number >= number }), first.checkpoint.isWhole,
      !log.contains(where: { (number..<first.number).contains($0.number) && $0.hasChanged })
    else { return false }
    try goBack(String(later), isSilent: true)
    return true
  }

  /// Runs `body` without showing results; notes and errors are shown.
  public func muted<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = output.isMuted
    output.isMuted = true
    defer { output.isMuted = before }
    return try body()
  }

  /// Whether the last entry ended with an error.
  public var hasFailed: Bool {
    guard let last = log.last else { return false }
    return last.outcome != .good
  }

  /// The value of `text`, an expression, for an answer; nil if it is another kind of statement.
  ///
  /// The session is as before, random streams too. Throws what parsing and evaluating throw.
  public func value(of text: String) throws -> Value? {
    let source = Source(name: "answer", text: Array(text.utf8))
    let program = try interpreter.parse(source)
    guard program.block.statements.count == 1,
      case .expression(let expression, _) = program.block.statements[0].kind
    else { return nil }
    let before = Checkpoint(interpreter)
    let value = Result { try interpreter.evaluate(expression, in: source) }
    try before.restore(in: interpreter)
    return try value.get()
  }
}
