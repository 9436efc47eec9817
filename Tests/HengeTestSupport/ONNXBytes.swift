// SPDX-License-Identifier: MIT

/// Builds files of the ONNX format field by field, right ones and wrong ones.
public enum ONNXBytes {
  /// A field that contains bytes: text, or a message.
  public static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
  }

  /// A field that contains text.
  public static func field(_ number: UInt64, _ text: String) -> [UInt8] {
    field(number, Array(text.utf8))
  }

  /// A field that contains an integer.
  public static func field(_ number: UInt64, _ value: Int) -> [UInt8] {
    varint(number << 3) + varint(UInt64(bitPattern: Int64(value)))
  }

  /// An integer of variable length.
  public static func varint(_ value: UInt64) -> [UInt8] {
    var (value, bytes): (UInt64, [UInt8]) = (value, [])
    repeat {
      bytes.append(UInt8(value & 0x7F) | (value > 0x7F ? 0x80 : 0))
      value >>= 7
    } while value > 0
    return bytes
  }

  /// A model with a graph of these fields.
  public static func model(_ graph: [UInt8], ir: Int = 8, opset: Int = 17) -> [UInt8] {
    field(1, ir) + field(2, "test") + field(7, graph) + field(8, field(1, "") + field(2, opset))
  }

  /// A node of a graph.
  public static func node(
    _ operation: String, _ inputs: [String], _ outputs: [String], name: String = "",
    domain: String = "", _ attributes: [[UInt8]] = []
  ) -> [UInt8] {
    field(
      1,
      inputs.flatMap { field(1, $0) } + outputs.flatMap { field(2, $0) } + field(3, name)
        + field(4, operation) + attributes.flatMap { field(5, $0) } + field(7, domain))
  }

  /// A constant of `sizes` with `raw` bytes of the type of a number.
  public static func initializer(_ name: String, _ sizes: [Int], type: Int = 1, raw: [UInt8])
    -> [UInt8]
  {
    field(5, sizes.flatMap { field(1, $0) } + field(2, type) + field(8, name) + field(9, raw))
  }

  /// A constant whose bytes are in another file, at a place such as `location=x.data`.
  public static func external(
    _ name: String, _ sizes: [Int], _ place: [String]
  ) -> [UInt8] {
    field(
      5,
      sizes.flatMap { field(1, $0) } + field(2, 1) + field(8, name)
        + place.map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        .flatMap { field(13, field(1, $0[0]) + field(2, $0.count > 1 ? $0[1] : "")) } + field(14, 1)
    )
  }

  /// An input (11) or a result (12) of floats.
  public static func value(_ number: UInt64, _ name: String, _ sizes: [Int]) -> [UInt8] {
    let shape = sizes.flatMap { field(1, $0 > 0 ? field(1, $0) : field(2, "N")) }
    return field(number, field(1, name) + field(2, field(1, field(1, 1) + field(2, shape))))
  }

  /// A graph that runs `nodes` from x [N, 3] to y.
  public static func graph(_ nodes: [UInt8], _ more: [UInt8] = []) -> [UInt8] {
    nodes + more + value(11, "x", [0, 3]) + value(12, "y", [0, 3])
  }
}
