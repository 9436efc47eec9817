// SPDX-License-Identifier: MIT
import HengeBackend

/// The header of a `.npy` file (numpy.lib.format, versions 1.0 to 3.0).
///
/// `\x93NUMPY`, two version bytes, the header's length (2 bytes, 4 from version 2.0 on), and a
/// Python dictionary with exactly the keys `descr`, `fortran_order` and `shape`.
struct NpyHeader {
  let type: StoredType
  let isBigEndian: Bool
  let isFortranOrder: Bool
  let shape: Shape
  /// Where the numbers begin.
  let dataOffset: Int

  static let mark: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// What version 1.0 can say, and more than any array without fields needs; numpy stops at 10,000.
  static let longest = 65_535
  /// numpy's own bound on the number of axes.
  static let mostAxes = 64

  /// Reads the header of `file`, which messages name `path`.
  init(_ file: ArraySlice<UInt8>, path: String) throws {
    guard file.starts(with: NpyHeader.mark) else {
      throw Failure.notA("a .npy file", path, file)
    }
    let (text, offset) = try NpyHeader.text(of: file, path: path)
    guard case .dictionary(let entries)? = PythonLiteral(text) else {
      throw Failure.badHeader(path, ".npy", "it is not a Python dictionary of constants")
    }
    let keys = entries.map(\.key)
    guard keys.sorted() == ["descr", "fortran_order", "shape"] else {
      throw Failure.badHeader(
        path, ".npy", "it must have descr, fortran_order and shape, not \(shortened(keys))")
    }
    var values: [String: PythonLiteral] = [:]
    for entry in entries { values[entry.key] = entry.value }
    guard case .bool(let fortran)? = values["fortran_order"] else {
      throw Failure.badHeader(path, ".npy", "fortran_order must be True or False")
    }
    (type, isBigEndian) = try NpyHeader.type(values["descr"], path: path)
    isFortranOrder = fortran
    shape = try NpyHeader.shape(values["shape"], path: path)
    dataOffset = offset
  }

  /// The dictionary's bytes, and where the numbers begin.
  private static func text(
    of file: ArraySlice<UInt8>, path: String
  ) throws -> (ArraySlice<UInt8>, Int) {
    let bytes = file.dropFirst(mark.count)
    guard bytes.count >= 4 else {
      throw Failure.badHeader(path, ".npy", "it ends after \(formatBytes(file.count))")
    }
    let major = bytes[bytes.startIndex]
    guard (1...3).contains(major) else {
      throw Failure.badHeader(path, ".npy", "version \(major).\(bytes[bytes.startIndex + 1])")
    }
    let width = major == 1 ? 2 : 4
    let lengthField = bytes.dropFirst(2).prefix(width)
    let rest = bytes.dropFirst(2 + width)
    let length = littleEndian(lengthField)
    guard lengthField.count == width, length <= UInt64(longest) else {
      throw Failure.badHeader(
        path, ".npy", "it says it is \(length) bytes long; at most \(longest) are read")
    }
    guard rest.count >= Int(length) else {
      throw Failure.badHeader(
        path, ".npy", "it says it is \(length) bytes long, and \(rest.count) follow")
    }
    return (rest.prefix(Int(length)), mark.count + 2 + width + Int(length))
  }

  /// The element type of a `descr` such as `<f8`, and whether it is big-endian.
  private static func type(
    _ descr: PythonLiteral?, path: String
  ) throws -> (StoredType, isBigEndian: Bool) {
    if case .sequence(let fields)? = descr {
      throw Failure.file(
        path, "it is an array of records with \(fields.count) fields, which henge does not read",
        suggestion: "save one field: np.save(\"field.npy\", x[\"name\"])")
    }
    guard case .string(let text)? = descr, let order = text.first else {
      throw Failure.badHeader(path, ".npy", "descr must be a type such as '<f4'")
    }
    let letter = "<>|=".contains(order) ? String(text.dropFirst()) : text
    if letter.hasPrefix("O") {
      throw Failure.file(
        path, "it contains Python objects; reading them would run code from the file",
        suggestion: "in Python: np.save(\"x.npy\", x.astype(\"float32\"))")
    }
    guard let type = types[letter] else {
      throw unreadable(letter, text, path: path)
    }
    return (type, order == ">")
  }

