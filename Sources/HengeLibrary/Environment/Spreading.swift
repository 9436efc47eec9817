// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeLanguage
internal import HengeRanks
internal import HengeTensor
internal import HengeThreads

/// What becomes of an item whose function fails.
enum SpreadErrors: String, Choice {
  case stop
  case keep
}

/// The built-in that calls a function on many items, on all processes.
func spreading(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "spread",
      "Calls a function on each element and returns the list of results, in order. On one process the calls run one after the other. With several processes (mpirun -n 4 henge run f.henge) each takes every n-th element, and the results are the same. Use it for sweeps over seeds and settings. Each call begins with the random numbers as they are before spread(), which leaves them unchanged; seed(n) in the function chooses others. The function must not change what is outside of it. Results may contain numbers, strings, tensors, shapes, lists and records. What the function prints is shown for the first process only.",
      Parameter("x", "A list or a range."),
      Parameter("f", "A function of one element."),
      Parameter(
        "errors",
        "Whether the first error stops the script, or is kept as the element's result: a record with its code, message and line.",
        default: SpreadErrors.stop, isKeywordOnly: true),
      examples: [
        Example("spread([1, 2, 3], x => x * 10)", gives: "[10, 20, 30]"),
        Example(
          """
          A = faces("anime", 4, size=16x16)
          runs = spread([1e-3, 1e-2], rate => {
            t = fit(conv(3, 3, padding=1), A, lr=rate)
            t.step(2)
            return (lr=rate, loss=t.losses.loss)
          })
          runs[1].lr
          #=> 0.01
          """),
      ], seeAlso: ["map", "ranks"], errors: ["E-ranks", "E-range", "E-type"]
    ) { (call: Call, x: SpreadElements, f: Callback, errors: SpreadErrors) in
      try Spread(session, call, f, errors).results(of: x.all())
    }.alsoCalled(
      "parallel", "sweep", "grid search", "multiprocessing", "hyperparameter", "hyperparameters")
  ]
}

/// A list, or the numbers of a range, which may be far too many for a list.
private struct SpreadElements: ValueConvertible {
  let value: Value
  let count: Int

  static let most = 1_000_000

  static var kind: String { "list | range" }

  static func from(_ value: Value) -> SpreadElements? {
    switch value {
    case .list(let list): SpreadElements(value: value, count: list.elements.count)
    case .range(let range): SpreadElements(value: value, count: range.count)
    default: nil
    }
  }

  /// All of them; throws `E-range` for more than ``most``.
  func all() throws -> [Value] {
    guard count <= Self.most else {
      throw Failure(
        "E-range", "spread takes up to \(Self.most) elements, not \(count)",
        suggestion: "spread(0..\(Self.most), f)", parameter: "x")
    }
    return switch value {
    case .list(let list): list.elements
    case .range(let range): (0..<count).map { .int(range[$0]) }
    default: []
    }
  }
}

/// One call of `spread`.
private struct Spread {
  let session: Session
  let call: Call
  let function: Callback
  let errors: SpreadErrors

  init(_ session: Session, _ call: Call, _ function: Callback, _ errors: SpreadErrors) {
    (self.session, self.call, self.function, self.errors) = (session, call, function, errors)
  }

  /// What the function returned for one element, or its error, as bytes.
  private enum Outcome {
    case value([UInt8])
    case failure(Diagnostic)
  }

  func results(of elements: [Value]) throws -> Value {
    let ranks = session.ranks
    ranks.place = call.place
    try ranks.barrier(at: "spread of \(elements.count) elements begins")
    let own = elements.indices.filter { $0 % ranks.count == ranks.mine }
    var message: [UInt8] = []
    let streams = session.streams
    defer { session.streams = streams }
    try session.progress.track("spread", total: elements.count, unit: "elements") { work -> Void in
      try call.eachRound(of: own.count) { done in
        let index = own[done]
        try call.checkInterrupt()
        session.streams = streams
        let result = try session.alone { try outcome(of: elements[index], index) }
        message += Self.bytes(index, result)
        // Others are about as far.
        work.reach(min(elements.count, (done + 1) * ranks.count))
        if case .failure = result, errors == .stop { return false }
        return true
      }
    }
    session.streams = streams
    let all = try ranks.gather(message, at: "spread of \(elements.count) elements ends")
    return try merged(all, count: elements.count)
  }

