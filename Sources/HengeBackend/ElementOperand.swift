// SPDX-License-Identifier: MIT

/// An operand of an operation on elements: the elements of a view, or one number next to all of them.
///
/// A number travels with the call, so a device needs no buffer for it.
public enum ElementOperand {
  /// Elements, one for each of the result.
  case elements(View)
  /// One number for all elements, converted to the operation's type by ``Scalar/converted(to:)``.
  case number(Scalar)

  /// The view, if it is one.
  public var view: View? {
    if case .elements(let view) = self { view } else { nil }
  }
}

extension Scalar {
  /// The number as an element of `type`, converted as ``Backend/fill(_:with:)`` does.
  ///
  /// A float that becomes `i64` must have such an integer.
  public func converted(to type: ElementType) -> Scalar {
    switch (type, self) {
    case (.f64, _): .num(double)
    case (.f32, .int(let value)): .num(Double(Float(value)))
    case (.f32, _): .num(Double(Float(double)))
    case (.i64, .num(let value)): .int(Int(value))
    case (.i64, .int(let value)): .int(value)
    case (.i64, .bool(let value)): .int(value ? 1 : 0)
    case (.u8, .num(let value)):
      .int(value.isNaN ? 0 : Int(min(255, max(0, value)).rounded(.toNearestOrEven)))
    case (.u8, .int(let value)): .int(min(255, max(0, value)))
    case (.u8, .bool(let value)): .int(value ? 1 : 0)
    case (.bool, .bool(let value)): .bool(value)
    case (.bool, .int(let value)): .bool(value != 0)
    case (.bool, .num(let value)): .bool(value != 0)
    }
  }
}
