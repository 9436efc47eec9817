// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// The state between two rounds of a loop that an entry runs.
struct RoundState {
  let round: EndedRound
  let checkpoint: Checkpoint
}

/// A loop that failed or was stopped, as far as its state after a whole round is kept: `:go` returns to
/// it, and the script has the rounds before it and those that follow as two loops.
struct StoppedLoop {
  /// What leads to ``state`` from the state before the entry: its first statements and rounds.
  let done: String
  /// The rounds that did not end, and the statements after the loop.
  let rest: String
  /// The state after the last round that counts.
  let state: Checkpoint
  /// That round: `round 3 of 9`.
  let round: String
  /// The entry.
  let number: Int

  /// The loop that is statement `index` of `program` and was left after `state`; nil if the statement is
  /// no loop, or text cannot divide it.
  init?(
    _ program: Program, statement index: Int, of number: Int, after state: RoundState?
  ) {
    let (source, statements) = (program.source, program.block.statements)
    guard let state, statements.indices.contains(index),
      let parts = statements[index].divided(after: state.round, in: source)
    else { return nil }
    func texts(_ statements: ArraySlice<Statement>) -> [String] {
      statements.map { source.text($0.span) }
    }
    done = (texts(statements[..<index]) + [parts.done]).joined(separator: "\n")
    rest = ([parts.rest] + texts(statements[(index + 1)...])).joined(separator: "\n")
    self.state = state.checkpoint
    round = "round \(state.round.count)" + (parts.count.map { " of \($0)" } ?? "")
    self.number = number
  }
}

extension Statement {
  /// A loop as two, of which the first makes the rounds up to `round`.
  fileprivate func divided(after round: EndedRound, in source: Source) -> (
    done: String, rest: String, count: Int?
  )? {
    /// The statement with `text` in place of `place`.
    func with(_ text: String, at place: Span) -> String {
      source.text(Span(span.start, place.start)) + text + source.text(Span(place.end, span.end))
    }
    switch kind {
    case .forEach(_, let values, _):
      guard let iterated = round.iterated,
        let parts = iterated.divided(after: round.count)
          ?? values.divided(after: round.count, in: self)
      else { return nil }
      return (with(parts.0, at: values.span), with(parts.1, at: values.span), iterated.length)
    case .repeatLoop(let count, _):
      guard let left = round.left else { return nil }
      return (
        with("\(round.count)", at: count.span), with("\(left)", at: count.span), round.count + left
      )
    case .whileLoop(let condition, let body):
      // A condition that calls something may do more than to ask.
      guard condition.isPlain else { return nil }
      return ("repeat \(round.count) \(source.text(body.span))", source.text(span), nil)
    default: return nil
    }
  }
}

extension Value {
  /// The number of elements of a list or a range.
  fileprivate var length: Int? {
    switch self {
    case .list(let list): list.count
    case .range(let range): range.count
    default: nil
    }
  }

  /// Its first `count` elements and the others, as short texts of their values.
  fileprivate func divided(after count: Int) -> (String, String)? {
    let parts: (Value, Value)
    switch self {
    case .list(let list):
      parts = (Value(Array(list.elements[..<count])), Value(Array(list.elements[count...])))
    case .range(let range):
      // Its end may be beyond what an int can be, its elements are not.
      guard count < range.count else { return nil }
      let place = range[count]
      guard let first = RangeValue(range.start, place, by: range.step),
        let last = RangeValue(place, range.stop, by: range.step)
      else { return nil }
      parts = (.range(first), .range(last))
    default: return nil
    }
    guard let first = parts.0.literal(limit: 200), let last = parts.1.literal(limit: 200) else {
      return nil
    }
    return (first, last)
  }
}

extension Expression {
  /// Slices of the list that it names, which `loop` must not assign anew.
  fileprivate func divided(after count: Int, in loop: Statement) -> (String, String)? {
    guard case .name(let name) = node, !loop.assigns(name) else { return nil }
    return ("\(name)[:\(count)]", "\(name)[\(count):]")
  }
}

extension EntrySession {
  /// Lets ``lastRound`` follow the rounds of the loop that begins with the state `start`, if it is one.
  func keepRounds(since start: Checkpoint) {
    lastRound = nil
    // Which rounds are kept depends on time, and would differ.
    guard setup.peers == nil else { return }
    let room = setup.memoryLimit() / 8
    machine.onRound = { [unowned self] round in
      // The state before goes first, so that one is kept and not two.
      lastRound = nil
      let checkpoint = Checkpoint(interpreter)
      // What the loop has changed since its start takes memory twice from now on.
      let bytes = checkpoint.bytes(beyond: start)
      guard checkpoint.isWhole, bytes <= room else { return .infinity }
      lastRound = RoundState(round: round, checkpoint: checkpoint)
      // To copy it takes a small part of the time between.
      return max(machine.roundPause, Double(bytes) / 5e7)
    }
  }
}

extension Statement {
  /// Whether it is a loop.
  var isLoop: Bool {
    switch kind {
    case .forEach, .whileLoop, .repeatLoop: true
    default: false
    }
  }
}
