// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// Writes calls of built-ins out of their declarations, so that a new built-in is called by itself.
struct FuzzCalls {
  /// A parameter of a built-in, which every kind of value has to meet.
  struct Row {
    let builtin: Builtin
    let index: Int
    /// `resize.1`; overloads are told apart by their first parameter's type.
    let key: String
  }

  let palette: FuzzPalette
  let functions: [Builtin]
  let properties: [String]
  let rows: [Row]
  /// For each built-in's name and parameter, the entries of the palette that it accepts.
  private let accepted: [String: [Int]]

  init(_ library: Library, _ palette: FuzzPalette) {
    self.palette = palette
    functions = library.builtins.filter { $0.naming == .function }
    properties = library.properties.keys.sorted()
    rows = functions.flatMap { builtin in
      builtin.parameters.indices.map {
        Row(builtin: builtin, index: $0, key: FuzzCalls.key(builtin, $0))
      }
    }
    var accepted: [String: [Int]] = [:]
    for row in rows {
      let parameter = row.builtin.parameters[row.index]
      // A value that an earlier overload takes never reaches this one.
      let earlier = functions.prefix { $0 !== row.builtin }.filter { $0.name == row.builtin.name }
      accepted[row.key] = palette.entries.indices.filter { index in
        let value = FuzzCalls.gathered(palette.entries[index].value, parameter.role)
        return parameter.accepts(value)
          && (row.index > 0
            || !earlier.contains { other in
              other.parameters.first.map {
                $0.accepts(FuzzCalls.gathered(palette.entries[index].value, $0.role))
              } ?? false
            })
      }
    }
    self.accepted = accepted
  }

  static func key(_ builtin: Builtin, _ index: Int) -> String {
    let first = builtin.parameters.first?.kind ?? ""
    return "\(builtin.name)(\(first)…).\(builtin.parameters[index].name)"
  }

  /// The value as a parameter that gathers several is given it.
  private static func gathered(_ value: Value, _ role: ParameterRole) -> Value {
    switch role {
    case .single: value
    case .rest: Value([value])
    case .keywords: Value(fields: [("k", value)])
    }
  }

  /// How many cells the round over all built-ins has.
  var cellCount: Int { rows.count * palette.kinds.count }

  /// A call in which one parameter of one built-in meets one kind of value, the others mostly
  /// what they accept.
  func cell(_ number: Int, _ dice: inout FuzzDice) -> String {
    guard cellCount > 0 else { return "none" }
    // Steps of a prime, so that expensive neighbours do not come together.
    let cell = number % cellCount * 7919 % cellCount
    let row = rows[cell / palette.kinds.count]
    let kind = palette.kinds[cell % palette.kinds.count]
    return call(row.builtin, &dice, given: row.index, palette.text(of: kind, &dice))
  }

  /// A call of any built-in, often with something wrong about it.
  func any(_ dice: inout FuzzDice) -> String {
    guard let builtin = dice.element(of: functions) else { return "none" }
    return any(builtin, &dice)
  }

  func any(_ builtin: Builtin, _ dice: inout FuzzDice) -> String {
    switch dice.roll(10) {
    case 0: return "\(builtin.name)(\(texts(dice.roll(5), &dice)))"
    case 1: return "(\(palette.text(&dice))).\(builtin.name)(\(texts(dice.roll(3), &dice)))"
    case 2: return "\(palette.text(&dice)) |> \(builtin.name)(\(texts(dice.roll(2), &dice)))"
    case 3: return "\(builtin.name)(*\(palette.text(&dice)), **\(palette.text(&dice)))"
    case 4: return "\(builtin.name)(\(palette.text(&dice)), nonsense=\(palette.text(&dice)))"
    case 5:
      let index = dice.roll(builtin.parameters.count)
      return call(builtin, &dice, given: index, palette.text(&dice))
    default: return call(builtin, &dice)
    }
  }

  private func texts(_ count: Int, _ dice: inout FuzzDice) -> String {
    (0..<count).map { _ in palette.text(&dice) }.joined(separator: ", ")
  }

  /// A call that the declaration allows, but for the argument `text` of parameter `given`.
  func call(
    _ builtin: Builtin, _ dice: inout FuzzDice, given: Int? = nil, _ text: String = ""
  ) -> String {
    var parts: [String] = []
    var mustName = false
    for (index, parameter) in builtin.parameters.enumerated() {
      let isGiven = index == given
      let isOptional = parameter.initial != nil || parameter.role != .single
      if isOptional && !isGiven && (given != nil || !dice.once(in: 3)) {
        mustName = true
        continue
      }
      let value = isGiven ? text : accepted(builtin, index, &dice)
      switch parameter.role {
      case .keywords: parts.append("any_name=\(value)")
      case .rest: if !mustName || isGiven { parts.append(value) }
      case .single:
        let isNamed = mustName || parameter.isKeywordOnly || (index > 0 && dice.once(in: 6))
        if isNamed { mustName = true }
        parts.append(isNamed ? "\(parameter.name)=\(value)" : value)
      }
    }
    return "\(builtin.name)(\(parts.joined(separator: ", ")))"
  }

  /// A value that the parameter accepts; sometimes its default, or a value from nearby.
  private func accepted(_ builtin: Builtin, _ index: Int, _ dice: inout FuzzDice) -> String {
    let entries = accepted[FuzzCalls.key(builtin, index)] ?? []
    guard let entry = dice.element(of: entries) else { return choice(builtin, index, &dice) }
    return palette.entries[entry].text
  }

  /// One of the strings that the type of a parameter names: `"a" | "b"`.
  private func choice(_ builtin: Builtin, _ index: Int, _ dice: inout FuzzDice) -> String {
    let parts = builtin.parameters[index].kind.split(separator: "\"")
    let names = parts.filter { $0 != " | " }.map { "\"\($0)\"" }
    return names.isEmpty ? palette.text(&dice) : dice.pick(names)
  }
}
