// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeTensor
import Testing

/// One line of Golden/numpy_cases.txt, which numpy_cases.py explains.
struct NumpyCase: CustomTestStringConvertible, Sendable {
  let name: String
  let program: String
  let inputs: [String]
  let expected: String
  let tolerance: Double

  var testDescription: String { name }

  init?(_ line: Substring) {
    let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(trimmed)
    guard fields.count == 5, let tolerance = Double(fields[4]) else { return nil }
    name = fields[0]
    program = fields[1]
    inputs = fields[2].split(separator: ";").map(trimmed)
    expected = fields[3]
    self.tolerance = tolerance
  }

  static let all: [NumpyCase] = {
    let path = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    return contents(ofFile: "/\(path)/Golden/numpy_cases.txt").split(separator: "\n")
      .compactMap { NumpyCase($0) }
  }()
}

func trimmed(_ text: Substring) -> String {
  var text = text
  while text.first == " " { text.removeFirst() }
  while text.last == " " { text.removeLast() }
  return String(text)
}

/// The text of a file, empty if it cannot be read.
func contents(ofFile path: String) -> String {
  guard let file = fopen(path, "r") else { return "" }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    if count == 0 { return String(decoding: bytes, as: UTF8.self) }
    bytes += chunk[..<count]
  }
}

struct BadCase: Error { let text: String }

/// The tensor a case writes as `type shape values [views…]`.
func tensor(_ text: String, on backend: any Backend) throws -> Tensor {
  let words = text.split(separator: " ").map(String.init)
  guard words.count >= 2, let type = ElementType(rawValue: words[0]) else {
    throw BadCase(text: text)
  }
  let sizes = words[1] == "-" ? [] : words[1].split(separator: "x").compactMap { Int($0) }
  let shape = try Shape(sizes)
  let hasValues = shape.count > 0
  let values = hasValues ? words[2].split(separator: ",").map(String.init) : []
  var result: Tensor
  switch type {
  case .f32: result = try Tensor(values.compactMap { Float($0) }, shape, on: backend)
  case .f64: result = try Tensor(values.compactMap { Double($0) }, shape, on: backend)
  case .i64: result = try Tensor(values.compactMap { Int($0) }, shape, on: backend)
  case .u8: result = try Tensor(values.compactMap { UInt8($0) }, shape, on: backend)
  case .bool: result = try Tensor(values.map { $0 == "1" }, shape, on: backend)
  }
  for view in words.dropFirst(hasValues ? 3 : 2) { result = try applied(view, to: result) }
  return result
}

private func applied(_ view: String, to tensor: Tensor) throws -> Tensor {
  let rest = view.dropFirst()
  switch view.first {
  case "T": return try tensor.transposed()
  case "F": return try tensor.flipped([Int(rest) ?? 0])
  case "S":
    let parts = rest.split(separator: ":").map { Int($0) }
    let before = [TensorIndex](repeating: .all, count: parts[0] ?? 0)
    return try tensor.selecting(
      before + [.slice(start: parts[1], stop: parts[2], step: parts[3])])
  default: throw BadCase(text: view)
  }
}

/// An input of a case: a tensor, or a number written `s int 3`.
func operand(_ text: String, on backend: any Backend) throws -> Operand {
  let words = text.split(separator: " ")
  guard words.first == "s" else { return .tensor(try tensor(text, on: backend)) }
  switch words[1] {
  case "int": return .scalar(.int(Int(words[2]) ?? 0))
  case "bool": return .scalar(.bool(words[2] == "1"))
  default: return .scalar(.num(Double(words[2]) ?? .nan))
  }
}

/// What differs between two tensors, or nil: shape, type, or the first element further apart than
/// `tolerance` times the larger of 1 and its size.
func difference(_ got: Tensor, _ want: Tensor, tolerance: Double) throws -> String? {
  guard got.shape == want.shape, got.type == want.type else {
    return "\(got.type) \(got.shape) instead of \(want.type) \(want.shape)"
  }
  if got.type == .i64 {
    let (a, b) = (try got.ints(), try want.ints())
    return a == b ? nil : "\(a) instead of \(b)"
  }
  for (index, (a, b)) in zip(try got.doubles(), try want.doubles()).enumerated() {
    if a == b || (a.isNaN && b.isNaN) { continue }
    if abs(a - b) <= tolerance * max(1, abs(b)) { continue }
    return "element \(index) is \(a) instead of \(b)"
  }
  return nil
}
