// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeFiles
import Testing

/// The path of a file in `Golden/`.
func golden(_ name: String) -> String {
  String(#filePath.prefix(through: #filePath.lastIndex(of: "/") ?? #filePath.startIndex))
    + "Golden/\(name)"
}

func goldenBytes(_ name: String) throws -> [UInt8] {
  try readRegularFile(golden(name), budget: MemoryBudget(limit: 10_000_000))
}

/// A new empty folder under /tmp, removed with what is in it when `body` returns.
func inFolder(_ body: (String) throws -> Void) throws {
  var template = Array("/tmp/henge-files-XXXXXX".utf8CString)
  let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
  defer {
    for name in names(in: folder) { remove("\(folder)/\(name)") }
    rmdir(folder)
  }
  try body(folder)
}

/// What is in `folder`, hidden files too, sorted.
func names(in folder: String) -> [String] {
  guard let stream = opendir(folder) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// `values` as the bytes of an array of `type`.
func array<Value: BitwiseCopyable>(
  _ type: ElementType, _ sizes: [Int], _ values: [Value]
) throws -> ArrayData {
  try ArrayData(type, Shape(sizes), bytes: values.withUnsafeBytes { Array($0) }[...])
}

/// An array of random bytes: every bit pattern, NaNs too.
func randomArray(
  _ type: ElementType, _ sizes: [Int], _ stream: inout RandomStream
) throws -> ArrayData {
  let shape = try Shape(sizes)
  let bytes = (0..<shape.count * type.size).map { _ in
    UInt8(stream.next(below: type == .bool ? 2 : 256))
  }
  return ArrayData(type, shape, bytes: bytes[...])
}

/// The elements of `array` as bit patterns of `Double` or, for whole numbers, of `Int`.
func patterns(_ array: ArrayData) -> [UInt64] {
  let bytes = Array(array.bytes)
  return bytes.withUnsafeBytes { buffer in
    (0..<array.shape.count).map { index in
      func load<Value: BitwiseCopyable>(_: Value.Type) -> Value {
        buffer.loadUnaligned(fromByteOffset: index * MemoryLayout<Value>.size, as: Value.self)
      }
      return switch array.elementType {
      case .f32: Double(load(Float.self)).bitPattern
      case .f64: load(Double.self).bitPattern
      case .i64: load(UInt64.self)
      case .u8, .bool: UInt64(load(UInt8.self))
      }
    }
  }
}

/// The failure `body` throws, as `code: message`.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no failure"
  } catch let failure as Failure {
    return "\(failure.code): \(failure.message)"
  } catch {
    return "\(error)"
  }
}