  private func outcome(of element: Value, _ index: Int) throws -> Outcome {
    do {
      return .value(try SentValue.bytes(of: function.call([element]), session.budget))
    } catch is NotKept {
      throw Failure(
        "E-type",
        "the function of spread returned for element \(index) what cannot be sent between processes: it must return numbers, strings, tensors, shapes, or lists and records of them",
        suggestion: "the numbers that are needed of it, such as t.losses", parameter: "f")
    } catch let failure as RankFailure {
      throw failure
    } catch {
      if let failure = error as? Failure {
        return .failure(Diagnostic(failure.code, failure.message, notes: failure.notes))
      }
      guard let diagnostic = error as? Diagnostic, diagnostic.canBeCaught else { throw error }
      return .failure(diagnostic)
    }
  }

  /// An outcome with its index: its kind, the number of its bytes, and these.
  private static func bytes(_ index: Int, _ outcome: Outcome) -> [UInt8] {
    let (kind, content): (Int, [UInt8]) =
      switch outcome {
      case .value(let bytes): (0, bytes)
      case .failure(let error): (1, Array(errorText(error).utf8))
      }
    var bytes: [UInt8] = []
    for number in [index, kind, content.count] { withUnsafeBytes(of: number) { bytes += $0 } }
    return bytes + content
  }

  /// An error as text: its code, its line, its message, and each note.
  private static func errorText(_ error: Diagnostic) -> String {
    let line = error.labels.first.map { $0.source.position(of: $0.span.start).line }
    return ([error.code, line.map { "\($0)" } ?? "", error.message] + error.notes)
      .joined(separator: "\u{1e}")
  }

  private func merged(_ messages: [[UInt8]], count: Int) throws -> Value {
    var values = [Value](repeating: .none, count: count)
    var failures: [(index: Int, text: [String])] = []
    for message in messages {
      var rest = message[...]
      func number() -> Int {
        defer { rest = rest.dropFirst(MemoryLayout<Int>.size) }
        return rest.withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
      }
      while !rest.isEmpty {
        let (index, kind, length) = (number(), number(), number())
        let content = rest.prefix(length)
        rest = rest.dropFirst(length)
        if kind == 0 {
          values[index] = try SentValue.value(in: content, on: session.backend)
        } else {
          let text = String(decoding: content, as: UTF8.self)
            .split(separator: "\u{1e}", omittingEmptySubsequences: false).map(String.init)
          failures.append((index, text))
        }
      }
    }
    failures.sort { $0.index < $1.index }
    if errors == .stop, let first = failures.first {
      let line = first.text[1].isEmpty ? [] : ["at line \(first.text[1])"]
      throw Failure(
        first.text[0], "element \(first.index): \(first.text[2])",
        notes: line + first.text.dropFirst(3))
    }
    for (index, text) in failures {
      values[index] = Value(fields: [
        ("code", Value(text[0])), ("message", Value(text[2])),
        ("line", Int(text[1]).map(Value.int) ?? .none),
      ])
    }
    return Value(values)
  }
}

/// A value as bytes: JSON, and the tensors in it.
private enum SentValue {
  /// Throws ``NotKept`` for a value that has another kind in it.
  static func bytes(of value: Value, _ budget: MemoryBudget) throws -> [UInt8] {
    var writer = ValueWriter(handles: [:], budget: budget)
    let json = try writer.json(value)
    let sizes = writer.arrays.map { array in
      JSON.array([
        .string(array.array.elementType.rawValue),
        .array(array.array.shape.sizes.map { .integer($0) }),
      ])
    }
    let head = Array(JSON.array([json, .array(sizes)]).text.utf8)
    var bytes: [UInt8] = []
    withUnsafeBytes(of: head.count) { bytes += $0 }
    bytes += head
    for array in writer.arrays { bytes += array.array.bytes }
    return bytes
  }

  static func value(in bytes: ArraySlice<UInt8>, on backend: any Backend) throws -> Value {
    let length = bytes.withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
    var rest = bytes.dropFirst(MemoryLayout<Int>.size)
    guard case .array(let parts) = try JSON(parsing: rest.prefix(length)), parts.count == 2,
      case .array(let sizes) = parts[1]
    else { throw NotKept() }
    rest = rest.dropFirst(length)
    let tensors = try sizes.map { size -> Tensor in
      guard case .array(let pair) = size, pair.count == 2, case .string(let name) = pair[0],
        let type = ElementType(rawValue: name), case .array(let axes) = pair[1]
      else { throw NotKept() }
      let shape = try Shape(axes.compactMap(\.int))
      let own = rest.prefix(shape.count * type.size)
      rest = rest.dropFirst(own.count)
      return try Tensor(bytesOf: type, shape, on: backend) { $0.copyBytes(from: own) }
    }
    return try ValueReader(handles: [:], tensor: { tensors[$0] }).value(parts[0])
  }
}
