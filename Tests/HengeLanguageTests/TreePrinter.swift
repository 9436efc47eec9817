// SPDX-License-Identifier: MIT

@testable import HengeLanguage

// What lives here: trees as fully parenthesised text, so that a test can say what a tree is and
// read it again.

enum TreePrinter {
  static func text(_ program: Program) -> String {
    program.block.statements.map(text).joined(separator: "\n")
  }

  static func text(_ block: Block) -> String {
    "{ " + block.statements.map(text).joined(separator: "; ") + " }"
  }

  static func text(_ statement: Statement) -> String {
    switch statement.kind {
    case .expression(let value, _): return text(value)
    case .assign(let places, let values):
      return places.map(text).joined(separator: ", ") + " = "
        + values.map(text).joined(separator: ", ")
    case .augment(let place, let binary, let value, _):
      return "\(text(place)) \(binary.rawValue)= \(text(value))"
    case .parameter(let name, let value, _): return "param \(name.text) = \(text(value))"
    case .importing(let path, _, let name): return "import \(quoted(path)) as \(name.text)"
    case .function(let literal, _):
      return "fn \(literal.name ?? "")(\(parameters(literal))) \(text(literal.body))"
    case .forEach(let names, let items, let body):
      return "for \(list(names)) in \(text(items)) \(text(body))"
    case .whileLoop(let condition, let body): return "while \(text(condition)) \(text(body))"
    case .repeatLoop(let count, let body): return "repeat \(text(count)) \(text(body))"
    case .attempt(let body, let name, let handler):
      return "try \(text(body)) catch \(name.text) \(text(handler))"
    case .giveBack(let value): return "return" + (value.map { " " + text($0) } ?? "")
    case .breakLoop: return "break"
    case .continueLoop: return "continue"
    case .assertion(let condition, let message):
      return "assert \(text(condition))" + (message.map { ", " + text($0) } ?? "")
    }
  }

  static func text(_ place: Place) -> String {
    place.steps.reduce(place.name.text) { text, step in
      switch step {
      case .index(let arguments, _): "\(text)[\(self.arguments(arguments))]"
      case .member(let name, _): "\(text).\(name)"
      }
    }
  }

  static func text(_ expression: Expression) -> String {
    switch expression.node {
    case .none: return "none"
    case .bool(let value): return "\(value)"
    case .int(let value): return "\(value)"
    case .num(let value): return "\(value)"
    case .str(let value): return quoted(value)
    case .shape(let sizes): return sizes.map(String.init).joined(separator: "x")
    case .interpolated(let pieces): return "f\"\(pieces.map(text).joined())\""
    case .name(let name): return name
    case .unary(let unary, let operand): return "(\(unary.rawValue) \(text(operand)))"
    case .binary(let binary, let left, let right, _):
      return "(\(text(left)) \(binary.rawValue) \(text(right)))"
    case .chain(let first, let links):
      return "(\(text(first))"
        + links.map { " \($0.comparison.rawValue) \(text($0.right))" }.joined() + ")"
    case .not(let operand): return "(not \(text(operand)))"
    case .and(let left, let right): return "(\(text(left)) and \(text(right)))"
    case .or(let left, let right): return "(\(text(left)) or \(text(right)))"
    case .range(let first, let last, let step):
      return "(\(text(first))..\(text(last))" + (step.map { " by \(text($0))" } ?? "") + ")"
    case .call(let callee, let arguments, _): return "\(base(callee))(\(self.arguments(arguments)))"
    case .index(let object, let arguments): return "\(base(object))[\(self.arguments(arguments))]"
    case .member(let object, let name, _): return "\(base(object)).\(name)"
    case .list(let items): return "[" + items.map(text).joined(separator: ", ") + "]"
    case .record(let fields):
      return "(" + fields.map { field($0) + "," }.joined(separator: " ") + ")"
    case .comprehension(let item, let names, let items, let filter):
      return "[\(text(item)) for \(list(names)) in \(text(items))"
        + (filter.map { " if \(text($0))" } ?? "") + "]"
    case .conditional(let condition, let yes, let no):
      return "(if \(text(condition)) \(text(yes))" + (no.map { " else \(text($0))" } ?? "") + ")"
    case .function(let literal): return "((\(parameters(literal))) => \(text(literal.body)))"
    case .time(let body): return "(time \(text(body)))"
    case .bench(let body): return "(bench \(text(body)))"
    }
  }

  /// What stands before `(`, `[` or `.`, in parentheses where a number would swallow the point.
  private static func base(_ expression: Expression) -> String {
    switch expression.node {
    case .int, .num: "(\(text(expression)))"
    default: text(expression)
    }
  }

  private static func text(_ piece: Piece) -> String {
    switch piece {
    case .text(let text):
      let inner = quoted(text).dropFirst().dropLast()
      return inner.map { $0 == "{" ? "{{" : $0 == "}" ? "}}" : String($0) }.joined()
    case .value(let value, let specification):
      let format = specification.map { piece in
        if case .text(let text) = piece { return text }
        return self.text(piece)
      }
      return "{\(text(value))" + (format.isEmpty ? "" : ":" + format.joined()) + "}"
    }
  }

  private static func field(_ field: Field) -> String {
    switch field {
    case .named(let name, let value): "\(name.text)=\(text(value))"
    case .spread(let value): "**\(text(value))"
    }
  }

  static func arguments(_ arguments: [Argument]) -> String {
    arguments.map { argument in
      switch argument.kind {
      case .positional(let value): text(value)
      case .named(let name, let value): "\(name.text)=\(text(value))"
      case .spread(let value): "*\(text(value))"
      case .spreadNamed(let value): "**\(text(value))"
      case .slice(let first, let second, let third):
        (first.map(text) ?? "") + ":" + (second.map(text) ?? "")
          + (third.map { ":" + text($0) } ?? "")
      case .ellipsis: "..."
      }
    }.joined(separator: ", ")
  }

  private static func parameters(_ literal: FunctionLiteral) -> String {
    var parts: [String] = []
    var isKeywordOnly = false
    for parameter in literal.parameters {
      if parameter.isKeywordOnly, !isKeywordOnly { parts.append("*") }
      isKeywordOnly = parameter.isKeywordOnly
      parts.append(parameter.name.text + (parameter.initial.map { "=" + text($0) } ?? ""))
    }
    return parts.joined(separator: ", ")
  }

  private static func list(_ names: [Name]) -> String {
    names.map(\.text).joined(separator: ", ")
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case _ where scalar.value < 32: result += "\\x" + hexadecimal(Int(scalar.value))
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// The tree of `text`, printed; the message if there is none.
func tree(_ text: String) -> String {
  do throws(Diagnostic) {
    return TreePrinter.text(try Parser.parse(Source(name: "test", text: Array(text.utf8))))
  } catch {
    return Renderer.line(error)
  }
}
