// SPDX-License-Identifier: MIT

// How domain values enter the language. A tensor, a dataset, a model is a subclass of `Object` that
// adopts the protocols for its capabilities; everything else it can do is a built-in whose first
// parameter accepts it.

/// A domain value; subclasses say what they are and adopt capability protocols.
///
/// A subclass is immutable to those who share it, unless it is a `Handle`.
open class Object {
  /// Makes an object; subclasses store its contents.
  public init() {}
  /// The type's name, as returned by `type(x)` and used in messages: `tensor`.
  open class var kind: String { "object" }
  /// The text next to the carets of an error: `f32 1x3x64x64`.
  open var brief: String { kind }
  /// How deeply other values are nested in this one.
  ///
  /// A type whose values can wrap values of the same type (a dataset over a dataset) returns one
  /// more than theirs: objects deeper than `Value.depthLimit` are refused before they can overflow
  /// a stack.
  open var depth: Int { 0 }
  /// Values that this one contains, such as a module's, for finding handles and memory.
  open var parts: [Value] { [] }
  /// The path from this to each of ``parts`` in a program: `[3]`, `.name`; empty if there is none.
  open var partPlaces: [String] { [] }
  /// The blocks of memory that it uses in addition; objects that share a block name the same owner.
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
  /// The difference of adjacent indices; `nil` is 1.
  public var step: Int?

  /// A slice.
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
  /// If `isUnique`, there is no other reference to this object: it may be changed in place and
  /// returned. Otherwise, unless it is a handle, the result is a changed copy, and this object is
  /// unchanged.
  func assigning(_ value: Value, at subscripts: [Subscript], isUnique: Bool) throws -> Object
}

/// Can be looped over, mapped, spread, and made a list of.
public protocol Iterable: Object {
  /// A function that returns the next element at each call, then `nil`.
  func makeIterator() throws -> () throws -> Value?
  /// How many elements there are, when that is known.
  var knownCount: Int? { get }
}

/// An object with members besides its built-ins: `t.g_ab`, `t.lr`.
public protocol HasMembers: Object {
  /// All names, for completion and suggestions.
  var memberNames: [String] { get }
  /// The member's value, or `nil` when there is none.
  func member(_ name: String) throws -> Value?
}

/// An object with members that need no computation, so that completion can look at them.
public protocol HasPlainMembers: HasMembers {
  /// The member's value, or `nil` when it would have to be computed.
  func plainMember(_ name: String) -> Value?
}

/// An object whose brackets take names: `t["col"]`, `m["res.2"]`.
public protocol HasKeys: Indexable {
  /// All names, for completion; quick, and computed from nothing large.
  var keys: [String] { get }
}

/// An object that knows the types of its elements without computing them.
public protocol HasElementKinds: Indexable {
  /// The type of `x[i]` for an int, or of `x[i:j]` if `isSlice`; `nil` if it depends on the value.
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

/// An object with state that all its references share.
public protocol Handle: Object {
  /// The whole state: after `restore` the object behaves identically to the bit.
  func snapshot() throws -> Object
  /// Returns to a state from `snapshot` of this handle.
  func restore(_ state: Object) throws
  /// Whether two states from `snapshot` of this handle are one; false where that is not known.
  func isState(_ state: Object, sameAs other: Object) -> Bool
}

extension Handle {
  /// Whether they are one object.
  public func isState(_ state: Object, sameAs other: Object) -> Bool { state === other }
}

/// Can be compared with `==`; other objects equal only themselves.
public protocol ComparableObject: Object {
  /// The result of `==`: a bool, or a bool tensor for each element.
  func equals(_ other: Value) throws -> Value
}

/// An object that the prompt describes in one line when it is first assigned to a name, as handles
/// are.
public protocol Announced: Displayed {}

/// An object with its own echo and text.
public protocol Displayed: Object {
  /// The one-line form inside lists and records, and in `str(x)`.
  var text: String { get }
  /// The line that represents it in the echo of a record or list with room for one.
  func summary() throws -> String
  /// What an echo shows, fitted to `width` columns.
  func displays(width: Int) throws -> [Display]
}

/// An object of which a page shows more than its echo.
public protocol DisplayedOnPage: Displayed {
  /// What a page shows.
  func pageDisplays() throws -> [Display]
}

extension Displayed {
  /// The one-line form.
  public func summary() throws -> String { text }
  /// The one-line form.
  public func displays(width: Int) throws -> [Display] { [.text(text)] }
}
