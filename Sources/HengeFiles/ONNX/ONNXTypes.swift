// SPDX-License-Identifier: MIT
public import HengeBackend

extension ONNXGraph {
  /// The type that elements of a type of the format have here, by its number there; nil for those that
  /// henge does not compute with.
  public static func elementType(_ number: Int) -> ElementType? {
    ONNXType.stored(number)?.elementType
  }

  /// The name of a type of the format.
  public static func typeName(_ number: Int) -> String {
    ONNXType.stored(number)?.rawValue ?? ONNXType.name(number)
  }
}

/// The element types of ONNX, by their numbers in files.
enum ONNXType {
  /// The type with a number; nil for those that henge does not compute with.
  static func stored(_ number: Int) -> StoredType? { types[number] }

  /// The name of a type in the format.
  static func name(_ number: Int) -> String { others[number] ?? "element type \(number)" }

  private static let types: [Int: StoredType] = [
    1: .f32, 2: .u8, 3: .i8, 4: .u16, 5: .i16, 6: .i32, 7: .i64, 9: .bool, 10: .f16, 11: .f64,
    12: .u32, 13: .u64, 16: .bf16,
  ]

  private static let others: [Int: String] = [
    0: "no type", 8: "text", 14: "complex64", 15: "complex128", 17: "float8e4m3fn",
    18: "float8e4m3fnuz", 19: "float8e5m2", 20: "float8e5m2fnuz", 21: "uint4", 22: "int4",
    23: "float4e2m1",
  ]
}
