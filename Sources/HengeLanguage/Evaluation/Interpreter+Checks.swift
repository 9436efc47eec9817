// SPDX-License-Identifier: MIT

/// What a `#=>` check found.
public struct CheckResult {
  /// The text that the check stands in.
  public let source: Source
  /// The check in it.
  public let span: Span
  /// Why it failed; none when it passed.
  public let failure: Diagnostic?
}

extension Interpreter {
  /// Compares what a statement gave or threw with what its check expects.
  func result(
    of check: Check, _ value: Value, _ thrown: Diagnostic?, _ source: Source, in module: Module
  ) throws -> CheckResult {
    var failure: Diagnostic?
    let label = [Diagnostic.Label(source, check.span)]
    switch check.expected {
    case .error(let code):
      if thrown?.code != code {
        let got = thrown.map { "\($0.code): \($0.message)" } ?? value.representation(limit: 200)
        failure = Diagnostic("E-check", "\(code) is expected, not \(got)", labels: label)
      }
    case .value(let text, let expected, let tolerance):
      if let thrown {
        failure = thrown
      } else if try !matches(value, text, expected, tolerance, source, in: module) {
        failure = Diagnostic(
          "E-check", "\(text) is expected, not \(brief(value))", labels: label)
      }
    }
    return CheckResult(source: source, span: check.span, failure: failure)
  }

  /// What a value echoes, or how it is written when that takes several lines.
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
    _ source: Source, in module: Module
  ) throws -> Bool {
    if text == echo(value) || text == value.representation { return true }
    guard let expected else { return false }
    let wanted = try evaluate(expected, in: source, of: module)
    guard let tolerance else { return try isNear(value, wanted, 0) }
    guard let limit = Double.from(try evaluate(tolerance, in: source, of: module)) else {
      throw Diagnostic(
        "E-type", "a tolerance is a num", labels: [Diagnostic.Label(source, tolerance.span)])
    }
    return try isNear(value, wanted, limit)
  }

  /// Whether numbers, wherever they stand in lists and tensors, differ by no more than `limit` and
  /// all else is equal.
  private func isNear(_ value: Value, _ wanted: Value, _ limit: Double) throws -> Bool {
    if let first = Double.from(value), let second = Double.from(wanted) {
      // Large ints differ where their nums do not.
      return try value.scalar.isEqual(wanted.scalar) || (limit > 0 && abs(first - second) <= limit)
    }
    switch (value.scalar, wanted.scalar) {
    case (.list, .list), (.object, .list), (.list, .object), (.object, .object): break
    default: return try value.isEqual(wanted)
    }
    guard let first = try? machine.elements(of: value),
      let second = try? machine.elements(of: wanted)
    else { return try value.isEqual(wanted) }
    guard first.count == second.count else { return false }
    for (left, right) in zip(first, second) {
      guard try isNear(left, right, limit) else { return false }
    }
    return true
  }
}
