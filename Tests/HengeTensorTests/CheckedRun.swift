// SPDX-License-Identifier: MIT
internal import Glibc
import HengeBackend
import HengeTensor
import Testing

/// Values of one operand and the order in which they lie in memory.
struct CheckedOperand {
  /// Where elements lie.
  enum Layout: String, CaseIterable { case rows, columns, channelsLast, flipped, gaps }

  var sizes: [Int]
  var values: [Double]
  var layout: Layout
  var label: String { "\(sizes) \(layout)" }

  init(_ sizes: [Int], _ check: OpCheck, _ stream: inout RandomStream) {
    self.sizes = sizes
    let width = check.range.upperBound - check.range.lowerBound
    values = (0..<sizes.reduce(1, *)).map { _ in
      while true {
        let value = check.range.lowerBound + width * stream.uniform()
        if check.kinks.allSatisfy({ abs($0 - value) > 0.01 }) { return value }
      }
    }
    let layouts = Layout.allCases.filter { $0 != .channelsLast || sizes.count == 4 }
    layout = sizes.isEmpty ? .rows : layouts[stream.next(below: layouts.count)]
  }

  func tensor(_ values: [Double], _ type: ElementType, on backend: any Backend) throws -> Tensor {
    let x = try Tensor(values, try Shape(sizes), on: backend).cast(to: type)
    switch layout {
    case .rows: return x
    case .columns: return try x.transposed().contiguous().transposed()
    case .channelsLast:
      return try x.permuted([0, 2, 3, 1]).contiguous().permuted([0, 3, 1, 2])
    case .flipped: return try x.flipped([-1]).contiguous().flipped([-1])
    case .gaps:
      let doubled = try Tensor.stacked([x, x], axis: -1)
        .reshaped(sizes.dropLast() + [2 * (sizes.last ?? 0)])
      return try doubled.selecting([.ellipsis, .slice(start: nil, stop: nil, step: 2)])
    }
  }
}

/// One operation on given operands.
struct CheckedRun {
  var operands: [CheckedOperand]
  var run: OpCheck.Run
  var step: Double

  struct Result {
    var values: [Double]
    /// For each operand; empty where it is not wanted.
    var gradients: [[Double]]
  }

  /// The gradient at the result: the same numbers whenever the count is the same.
  private func seed(for y: Tensor) throws -> Tensor {
    var stream = RandomStream(seed: 6, name: "seed")
    return try Tensor.randn(y.shape, .f64, from: &stream, on: y.backend).cast(to: y.type)
  }

  func evaluate(_ type: ElementType, on backend: any Backend) throws -> Result {
    try #require(
      try evaluate(type, wanted: operands.map { _ in true }, on: backend, mayBeOff: false))
  }

  func evaluate(
    _ type: ElementType, wanted: [Bool], on backend: any Backend, mayBeOff: Bool
  ) throws -> Result? {
    let tensors = try zip(operands, wanted).map { operand, isWanted in
      let tensor = try operand.tensor(operand.values, type, on: backend)
      return isWanted ? tensor.onTape() : tensor
    }
    let y = try run(tensors)
    if mayBeOff, !y.isOnTape { return nil }
    #expect(y.isOnTape, "the result of operands on the tape is on it")
    let leaves = zip(tensors, wanted).filter(\.1).map(\.0)
    var gradients = try y.gradients(at: leaves, from: try seed(for: y))[...]
    let all = try zip(tensors, wanted).map { tensor, isWanted -> [Double] in
      guard isWanted, let gradient = gradients.popFirst() else { return [] }
      #expect(gradient.shape == tensor.shape && gradient.type == tensor.type)
      return try gradient.cast(to: .f64).doubles()
    }
    return Result(values: try y.cast(to: .f64).doubles(), gradients: all)
  }

  /// `Σ seed · y` with all operands moved along `direction`.
  func weightedSum(
    moved direction: [Double], by step: Double, on backend: any Backend
  ) throws -> Double {
    var rest = direction[...]
    let tensors = try operands.map { operand in
      let moves = rest.prefix(operand.values.count)
      rest = rest.dropFirst(operand.values.count)
      let values = zip(operand.values, moves).map { $0 + step * $1 }
      return try operand.tensor(values, .f64, on: backend)
    }
    let y = try run(tensors)
    let weights = try seed(for: y).cast(to: .f64).doubles()
    return zip(try y.cast(to: .f64).doubles(), weights).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

/// The Swift files below `folder`.
func swiftFiles(_ folder: String) -> [String] {
  guard let directory = opendir(folder) else { return [] }
  defer { closedir(directory) }
  var files: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name.hasPrefix(".") { continue }
    let path = folder + "/" + name
    files += name.hasSuffix(".swift") ? [path] : swiftFiles(path)
  }
  return files.sorted()
}

/// The bytes of a short file.
func readFile(_ path: String) throws -> [UInt8] {
  let file = try #require(fopen(path, "rb"), "\(path)")
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    if count == 0 { return bytes }
    bytes += chunk[..<count]
  }
}
