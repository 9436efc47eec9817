// SPDX-License-Identifier: MIT

// What lives here: how domain values enter the language. A tensor, a dataset, a model is a
// subclass of `Object` that adopts the protocols for what it can do; everything else it can do is
// a built-in whose first parameter accepts it.

/// A domain value; subclasses say what they are and adopt capability protocols.
///
/// A subclass is immutable to those who share it, unless it is a `Handle`.
open class Object {
  /// Makes an object; subclasses keep what they stand for.
  public init() {}
  /// The type's name, as `type(x)` and messages give it: `tensor`.
  open class var kind: String { "object" }
  /// What stands beside the carets of an error: `f32 1x3x64x64`.
  open var brief: String { kind }
  /// How deeply other values are nested in this one.
  ///
  /// A type whose values can wrap values of the same type (a dataset over a dataset) gives one
  /// more than theirs: what exceeds `Value.depthLimit` is refused before it can overflow a stack.
  open var depth: Int { 0 }
  /// Values that this one holds, such as a module's, for whoever looks for handles and memory.
  open var parts: [Value] { [] }
  /// How a program reaches each of ``parts`` from this: `[3]`, `.name`; empty where it cannot.
  open var partPlaces: [String] { [] }
  /// The blocks of memory that it holds besides; those who share a block name one owner.
  open var storages: [Storage] { [] }
  /// The type's name.
  public final var kind: String { type(of: self).kind }
}

/// A part of `x[…]`.
public enum Subscript {
  /// `x[3]`, also from a tensor without axes.
  case int(Int)
  /// `x[a:b:c]`, each part optional.
  case slice(Slice)
  /// `x[...]`
  case ellipsis
  /// `x[none]`
  case newAxis
  /// Anything else: a string, a bool tensor, a list of indices.
  case value(Value)
}

/// `start:stop:step` as written; `step` is not 0.
public struct Slice: Equatable, Sendable {
  /// The first index; none from the end that the step leaves.
  public var start: Int?
  /// Never reached; none up to the end that the step reaches.
  public var stop: Int?
  /// The difference of neighbours; none is 1.
  public var step: Int?

  /// Keeps the parts.
  public init(_ start: Int?, _ stop: Int?, _ step: Int? = nil) {
    self.start = start
    self.stop = stop
    self.step = step
  }

  /// The first index, the step, and the number of indices in an axis of `count`, clamped as numpy does.
  public func resolved(count: Int) -> (start: Int, step: Int, count: Int) {
    let step = self.step ?? 1
    precondition(step != 0, "A slice's step is checked where it is made.")
    func clamp(_ index: Int, _ low: Int, _ high: Int) -> Int {
      min(max(index < 0 ? index.addingReportingOverflow(count).partialValue : index, low), high)
    }
    if step > 0 {
      let low = start.map { clamp($0, 0, count) } ?? 0
      let high = stop.map { clamp($0, 0, count) } ?? count
      return (low, step, high > low ? (high - low - 1) / step + 1 : 0)
    }
    let high = start.map { clamp($0, -1, count - 1) } ?? count - 1
    let low = stop.map { clamp($0, -1, count - 1) } ?? -1
    let width = UInt(bitPattern: high - low)
    return (high, step, high > low ? Int((width - 1) / step.magnitude) + 1 : 0)
  }
}

/// Can be called: `m(x, angle=12)`.
///
/// What the call does is declared as a built-in of the library's, named as a ``Builtin/Naming/call``,
/// whose first parameter takes the object.
public protocol Callable: Object {}

/// Can be indexed: `x[1:, none]`.
public protocol Indexable: Object {
  /// The part that `subscripts` (at least one) select.
  func element(at subscripts: [Subscript]) throws -> Value
}

/// Can be assigned into: `x[0] = 1`.
public protocol IndexAssignable: Object {
  /// This object with `value` written at `subscripts`.
  ///
  /// When `isUnique` nobody else holds this object: it may be changed in place and returned.
  /// Otherwise, unless it is a handle, a changed copy is returned and this one stays as it is.
  func assigning(_ value: Value, at subscripts: [Subscript], isUnique: Bool) throws -> Object
}

/// Can be looped over, mapped, spread, and made a list of.
public protocol Iterable: Object {
  /// A function that gives the next element at each call, then `nil`.
  func makeIterator() throws -> () throws -> Value?
  /// How many elements there are, when that is known.
  var knownCount: Int? { get }
}

/// Has members besides those that built-ins give: `t.g_ab`, `t.lr`.
public protocol HasMembers: Object {
  /// All names, for completion and suggestions.
  var memberNames: [String] { get }
  /// The member's value, or `nil` when there is none.
  func member(_ name: String) throws -> Value?
}

/// Has members that lie ready, so that completion can look at them without running anything.
public protocol HasPlainMembers: HasMembers {
  /// The member's value, or `nil` when it would have to be computed.
  func plainMember(_ name: String) -> Value?
}

/// Has names that its brackets take: `t["col"]`, `m["res.2"]`.
public protocol HasKeys: Indexable {
  /// All names, for completion; quick, and computed from nothing large.
  var keys: [String] { get }
}

/// Knows what kind of value its brackets give, without computing it.
public protocol HasElementKinds: Indexable {
  /// The type that `x[i]` gives for an int, or `x[i:j]` when `isSlice`; `nil` when it depends.
  func elementKind(isSlice: Bool) -> String?
}

/// A handle whose members can be set: `t.lr = 1e-4`.
public protocol HasSettableMembers: HasMembers {
  /// The names that can be set.
  var settableNames: [String] { get }
  /// Sets a member whose name is among `settableNames`.
  func setMember(_ name: String, _ value: Value) throws
}

/// Counts as a number or a bool when it has no axes.
public protocol ScalarLike: Object {
  /// The int, num or bool, or `nil` when there is more than one.
  var scalar: Value? { get }
}

/// Has state of its own, shared by all who hold it.
public protocol Handle: Object {
  /// All state, so that `restore` brings back the same behaviour to the bit.
  func snapshot() throws -> Object
  /// Returns to a state that `snapshot` of this handle gave.
  func restore(_ state: Object) throws
}

/// Can be compared with `==`; other objects equal only themselves.
public protocol ComparableObject: Object {
  /// What `==` gives: a bool, or a bool per element.
  func equals(_ other: Value) throws -> Value
}

/// Is said in one line when a name is first bound to it at the prompt, as handles are.
public protocol Announced: Displayed {}

/// Says how it is echoed and printed.
public protocol Displayed: Object {
  /// The one-line form inside lists and records, and in `str(x)`.
  var text: String { get }
  /// The line that stands for it in the echo of a record or list with room for one.
  func summary() throws -> String
  /// What an echo shows, fitted to `width` columns.
  func displays(width: Int) throws -> [Display]
}

extension Displayed {
  /// The one-line form.
  public func summary() throws -> String { text }
}