  /// A type of numpy's that henge has nothing for, by its letter.
  private static func unreadable(_ letter: String, _ text: String, path: String) -> Failure {
    let (words, advice): (String, String?) =
      switch letter.first {
      case "U", "S", "a": ("text", nil)
      case "c": ("complex numbers", "x.real")
      case "M": ("dates", "x.astype(\"int64\")")
      case "m": ("spans of time", "x.astype(\"int64\")")
      case "V": ("raw bytes", nil)
      case "f": ("floats of \(letter.dropFirst()) bytes", "x.astype(\"float64\")")
      default: ("an unknown type", "x.astype(\"float32\")")
      }
    return Failure.unreadableType(
      path, "\(shortened(words)) ('\(shortened(text))')",
      advice.map { "in Python: np.save(\"x.npy\", \($0))" })
  }

  private static func shape(_ value: PythonLiteral?, path: String) throws -> Shape {
    guard case .sequence(let items)? = value else {
      throw Failure.badHeader(path, ".npy", "shape must be a tuple of whole numbers")
    }
    let sizes = try items.map { item in
      guard case .integer(let size) = item else {
        throw Failure.badHeader(path, ".npy", "shape must be a tuple of whole numbers")
      }
      return size
    }
    return try checkedShape(sizes, path: path, format: ".npy")
  }

  private static let types: [String: StoredType] = [
    "f2": .f16, "f4": .f32, "f8": .f64, "b1": .bool, "?": .bool,
    "i1": .i8, "i2": .i16, "i4": .i32, "i8": .i64, "u1": .u8, "u2": .u16, "u4": .u32,
    "u8": .u64,
  ]

  /// The bytes numpy 2 itself would write before the numbers of `array`.
  static func encode(_ array: ArrayData) -> [UInt8] {
    let descr =
      switch array.elementType {
      case .f32: "<f4"
      case .f64: "<f8"
      case .u8: "|u1"
      case .i64: "<i8"
      case .bool: "|b1"
      }
    let sizes = array.shape.sizes.map(String.init)
    let shape = sizes.count == 1 ? "(\(sizes[0]),)" : "(\(sizes.joined(separator: ", ")))"
    var header = "{'descr': '\(descr)', 'fortran_order': False, 'shape': \(shape), }"
    // numpy leaves room for the first axis to grow to 21 digits in place.
    if let first = sizes.first {
      header += String(repeating: " ", count: max(0, 21 - first.count))
    }
    let unpadded = mark.count + 4 + header.utf8.count + 1
    header += String(repeating: " ", count: 63 - (unpadded + 63) % 64) + "\n"
    let length = header.utf8.count
    return mark + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8 & 0xFF)] + Array(header.utf8)
  }
}

/// `sizes` as a shape; a negative, uncountable or too long one is the file's fault, an `E-file`.
func checkedShape(_ sizes: [Int], path: String, format: String) throws -> Shape {
  guard sizes.count <= NpyHeader.mostAxes else {
    throw Failure.badHeader(path, format, "a shape of \(sizes.count) axes")
  }
  do {
    return try Shape(sizes)
  } catch let failure as Failure {
    throw Failure.badHeader(path, format, failure.message)
  }
}

/// The start of `value` as text, short enough for a message and free of control characters.
public func shortened(_ value: Any) -> String {
  let text = String("\(value)".unicodeScalars.filter { $0.value >= 32 && $0.value != 127 })
  return text.count <= 60 ? text : text.prefix(59) + "…"
}
