// SPDX-License-Identifier: MIT
internal import HengeBackend

/// Reads numbers as dlib's `serialize` writes them.
///
/// An integer is a control byte, the sign in bit 7 and the number of bytes in bits 0 to 3, and its
/// magnitude, low byte first. A float is two integers: mantissa and exponent of 2.
struct DlibReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let path: String
  /// The byte that is read next.
  private(set) var place = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>, path: String) {
    self.bytes = bytes
    self.path = path
  }

  /// The bytes that are left.
  var rest: Int { bytes.count - place }

  func failure(_ what: String, at place: Int? = nil) -> Failure {
    Failure.file(path, "byte \(place ?? self.place): \(what)")
  }

  mutating func integer() throws -> Int64 {
    guard place < bytes.count else { throw failure("the file ends too early") }
    let control = bytes[place]
    let count = Int(control & 0x0F)
    guard control & 0x70 == 0, (1...8).contains(count) else {
      throw failure(
        "a number of dlib's format does not begin with \(control): the file is not a shape predictor, or it is damaged"
      )
    }
    guard count < rest else { throw failure("the file ends within a number") }
    var magnitude: UInt64 = 0
    for offset in stride(from: count, to: 0, by: -1) {
      magnitude = magnitude << 8 | UInt64(bytes[place &+ offset])
    }
    guard magnitude <= UInt64(Int64.max) else { throw failure("a number is too large") }
    place &+= count &+ 1
    return control & 0x80 == 0 ? Int64(magnitude) : -Int64(magnitude)
  }

  mutating func float() throws -> Float {
    let start = place
    let mantissa = try integer()
    let exponent = try integer()
    // 32,000 to 32,002 are infinities and what is no number.
    guard (-400...400).contains(exponent) else {
      throw failure("a number is not finite", at: start)
    }
    let value = Float(sign: .plus, exponent: Int(exponent), significand: Float(mantissa))
    guard value.isFinite else { throw failure("a number is too large", at: start) }
    return value
  }

  /// The number of `items` that follow, each of `least` bytes or more: as many bytes must be left.
  mutating func count(of items: String, least: Int) throws -> Int {
    let start = place
    let count = try integer()
    guard count >= 0, count <= Int64(rest / least) else {
      throw failure(
        "the file says that \(count) \(items) follow, and it has \(counted(rest, "byte")) more",
        at: start)
    }
    return Int(count)
  }

  /// The numbers of a column vector, as a matrix is written: rows and columns, negated.
  mutating func column(of items: String) throws -> [Float] {
    let start = place
    let (rows, columns) = (try integer(), try integer())
    guard rows.magnitude <= UInt64(rest / 4), columns.magnitude == 1 else {
      throw failure(
        "the file says that \(items) are \(rows.magnitude)x\(columns.magnitude) numbers, and it has \(counted(rest, "byte")) more",
        at: start)
    }
    let count = Int(rows.magnitude)
    return try [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      for index in 0..<count {
        buffer[index] = try float()
        filled = index + 1
      }
    }
  }
}
