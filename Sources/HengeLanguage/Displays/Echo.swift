// SPDX-License-Identifier: MIT

extension Value {
  /// The echo, fitted to `width` columns and about twenty lines.
  public func displays(width: Int) throws -> [Display] {
    if case .object(let object) = self, let displayed = object as? any Displayed {
      return try displayed.displays(width: width)
    }
    if case .function(let function) = self, let first = function.builtins.first {
      return [.text(Echo.text(of: first))]
    }
    return [try EchoLayout(width: max(20, width)).display(of: self)]
  }
}

/// What an echo shows of a built-in function, which was probably to be called.
private enum Echo {
  static func text(of builtin: Builtin) -> String {
    let name = builtin.name
    let call =
      builtin.parameters.allSatisfy { $0.initial != nil || $0.role != .single }
      ? "\(name)() calls it, " : ""
    return "fn \(builtin.signature)\n\(call)?\(name) explains it"
  }
}

/// How records and lists that are longer than a line are laid out.
///
///     (image = f32 3x64x64  min -1  max 0.9529  mean -0.1096  sd 0.6221
///      name  = 'faces("anime")[0]'
///      marks = ("eye.left"  = [32.55, 39.19]
///               "eye.right" = [49.09, 36.33]))
private struct EchoLayout {
  let width: Int

  /// The number of nested levels that are laid out on separate lines.
  private static let deepest = 4
  /// The maximum number of lines for the parts of one value.
  private static let mostParts = 16

  /// What an echo shows of `value`: a list of equal records that is longer than a line as a table.
  func display(of value: Value) throws -> Display {
    if case .list(let list) = value, try TextWidth.of(line(value, limit: width)) > width,
      let table = try table(list)
    {
      return .table(table)
    }
    let shown = EchoLayout.rounded(value)
    return .text(try lines(of: shown, from: 0, depth: 0).joined(separator: "\n"))
  }

  /// A record with its numbers to four digits, those of records and lists within too.
  ///
  /// What was measured is read, not copied. Lists and single numbers outside of records have all digits.
  private static func rounded(_ value: Value) -> Value {
    guard case .record(let record) = value else { return value }
    let copy = Record()
    for (name, field) in zip(record.names, record.values) { copy.set(name, part(field)) }
    return .record(copy)
  }

  /// The most elements of a list in a record that an echo can show.
  private static let mostElements = 400

  /// A value within a record, with its numbers to four digits.
  private static func part(_ value: Value) -> Value {
    switch value {
    case .num(let number): return .num(rounded(number))
    case .list(let list):
      let count = list.count
      return Value(
        list.elements.enumerated().map { index, element in
          index < mostElements || index > count - 4 ? part(element) : element
        })
    default: return rounded(value)
    }
  }

  /// To four digits; none before the decimal point is left out.
  private static func rounded(_ number: Double) -> Double {
    guard number.magnitude < 1000 else {
      return number.magnitude < 1e15 ? number.rounded() : number
    }
    return Double(number.general(digits: 4)) ?? number
  }

  /// The lines of `value` whose first begins at column `column`, the others with that margin.
  func lines(of value: Value, from column: Int, depth: Int) throws -> [String] {
    let room = max(12, width - column - 1)
    let line = try self.line(value, limit: depth == 0 ? width : room)
    if TextWidth.of(line) <= (depth == 0 ? width : room) { return [line] }
    guard depth < EchoLayout.deepest else { return [TextWidth.cut(line, to: room)] }
    switch value {
    case .record(let record): return try lines(of: record, column, depth)
    case .list(let list):
      if list.elements.contains(where: isLaidOut) { return try lines(of: list, column, depth) }
      return depth == 0 ? filled(list) : [TextWidth.cut(line, to: room)]
    default: return depth == 0 ? [longLine(value)] : [TextWidth.cut(line, to: room)]
    }
  }

  /// The value in one line, about as long as `limit` at most if it is longer.
  private func line(_ value: Value, limit: Int) throws -> String {
    if case .object(let object) = value, let displayed = object as? any Displayed {
      return TextWidth.visible(try displayed.summary())
    }
    return value.representation(limit: limit + 1)
  }

  /// A value other than a list or record that is longer than a line: up to twenty lines of it.
  private func longLine(_ value: Value) -> String { value.representation(limit: width * 20) }

