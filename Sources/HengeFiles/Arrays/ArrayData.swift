// SPDX-License-Identifier: MIT
public import HengeBackend
internal import HengeThreads

/// The numbers of one array in a file, converted to one of henge's element types.
///
/// The bytes are little-endian and in C order (last axis fastest), so a tensor can copy them
/// directly. They are a slice, so that arrays that need no conversion share the bytes of their
/// file.
public struct ArrayData: Sendable {
  /// The element type.
  public let elementType: ElementType
  /// The type of the elements in the file, such as `f16` for an array that is now `f32`.
  public let storedType: StoredType
  /// The sizes of the axes.
  public let shape: Shape
  /// `shape.count` elements of `elementType.size` bytes each.
  public let bytes: ArraySlice<UInt8>
  /// Keeps the bytes counted in the memory budget for as long as they live.
  private let reservation: Reservation?

  /// An array of `elementType` with the given `bytes`, whose number must match `shape`.
  ///
  /// It keeps `reservation`, the reserved memory of its bytes, as long as it lives.
  public init(
    _ elementType: ElementType, _ shape: Shape, bytes: ArraySlice<UInt8>,
    reservation: Reservation? = nil
  ) {
    self.init(
      elementType, storedAs: StoredType(elementType), shape, bytes: bytes,
      reservation: reservation)
  }

  init(
    _ elementType: ElementType, storedAs storedType: StoredType, _ shape: Shape,
    bytes: ArraySlice<UInt8>, reservation: Reservation?
  ) {
    precondition(
      bytes.count == shape.count * elementType.size,
      "an array's bytes are as many as its shape says")
    self.elementType = elementType
    self.storedType = storedType
    self.shape = shape
    self.bytes = bytes
    self.reservation = reservation
  }
}

extension ArrayData {
  /// An array with a copy of `bytes`, whose number must match `shape`.
  ///
  /// The interrupt of `budget` can stop the copying: a gigabyte takes half a second.
  public init(
    _ elementType: ElementType, _ shape: Shape, copying bytes: UnsafeRawBufferPointer,
    reservation: Reservation? = nil, budget: MemoryBudget
  ) throws {
    let portion = 1 << 24
    var stop: (any Error)?
    var copy: [UInt8]? = [UInt8](unsafeUninitializedCapacity: bytes.count) { target, count in
      let target = UnsafeMutableRawBufferPointer(target)
      while count < bytes.count, stop == nil {
        let part = bytes[count..<min(count + portion, bytes.count)]
        UnsafeMutableRawBufferPointer(rebasing: target[count...])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
        count += part.count
        do { try budget.checkStop() } catch { stop = error }
      }
    }
    if let stop {
      BackgroundWork.release(&copy)
      throw stop
    }
    self.init(elementType, shape, bytes: (copy ?? [])[...], reservation: reservation)
  }
}

extension ArrayData: Equatable {
  /// Whether two arrays have the same element type, shape and bytes, however they were stored.
  public static func == (left: ArrayData, right: ArrayData) -> Bool {
    left.elementType == right.elementType && left.shape == right.shape && left.bytes == right.bytes
  }
}

/// An array and the name it has in its file.
public struct NamedArray: Sendable, Equatable {
  /// The name, such as `res.2.conv1.weight`.
  public let name: String
  /// The numbers.
  public let array: ArrayData

  /// An array with its name.
  public init(_ name: String, _ array: ArrayData) {
    self.name = name
    self.array = array
  }
}
