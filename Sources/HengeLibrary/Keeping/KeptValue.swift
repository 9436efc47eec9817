// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeLanguage
internal import HengeModels
internal import HengeTensor

// Values as JSON, and their tensors as arrays: numbers, texts, lists, records, shapes, ranges, tensors, and
// handles by the path under which programs know them.

/// A value that cannot be kept, such as a function.
struct NotKept: Error {}

/// Writes values as JSON and collects their tensors.
struct ValueWriter {
  /// The paths of the handles that are there when the values are read again.
  let handles: [ObjectIdentifier: String]
  let budget: MemoryBudget
  /// The tensors, named by their number.
  private(set) var arrays: [NamedArray] = []
  /// How lists and records may be nested, as JSON is when it is read.
  static let deepest = 40

  init(handles: [ObjectIdentifier: String], budget: MemoryBudget) {
    (self.handles, self.budget) = (handles, budget)
  }

  /// The value as JSON; throws ``NotKept``.
  mutating func json(_ value: Value, depth: Int = 0) throws -> JSON {
    guard depth < ValueWriter.deepest else { throw NotKept() }
    switch value {
    case .none: return .null
    case .bool(let value): return .bool(value)
    case .int(let value): return .integer(value)
    case .num(let value): return .tagged("num", .string(String(value.bitPattern, radix: 16)))
    case .str(let text): return .string(text.string)
    case .list(let list):
      return .array(try list.elements.map { try json($0, depth: depth + 1) })
    case .record(let record):
      let fields = try zip(record.names, record.values).map {
        JSON.array([.string($0), try json($1, depth: depth + 1)])
      }
      return .tagged("record", .array(fields))
    case .range(let range):
      return .tagged("range", .array([range.start, range.stop, range.step].map { .integer($0) }))
    case .shape(let shape): return .tagged("shape", .array(shape.sizes.map { .integer($0) }))
    case .object(let object):
      if let path = handles[ObjectIdentifier(object)] { return .tagged("handle", .string(path)) }
      guard let object = object as? TensorObject else { throw NotKept() }
      arrays.append(NamedArray("\(arrays.count)", try object.tensor.arrayData(budget: budget)))
      return .tagged("tensor", .integer(arrays.count - 1))
    case .undefined, .function: throw NotKept()
    }
  }
}

/// Reads what ``ValueWriter`` wrote.
struct ValueReader {
  /// The handles by their paths.
  let handles: [String: any Handle]
  /// The tensors by their numbers.
  let tensor: (Int) throws -> Tensor

  /// The value; throws ``NotKept`` for any other JSON.
  func value(_ json: JSON) throws -> Value {
    switch json {
    case .null: return .none
    case .bool(let value): return .bool(value)
    case .integer(let value): return .int(value)
    case .string(let text): return Value(text)
    case .array(let elements): return Value(try elements.map(value))
    case .number: throw NotKept()
    case .object(let members):
      guard members.count == 1 else { throw NotKept() }
      return try tagged(members[0].name, members[0].value)
    }
  }

  private func tagged(_ tag: String, _ json: JSON) throws -> Value {
    switch (tag, json) {
    case ("num", .string(let text)):
      guard let bits = UInt64(text, radix: 16) else { throw NotKept() }
      return .num(Double(bitPattern: bits))
    case ("record", .array(let fields)):
      return Value(fields: try fields.map { try $0.named(value) })
    case ("range", .array(let numbers)):
      guard case let numbers = numbers.compactMap(\.int), numbers.count == 3,
        let range = RangeValue(numbers[0], numbers[1], by: numbers[2])
      else { throw NotKept() }
      return .range(range)
    case ("shape", .array(let numbers)):
      guard let shape = ShapeValue(numbers.compactMap(\.int)) else { throw NotKept() }
      return .shape(shape)
    case ("tensor", .integer(let number)): return try tensor(number).value
    case ("handle", .string(let path)):
      guard let handle = handles[path] else { throw NotKept() }
      return .object(handle)
    default: throw NotKept()
    }
  }
}

extension JSON {
  /// An object with one member.
  static func tagged(_ name: String, _ value: JSON) -> JSON { .object([Member(name, value)]) }

  /// The number of an integer.
  var int: Int? { if case .integer(let value) = self { value } else { nil } }

  /// A name and the result of `body` for the JSON after it, of an array of the two.
  func named<Result>(_ body: (JSON) throws -> Result) throws -> (String, Result) {
    guard case .array(let pair) = self, pair.count == 2, case .string(let name) = pair[0] else {
      throw NotKept()
    }
    return (name, try body(pair[1]))
  }
}
