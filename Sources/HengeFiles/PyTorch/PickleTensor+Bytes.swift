// SPDX-License-Identifier: MIT
import HengeBackend

/// The bytes of one storage, as the file has them.
struct StorageBytes {
  let bytes: ArraySlice<UInt8>
  /// Keeps them counted.
  let owner: Reservation
  var isBigEndian = false
}

extension PickleTensor {
  /// Throws `E-file` unless all of its elements are inside its storage.
  func check(path: String) throws {
    guard offset >= 0, strides.count == sizes.count, (sizes + strides).allSatisfy({ $0 >= 0 })
    else {
      throw Failure.badPickle(
        path, "a tensor of sizes \(sizes), strides \(strides) and offset \(offset)")
    }
    let shape = try checkedShape(sizes, path: path, format: "PyTorch")
    var last = offset
    for (size, stride) in zip(sizes, strides) where shape.count > 0 {
      let (step, stepOverflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, sumOverflow) = last.addingReportingOverflow(step)
      last = stepOverflow || sumOverflow ? Int.max : sum
      if last == Int.max { break }
    }
    guard shape.count == 0 || last < storage.count else {
      throw Failure.badPickle(
        path,
        "a tensor of \(describe(storage.type, shape)) reaches past its storage of "
          + "\(storage.count) elements")
    }
  }

  /// Its numbers from the bytes of its storage, which has `rootCount` elements; `label` is used in
  /// the error if the budget is too small.
  func array(
    from root: StorageBytes, path: String, budget: MemoryBudget, label: @autoclosure () -> String
  ) throws -> ArrayData {
    let shape = try checkedShape(sizes, path: path, format: "PyTorch")
    guard StoredArray.byteCount(storage.type, shape) != nil else {
      throw Failure.badPickle(
        path, "\(describe(storage.type, shape)) is more bytes than can be counted")
    }
    let size = storage.type.size
    let (whole, overflow) = storage.rootCount.multipliedReportingOverflow(by: size)
    guard !overflow, root.bytes.count == whole else {
      throw Failure.badPickle(
        path, "storage \"\(shortened(storage.key))\" is described in two ways")
    }
    var owner = root.owner
    var bytes = root.bytes.dropFirst((storage.offset + offset) * size)
    if shape.count == 0 || isInCOrder {
      bytes = bytes.prefix(shape.count * size)
    } else {
      owner = try Reservation(shape.count * size, of: budget, for: label())
      bytes = gathered(bytes, count: shape.count)
    }
    return try StoredArray(
      type: storage.type, shape: shape, bytes: bytes, isBigEndian: root.isBigEndian
    ).converted(owner: owner, budget: budget, label: label())
  }

  /// Whether the elements are adjacent, with the last axis fastest.
  private var isInCOrder: Bool {
    var expected = 1
    for (size, stride) in zip(sizes, strides).reversed() where size != 1 {
      guard stride == expected else { return false }
      expected *= size
    }
    return true
  }

  /// The elements that the strides reach in `bytes`, in C order.
  private func gathered(_ bytes: ArraySlice<UInt8>, count: Int) -> ArraySlice<UInt8> {
    let size = storage.type.size
    let axes = zip(sizes, strides).filter { $0.0 != 1 }.map { (size: $0.0, step: $0.1 * size) }
    return bytes.withUnsafeBytes { source in
      [UInt8](unsafeUninitializedCapacity: count * size) { buffer, initialized in
        let target = UnsafeMutableRawBufferPointer(buffer)
        var position = [Int](repeating: 0, count: axes.count)
        var from = 0
        for to in stride(from: 0, to: count * size, by: size) {
          for byte in 0..<size { target[to + byte] = source[from + byte] }
          // Counts up like an odometer: the last axis that is not at its end moves by one.
          var axis = axes.count - 1
          while axis >= 0 {
            position[axis] += 1
            from += axes[axis].step
            if position[axis] < axes[axis].size { break }
            from -= axes[axis].step * axes[axis].size
            position[axis] = 0
            axis -= 1
          }
        }
        initialized = count * size
      }
    }[...]
  }
}
