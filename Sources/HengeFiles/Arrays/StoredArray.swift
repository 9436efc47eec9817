// SPDX-License-Identifier: MIT
import HengeBackend

/// An array in the layout of its file, before conversion; the number of bytes matches the shape.
struct StoredArray {
  /// What each element is kept as.
  let type: StoredType
  /// The sizes of the axes.
  let shape: Shape
  /// The elements; a slice of the file where nothing had to be unpacked.
  let bytes: ArraySlice<UInt8>
  /// Whether the most significant byte of an element comes first.
  var isBigEndian = false
  /// Whether the first axis varies fastest, instead of the last.
  var isFortranOrder = false

  /// The number of bytes in the file for `shape` elements of `type`; `nil` if it overflows.
  static func byteCount(_ type: StoredType, _ shape: Shape) -> Int? {
    let (stored, storedOverflow) = shape.count.multipliedReportingOverflow(by: type.size)
    let overflow = shape.count.multipliedReportingOverflow(by: type.elementType.size).overflow
    return storedOverflow || overflow ? nil : stored
  }

  /// The array in henge's types, little-endian and in C order.
  ///
  /// Bytes that are so already are shared, and `owner` keeps them reserved; for others the result's
  /// bytes are reserved under the name `label`.
  func converted(
    owner: Reservation, budget: MemoryBudget, label: @autoclosure () -> String
  ) throws -> ArrayData {
    var owner = owner
    var bytes = bytes
    if isFortranOrder && shape.count > 0 && shape.sizes.count(where: { $0 != 1 }) > 1 {
      owner = try Reservation(bytes.count, of: budget, for: label())
      bytes = bytesInCOrder()
    }
    if type == .u64, let index = firstTooLarge(bytes) {
      throw Failure(
        "E-file",
        "\(label()): element \(index) is \(unsigned(bytes, index)), and the largest integer is \(Int.max)",
        suggestion: "convert it to a float in the program that wrote it")
    }
    if !isAsIs(bytes) {
      owner = try Reservation(shape.count * type.elementType.size, of: budget, for: label())
      bytes = converted(bytes)
    }
    return ArrayData(type.elementType, storedAs: type, shape, bytes: bytes, reservation: owner)
  }

  /// Whether elements need no change: henge's own type, byte order and, for a bool, only 0 and 1.
  private func isAsIs(_ bytes: ArraySlice<UInt8>) -> Bool {
    switch type {
    case .u8: true
    case .f32, .f64, .i64, .u64: !isBigEndian
    case .bool: bytes.allSatisfy { $0 < 2 }
    default: false
    }
  }

  private func converted(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    switch type {
    case .f16: convert(bytes) { (bits: UInt16) in Float(Float16(bitPattern: bits)) }
    case .bf16: convert(bytes) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
    case .f32: convert(bytes) { (bits: UInt32) in bits }
    case .f64, .i64, .u64: convert(bytes) { (bits: UInt64) in bits }
    case .u8: convert(bytes) { (bits: UInt8) in bits }
    case .bool: convert(bytes) { (bits: UInt8) in bits == 0 ? 0 as UInt8 : 1 }
    case .i8: convert(bytes) { (bits: UInt8) in Int64(Int8(bitPattern: bits)) }
    case .i16: convert(bytes) { (bits: UInt16) in Int64(Int16(bitPattern: bits)) }
    case .u16: convert(bytes) { (bits: UInt16) in Int64(bits) }
    case .i32: convert(bytes) { (bits: UInt32) in Int64(Int32(bitPattern: bits)) }
    case .u32: convert(bytes) { (bits: UInt32) in Int64(bits) }
    }
  }

  /// The first element, in C order, that does not fit a whole number of henge's.
  private func firstTooLarge(_ bytes: ArraySlice<UInt8>) -> Int? {
    (0..<shape.count).first { unsigned(bytes, $0) > UInt64(Int64.max) }
  }

  private func unsigned(_ bytes: ArraySlice<UInt8>, _ index: Int) -> UInt64 {
    let bits = bytes.withUnsafeBytes {
      $0.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
    }
    return isBigEndian ? bits.byteSwapped : bits
  }

  /// Each element of `bytes` through `change`, in the same order.
  private func convert<Bits: FixedWidthInteger, Element: BitwiseCopyable>(
    _ bytes: ArraySlice<UInt8>, _ change: (Bits) -> Element
  ) -> ArraySlice<UInt8> {
    let swapped = isBigEndian
    let count = shape.count
    let size = MemoryLayout<Element>.size
    return bytes.withUnsafeBytes { source in
      [UInt8](unsafeUninitializedCapacity: count * size) { buffer, initialized in
        let target = UnsafeMutableRawBufferPointer(buffer)
        for index in 0..<count {
          let bits = source.loadUnaligned(
            fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
          target.storeBytes(
            of: change(swapped ? bits.byteSwapped : bits), toByteOffset: index * size,
            as: Element.self)
        }
        initialized = count * size
      }
    }[...]
  }

  /// The stored elements with the last axis fastest, each still as the file has it.
  private func bytesInCOrder() -> ArraySlice<UInt8> {
    let size = type.size
    var strides: [Int] = []
    var stride = size
    for length in shape.sizes {
      strides.append(stride)
      stride *= length
    }
    let sizes = shape.sizes
    return bytes.withUnsafeBytes { source in
      [UInt8](unsafeUninitializedCapacity: source.count) { buffer, initialized in
        let target = UnsafeMutableRawBufferPointer(buffer)
        var position = [Int](repeating: 0, count: sizes.count)
        var from = 0
        for to in Swift.stride(from: 0, to: source.count, by: size) {
          for byte in 0..<size { target[to + byte] = source[from + byte] }
          // Counts up like an odometer: the last axis that is not at its end moves by one.
          var axis = sizes.count - 1
          while axis >= 0 {
            position[axis] += 1
            from += strides[axis]
            if position[axis] < sizes[axis] { break }
            from -= strides[axis] * sizes[axis]
            position[axis] = 0
            axis -= 1
          }
        }
        initialized = source.count
      }
    }[...]
  }
}
