// SPDX-License-Identifier: MIT

/// The result of a `#=>` check or an assertion.
public struct CheckResult {
  /// Its position, which identifies it.
  struct Place: Hashable {
    let source: String
    let start: Int
  }

  /// The source that contains the check.
  public let source: Source
  /// The check in it.
  public let span: Span
  /// Why it failed; none when it passed.
  public let failure: Diagnostic?
  /// Whether it was counted and not made.
  public let isSkipped: Bool

  var place: Place { Place(source: source.name, start: span.start) }

  init(source: Source, span: Span, failure: Diagnostic? = nil, isSkipped: Bool = false) {
    self.isSkipped = isSkipped
    self.source = source
    self.span = span
    self.failure = failure
  }
}

extension Machine {
  /// Runs the check of a statement inside a block.
  func check(_ code: Code, _ r: UnsafeMutablePointer<Value>, _ i: Instruction) throws {
    let check = code.checks[i.d]
    let (value, first, second) = (r[Int(i.a)], r[Int(i.b)], r[Int(i.c)])
    var thrown: Diagnostic?
    if i.op == .checkError, case .record(let error) = first {
      thrown = Diagnostic(error["code"]?.text ?? "", error["message"]?.text ?? "")
    }
    let site = currentSite()
    recordCheck(
      try result(of: check, value, thrown, code.source) { expression in
        let isTolerance = expression.span.start > (check.expressions.first?.span.start ?? 0)
        return try call(isTolerance ? second : first, [], named: [], from: site)
      })
  }

  /// Compares the value or error of a statement with its check.
  func result(
    of check: Check, _ value: Value, _ thrown: Diagnostic?, _ source: Source,
    evaluate: (Expression) throws -> Value
  ) throws -> CheckResult {
    var failure: Diagnostic?
    let label = [Diagnostic.Label(source, check.span)]
    switch check.expected {
    case .error(let code):
      if thrown?.code != code {
        let got = thrown.map { "\($0.code): \($0.message)" } ?? value.representation(limit: 200)
        failure = Diagnostic("E-check", "expected \(code), got \(got)", labels: label)
      }
    case .value(let text, let expected, let tolerance):
      if let thrown {
        failure = thrown
      } else if try !matches(value, text, expected, tolerance, source, evaluate) {
        failure = Diagnostic(
          "E-check", "expected \(text), got \(brief(value))", labels: label)
      }
    }
    return CheckResult(source: source, span: check.span, failure: failure)
  }

  /// The echo of a value, or its literal if the echo has several lines.
  private func brief(_ value: Value) -> String {
    let text = echo(value)
    return text.isEmpty || text.utf8.contains(10) ? value.representation(limit: 200) : text
  }

  private func echo(_ value: Value) -> String {
    let displays = (try? value.displays(width: 80)) ?? []
    return displays.compactMap { if case .text(let text) = $0 { text } else { nil } }
      .joined(separator: "\n")
  }

  private func matches(
    _ value: Value, _ text: String, _ expected: Expression?, _ tolerance: Expression?,
    _ source: Source, _ evaluate: (Expression) throws -> Value
  ) throws -> Bool {
    if text == echo(value) || text == value.representation { return true }
    guard let expected else { return false }
    let wanted = try evaluate(expected)
    guard let tolerance else { return try isNear(value, wanted, 0) }
    guard let limit = Double.from(try evaluate(tolerance)) else {
      throw Diagnostic(
        "E-type", "a tolerance must be a num", labels: [Diagnostic.Label(source, tolerance.span)])
    }
    return try isNear(value, wanted, limit)
  }

  /// Whether `answer` is what was asked for, `value`: numbers within `tolerance`, a shape also as a
  /// list of its sizes.
  public func isAnswer(_ answer: Value, to value: Value, within tolerance: Double) throws -> Bool {
    func sizes(_ value: Value) -> Value {
      guard case .shape(let shape) = value else { return value }
      return Value(shape.sizes.map(Value.int))
    }
    return try isNear(sizes(answer), sizes(value), tolerance)
  }

  /// Whether all numbers, also in lists and tensors, differ by at most `limit` and everything else is
  /// equal.
  private func isNear(_ value: Value, _ wanted: Value, _ limit: Double) throws -> Bool {
    if let first = Double.from(value), let second = Double.from(wanted) {
      // Large ints differ where their nums do not.
      return try value.scalar.isEqual(wanted.scalar) || (limit > 0 && abs(first - second) <= limit)
    }
    switch (value.scalar, wanted.scalar) {
    case (.list, .list), (.object, .list), (.list, .object), (.object, .object): break
    default: return try value.isEqual(wanted)
    }
    guard let first = try? elements(of: value),
      let second = try? elements(of: wanted)
    else { return try value.isEqual(wanted) }
    guard first.count == second.count else { return false }
    for (left, right) in zip(first, second) {
      guard try isNear(left, right, limit) else { return false }
    }
    return true
  }
}
