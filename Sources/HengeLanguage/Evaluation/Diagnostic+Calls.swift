// SPDX-License-Identifier: MIT

// The messages of errors about names and calls.

extension Diagnostic {
  static func unknownName(
    _ name: String, among names: [String], library: Library
  ) -> Diagnostic {
    let known = names + library.functions.keys + library.constants.keys
    let nearby = Suggestion.closest(to: name, among: known)
    return Diagnostic(
      "E-name", "`\(name)` is not defined",
      suggestion: library.usable(Habits.hint(forName: name)) ?? library.meaning(ofName: name)
        ?? Habits.hint(forProgram: name) ?? nearby)
  }

  static func missingArgument(_ parameter: String, _ name: String, _ signature: String)
    -> Diagnostic
  {
    Diagnostic("E-arg", "\(name) needs `\(parameter)`", notes: [signature])
  }

  static func tooManyArguments(
    _ name: String, takes: Int, given: Int, _ signature: String
  ) -> Diagnostic {
    guard takes > 0 else {
      return Diagnostic(
        "E-arg",
        "\(name) takes no positional arguments, and \(given) \(given == 1 ? "is" : "are") passed",
        notes: [signature], suggestion: Habits.hint(forMember: name, of: "x"))
    }
    return Diagnostic(
      "E-arg", "\(name) takes \(takes) positional argument\(takes > 1 ? "s" : ""), not \(given)",
      notes: [signature])
  }

  static func doubleArgument(_ parameter: String, _ name: String) -> Diagnostic {
    Diagnostic("E-arg", "\(name) got two values for `\(parameter)`")
  }

  static func notCallable(_ value: Value, _ site: CallSite, _ library: Library) -> Diagnostic {
    let name = site.calleeName.map { "`\($0)`" } ?? "this"
    let given = String(
      site.source.text(Span(site.calleeSpan.end, site.span.end)).dropFirst().dropLast())
    let callee = site.source.text(site.calleeSpan)
    let whole = site.source.text(Span(site.span.start, site.calleeSpan.end))
    let isShort = callee.utf8.count + given.utf8.count <= 60
    let suggestion: String? =
      switch value {
      case .object(let object) where !given.isEmpty:
        if let member = library.calledMember(of: object, hint: given) {
          "\(callee).\(member)(\(Habits.arguments(given).first ?? given))"
        } else {
          object is any Indexable ? "\(callee)[\(given)]" : nil
        }
      // A property, such as `x.numel`, is no call.
      case _ where given.isEmpty: whole == callee ? nil : whole
      case .list, .str, .record, .shape, .range: "\(callee)[\(given)]"
      case .int, .num: "\(callee) * (\(given))"
      default: nil
      }
    let isHidden = site.calleeName.map { library.functions[$0] != nil } ?? false
    return Diagnostic(
      "E-call", "\(name) is \(value.kindWithArticle), which cannot be called",
      labels: [Label(site.source, site.calleeSpan, value.brief)],
      notes: isHidden ? ["a variable of this name hides the function"] : [],
      suggestion: isHidden ? "another name for the variable" : isShort ? suggestion : nil)
  }
}
