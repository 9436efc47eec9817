// SPDX-License-Identifier: MIT

extension Compiler {
  /// Moves a temporary's value into a variable.
  func store(_ register: Register, in name: Name) throws {
    guard case .local(let variable) = location(of: name.text, at: name.span) else {
      throw Diagnostic.outer(name.text, source, name.span)
    }
    emit(.take, variable, register, at: name.span)
  }

  /// `a, b[0] = x, y`: all values first, then the places from left to right.
  func assign(_ places: [Place], _ values: [Expression], at span: Span) throws {
    if places.count == 1, values.count == 1 { return try assign(places[0], values[0]) }
    let count = places.count
    guard values.count == 1 || values.count == count else {
      throw Diagnostic.unevenAssignment(count, values.count, source, span)
    }
    let first = try take(count, at: span)
    if values.count == 1 {
      let register = try expression(values[0])
      emit(.unpack, first, register, Register(count), at: values[0].span)
    } else {
      for (index, value) in values.enumerated() {
        try expression(value, into: first + Register(index))
      }
    }
    for (index, place) in places.enumerated() {
      let value = values.count == 1 ? values[0] : values[index]
      try store(first + Register(index), in: place, valueSpan: value.span)
    }
  }

  private func assign(_ place: Place, _ value: Expression) throws {
    if place.steps.isEmpty,
      case .local(let variable) = location(of: place.name.text, at: place.span)
    {
      return try expression(value, into: variable)
    }
    let register = try take(at: value.span)
    try expression(value, into: register)
    try store(register, in: place, valueSpan: value.span)
  }

  private func store(_ register: Register, in place: Place, valueSpan: Span) throws {
    guard !place.steps.isEmpty else { return try store(register, in: place.name) }
    try change(place, register, nil, valueSpan)
  }

  /// `a += x`, `a[0] += x`.
  func augment(
    _ place: Place, _ operation: BinaryOperator, _ value: Expression, _ operatorSpan: Span,
    at span: Span
  ) throws {
    guard place.steps.isEmpty else {
      return try change(place, try expression(value), operation, value.span)
    }
    guard case .local(let variable) = location(of: place.name.text, at: place.span) else {
      throw Diagnostic.outer(place.name.text, source, place.span)
    }
    let index: Int
    if let op = operation.immediateOpcode, case .int(let int) = value.node {
      index = emit(op, variable, variable, 0, int, at: span)
    } else {
      index = emit(.augment, variable, 0, try expression(value), operation.index, at: span)
    }
    builder.operandSpans[index] = (place.span, value.span)
  }

  /// Writes into a part of a variable.
  private func change(
    _ place: Place, _ value: Register, _ operation: BinaryOperator?, _ valueSpan: Span
  ) throws {
    guard place.steps.count <= Value.depthLimit else {
      throw Diagnostic.tooLarge("a place with this many steps", source, place.span)
    }
    let steps = try place.steps.map { step in
      switch step {
      case .index(let arguments, let span):
        PlaceCode.Step.index(builder.indices[try indexCode(arguments, of: nil, at: span)])
      case .member(let name, let span): PlaceCode.Step.member(name, span)
      }
    }
    builder.places.append(
      PlaceCode(
        steps: steps, rootName: place.name.text, span: place.span, operation: operation,
        valueSpan: valueSpan))
    let index = builder.places.count - 1
    switch location(of: place.name.text, at: place.span) {
    case .local(let variable): emit(.assign, variable, value, 0, index, at: place.span)
    case .outer(let variable): emit(.assignOuter, variable, value, 0, index, at: place.span)
    case .global(let slot):
      let register = try take(at: place.span)
      emit(.global, register, slot, 0, -1, at: place.name.span)
      emit(.assignOuter, register, value, 0, index, at: place.span)
    case .builtin: throw Diagnostic.outer(place.name.text, source, place.span)
    }
  }

  /// An index's subscripts in registers; the place of its description.
  func indexCode(_ arguments: [Argument], of value: Expression?, at span: Span) throws -> Int {
    let subscripts = try arguments.map { argument in
      switch argument.kind {
      case .positional(let value):
        SubscriptCode.value(try operand(value), argument.span)
      case .slice(let start, let stop, let step):
        SubscriptCode.slice(
          start: try start.map(operand), stop: try stop.map(operand), step: try step.map(operand),
          argument.span)
      case .ellipsis: SubscriptCode.ellipsis
      case .named, .spread, .spreadNamed:
        throw Diagnostic.refused(
          "an index cannot contain named or unpacked parts", source, argument.span)
      }
    }
    let site = CallSite(source, span, callee: value?.span ?? span)
    builder.indices.append(IndexCode(subscripts: subscripts, site: site))
    return builder.indices.count - 1
  }

  private func operand(_ value: Expression) throws -> Register { try expression(value) }
}
