// SPDX-License-Identifier: MIT

/// The storage of a record value: fields in order; it must not be changed while shared.
public final class Record {
  /// The names in order.
  public private(set) var names: [String] = []
  /// The values in the order of the names.
  public private(set) var values: [Value] = []
  /// One more than the deepest value's; never less than what it was.
  public private(set) var depth = 1
  /// How many values there are when all that is shared is written out.
  private(set) var weight = 1
  /// Where each name is; kept only for records with many fields.
  private var lookup: [String: Int] = [:]
  private static let linearLimit = 8

  /// An empty record, to be filled with `set` before it is shared.
  public init() {}

  /// A copy that can be changed.
  public init(copying other: Record) {
    names = other.names
    values = other.values
    depth = other.depth
    weight = other.weight
    lookup = other.lookup
  }

  /// The number of fields.
  public var count: Int { names.count }

  /// The position of `name`, if it exists.
  public func index(of name: String) -> Int? {
    guard names.count > Record.linearLimit else { return names.firstIndex(of: name) }
    return lookup[name]
  }

  /// The value of the field `name`.
  public subscript(name: String) -> Value? {
    guard let index = index(of: name) else { return nil }
    return values[index]
  }

  /// Sets or adds a field.
  ///
  /// The record must have no other reference.
  public func set(_ name: String, _ value: Value) {
    depth = max(depth, value.depth + 1)
    weight = weight.addingSaturated(value.weight)
    if let index = index(of: name) {
      weight -= values[index].weight
      values[index] = value
      return
    }
    names.append(name)
    values.append(value)
    if names.count == Record.linearLimit + 1 {
      for (index, name) in names.enumerated() { lookup[name] = index }
    } else if names.count > Record.linearLimit {
      lookup[name] = names.count - 1
    }
  }

  /// Takes a value out and leaves a hole for `replace`.
  ///
  /// The record must have no other reference.
  func take(_ index: Int) -> Value {
    let value = values[index]
    values[index] = .undefined
    weight = (weight - value.weight).addingSaturated(Value.undefined.weight)
    return value
  }

  /// Fills a hole, or replaces a value.
  ///
  /// The record must have no other reference.
  func replace(_ index: Int, _ value: Value) {
    depth = max(depth, value.depth + 1)
    weight = (weight - values[index].weight).addingSaturated(value.weight)
    values[index] = value
  }
}