  /// Whether a list of such elements has a line for each.
  private func isLaidOut(_ value: Value) -> Bool {
    switch value {
    case .record, .object: true
    case .list(let list): list.count > 3
    default: false
    }
  }

  // MARK: Records and lists

  private func lines(of record: Record, _ column: Int, _ depth: Int) throws -> [String] {
    let names = record.names.map { $0.isIdentifier ? $0 : $0.quoted() }
    let shown = EchoLayout.shown(names.count)
    let widest = shown.compactMap { $0.map { TextWidth.of(names[$0]) } }.max() ?? 0
    let nameWidth = min(24, widest)
    var lines: [String] = []
    for place in shown {
      guard let place else {
        lines.append("… \(names.count - shown.count + 1) more fields …")
        continue
      }
      let name = TextWidth.cut(names[place], to: nameWidth)
      let gap = String(repeating: " ", count: nameWidth - TextWidth.of(name))
      let margin = nameWidth + 3
      let parts = try self.lines(
        of: record.values[place], from: column + 1 + margin, depth: depth + 1)
      lines.append("\(name)\(gap) = \(parts[0])")
      let indent = String(repeating: " ", count: margin)
      lines += parts.dropFirst().map { indent + $0 }
    }
    return bracketed(lines, "(", ")")
  }

  private func lines(of list: List, _ column: Int, _ depth: Int) throws -> [String] {
    let shown = EchoLayout.shown(list.count)
    var lines: [String] = []
    for place in shown {
      guard let place else {
        lines.append("… \(list.count - shown.count + 1) more …")
        continue
      }
      lines += try self.lines(of: list.elements[place], from: column + 1, depth: depth + 1)
    }
    return bracketed(lines, "[", "]")
  }

  /// The parts that are shown; `nil` marks those left out.
  private static func shown(_ count: Int) -> [Int?] {
    guard count > mostParts else { return Array(0..<count) }
    return Array(0..<mostParts - 4) + [nil] + Array(count - 3..<count)
  }

  private func bracketed(_ lines: [String], _ open: String, _ close: String) -> [String] {
    var lines = lines.enumerated().map { ($0.offset == 0 ? open : " ") + $0.element }
    if lines.isEmpty { return [open + close] }
    lines[lines.count - 1] += close
    return lines
  }

  // MARK: Lists of small values

  /// The elements one after another, those in the middle of a long list left out.
  private func filled(_ list: List) -> [String] {
    var parts = list.elements.prefix(121).map { $0.representation(limit: width) }
    var end = "]"
    if list.count > 120 {
      parts = Array(parts.prefix(5)) + ["…"]
      parts += list.elements.suffix(2).map { $0.representation(limit: width) }
      end = "]  (\(list.count) elements)"
    }
    var lines: [String] = []
    var line = "["
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      let piece = TextWidth.cut(part, to: width - 3) + (isLast ? end : ",")
      if TextWidth.of(line) + 1 + TextWidth.of(piece) > width, line.utf8.count > 1 {
        lines.append(line)
        line = ""
      }
      line += (line == "[" ? "" : " ") + piece
    }
    lines.append(line)
    return lines
  }

  // MARK: Lists of equal records

  /// Records of the same few fields as a table, where its columns fit; `nil` where they do not.
  private func table(_ list: List) throws -> TableDisplay? {
    guard list.count > 1, case .record(let first)? = list.elements.first, !first.names.isEmpty
    else { return nil }
    let names = first.names
    var rows: [[String]?] = []
    for place in EchoLayout.shown(list.count) {
      guard let place else {
        rows.append(nil)
        continue
      }
      guard case .record(let record) = list.elements[place], record.names == names else {
        return nil
      }
      rows.append(try record.values.map { try line(EchoLayout.rounded($0), limit: 32) })
    }
    let columns = names.indices.map { column in
      let isNumber =
        switch first.values[column] {
        case .int, .num: true
        default: false
        }
      return TableDisplay.Column(
        TextWidth.visible(names[column]), rows.map { $0?[column] }, isNumber: isNumber)
    }
    let table = TableDisplay(columns, note: "\(list.count) records")
    return table.fitting(width) == columns.count ? table : nil
  }
}
