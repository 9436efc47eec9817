// SPDX-License-Identifier: MIT

/// The storage of a list value; it must not be changed while shared.
public final class List {
  /// The elements in order.
  public private(set) var elements: [Value]
  /// One more than the deepest element's; never less than what it was.
  public private(set) var depth: Int
  /// How many elements there are when all that is shared is written out.
  private(set) var weight: Int
  /// Whether no element uses memory outside the list: all are numbers and the like; `false` if
  /// unknown.
  private(set) var isPlain: Bool

  /// A list of `elements`.
  public init(_ elements: [Value]) {
    self.elements = elements
    var deepest = 0
    var weight = 1
    var isPlain = true
    for element in elements {
      deepest = max(deepest, element.depth)
      weight = weight.addingSaturated(element.weight)
      isPlain = isPlain && !element.holdsMore
    }
    depth = deepest + 1
    self.weight = weight
    self.isPlain = isPlain
  }

  /// Keeps numbers, bools and `none`s, which nest nothing.
  init(flat elements: [Value]) {
    self.elements = elements
    depth = 1
    weight = elements.count + 1
    isPlain = true
  }

  /// The number of elements.
  public var count: Int { elements.count }

  /// Replaces an element.
  ///
  /// The list must have no other reference.
  func replace(_ index: Int, _ value: Value) {
    depth = max(depth, value.depth + 1)
    weight = (weight - elements[index].weight).addingSaturated(value.weight)
    isPlain = isPlain && !value.holdsMore
    elements[index] = value
  }

  /// Takes an element out and leaves a hole for `replace`.
  ///
  /// The list must have no other reference.
  func take(_ index: Int) -> Value {
    let value = elements[index]
    elements[index] = .undefined
    weight = (weight - value.weight).addingSaturated(Value.undefined.weight)
    return value
  }

  /// Replaces all elements.
  ///
  /// The list must have no other reference.
  func replaceAll(_ values: [Value]) {
    weight = 1
    isPlain = true
    for value in values {
      depth = max(depth, value.depth + 1)
      weight = weight.addingSaturated(value.weight)
      isPlain = isPlain && !value.holdsMore
    }
    elements = values
  }

  /// Appends an element.
  ///
  /// The list must have no other reference.
  func append(_ value: Value) {
    depth = max(depth, value.depth + 1)
    weight = weight.addingSaturated(value.weight)
    isPlain = isPlain && !value.holdsMore
    elements.append(value)
  }

  /// Appends all elements of `other`.
  ///
  /// The list must have no other reference.
  func append(contentsOf other: List) {
    depth = max(depth, other.depth)
    weight = weight.addingSaturated(other.weight)
    isPlain = isPlain && other.isPlain
    elements.append(contentsOf: other.elements)
  }

  /// How many bytes appending `count` elements will allocate; 0 while they fit.
  func growth(appending count: Int) -> Int {
    let needed = elements.count + count
    guard needed > elements.capacity else { return 0 }
    return max(needed, elements.capacity * 2) * MemoryLayout<Value>.stride
  }
}
