// SPDX-License-Identifier: MIT

/// The element type of a tensor.
public enum ElementType: String, Sendable, CaseIterable {
  /// IEEE single precision: what networks compute in.
  case f32
  /// IEEE double precision.
  case f64
  /// 0 to 255: pixels as in files.
  case u8
  /// 64-bit integers: indices and counts.
  case i64
  /// True or false, one byte each.
  case bool

  /// Bytes of one element.
  public var size: Int {
    switch self {
    case .f32: 4
    case .f64, .i64: 8
    case .u8, .bool: 1
    }
  }

  /// The largest finite number of it.
  public var largest: Double {
    switch self {
    case .f32: Double(Float.greatestFiniteMagnitude)
    case .f64: .greatestFiniteMagnitude
    case .u8: 255
    case .i64: 0x1p63
    case .bool: 1
    }
  }
}
