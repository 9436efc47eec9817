// SPDX-License-Identifier: MIT
public import HengeBackend

/// The element types in files: more than henge computes with.
public enum StoredType: String, Sendable, CaseIterable {
  /// IEEE half precision.
  case f16
  /// The upper half of an IEEE single.
  case bf16
  /// IEEE single precision.
  case f32
  /// IEEE double precision.
  case f64
  /// Whole numbers of 8, 16, 32 and 64 bits, with and without sign.
  case i8, i16, i32, i64, u8, u16, u32, u64
  /// True or false, one byte each.
  case bool

  /// The type that stores `elementType` without conversion.
  public init(_ elementType: ElementType) {
    switch elementType {
    case .f32: self = .f32
    case .f64: self = .f64
    case .u8: self = .u8
    case .i64: self = .i64
    case .bool: self = .bool
    }
  }

  /// Bytes of one stored element.
  public var size: Int {
    switch self {
    case .i8, .u8, .bool: 1
    case .f16, .bf16, .i16, .u16: 2
    case .f32, .i32, .u32: 4
    case .f64, .i64, .u64: 8
    }
  }

  /// The smallest of henge's types that can represent every value: `f32` for `f16`, `i64` for
  /// `i32`; for `u64`, every value below 2^63.
  public var elementType: ElementType {
    switch self {
    case .f16, .bf16, .f32: .f32
    case .f64: .f64
    case .u8: .u8
    case .bool: .bool
    case .i8, .i16, .i32, .i64, .u16, .u32, .u64: .i64
    }
  }
}
