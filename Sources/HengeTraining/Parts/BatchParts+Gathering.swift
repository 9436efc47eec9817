// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeRanks
internal import HengeTensor

// What a step needs of all parts besides the sums of gradients: images for pools, losses.

extension BatchParts {
  /// The tensors that all parts of all processes have, `[n, …]` each, as one, `[N, …]`; `own` are those
  /// of the parts that this process computes.
  ///
  /// Throws what ``Ranks`` throws, and `E-memory`.
  func gathered(_ own: [Tensor], at place: String) throws -> Tensor {
    guard let model = own.first, isCut else { return own[0] }
    guard ranks.count > 1 else { return try Tensor.concatenated(own) }
    let messages = try ranks.gather(sent.isEmpty ? [] : Self.message(own), at: place)
    let all = try messages.flatMap { try Self.tensors(in: $0, like: model) }
    return try Tensor.concatenated(all)
  }

  /// Tensors one after another: the number of axes, sizes and elements of each.
  private static func message(_ tensors: [Tensor]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    func write(_ number: Int) { withUnsafeBytes(of: number) { bytes += $0 } }
    for tensor in tensors {
      write(tensor.rank)
      for size in tensor.shape.sizes { write(size) }
      try tensor.withBytes { bytes += $0 }
    }
    return bytes
  }

  private static func tensors(in message: [UInt8], like model: Tensor) throws -> [Tensor] {
    var rest = message[...]
    func number() -> Int {
      defer { rest = rest.dropFirst(MemoryLayout<Int>.size) }
      return rest.withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
    }
    var tensors: [Tensor] = []
    while !rest.isEmpty {
      let rank = number()
      let shape = try Shape((0..<rank).map { _ in number() })
      let own = rest.prefix(shape.count * model.type.size)
      rest = rest.dropFirst(own.count)
      tensors.append(
        try Tensor(bytesOf: model.type, shape, on: model.backend) { $0.copyBytes(from: own) })
    }
    return tensors
  }

  /// The mean of numbers over all parts, each by its weight, added in the order of the tree; `own` has
  /// those of each part that this process computes, as many for each.
  ///
  /// Throws what ``Ranks`` throws.
  func mean(_ own: [[Double]], at place: String) throws -> [Double] {
    guard isCut, let width = own.first?.count else { return own.first ?? [] }
    var all = own
    if ranks.count > 1 {
      let mine = sent.isEmpty ? [] : own.joined().withContiguousBytes()
      all = try ranks.gather(mine, at: place).flatMap { message -> [[Double]] in
        let numbers = message.withUnsafeBytes { bytes in
          (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self) }
        }
        guard width > 0 else { return [] }
        return stride(from: 0, to: numbers.count, by: width).map {
          Array(numbers[$0..<($0 + width)])
        }
      }
    }
    var sums = PartTree.Sums<[Double]> { zip($0, $1).map { $0 + $1 } }
    for (part, numbers) in all.enumerated() {
      let weight = weight(of: part)
      try sums.push(
        part..<part + 1, weight.map { weight in numbers.map { $0 * weight } } ?? numbers)
    }
    return try sums.finish(upTo: count).first?.value.map { $0 / divisor } ?? []
  }
}

extension Sequence where Element == Double {
  fileprivate func withContiguousBytes() -> [UInt8] {
    Array(self).withUnsafeBytes { [UInt8]($0) }
  }
}
