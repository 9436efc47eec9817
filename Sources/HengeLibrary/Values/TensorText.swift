// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

/// How a tensor is shown: a line of statistics, then all numbers (up to 64) or the corners.
struct TensorText {
  private let tensor: Tensor

  init(_ tensor: Tensor) { self.tensor = tensor }

  /// The one-line form inside lists: the numbers when they are few, else type and shape.
  var line: String {
    if tensor.count <= 8, tensor.rank <= 1, let numbers = try? strings(tensor) {
      return tensor.rank == 0 ? numbers.joined() : "tensor([\(numbers.joined(separator: ", "))])"
    }
    return "tensor \(tensor.type.rawValue) \(tensor.shape)"
  }

  /// The lines of an echo, none wider than `width`.
  func echo(width: Int) throws -> String {
    if tensor.rank == 0 { return try tensor.item().value.representation }
    var lines = [try header()]
    guard tensor.count > 0 else { return lines.joined() }
    let matrices = try self.matrices()
    let cells = try matrices.map { try rows(of: $0.matrix, isWhole: tensor.count <= 64) }
    let cellWidth = cells.joined().joined().map(\.count).max() ?? 1
    let fitting = max(3, (width - 4) / (cellWidth + 2))
    for (index, (entry, rows)) in zip(matrices, cells).enumerated() {
      if index > 0, isShortened { lines.append("...") }
      if !entry.label.isEmpty { lines.append(entry.label) }
      for row in rows { lines.append(text(of: row, cellWidth, fitting)) }
    }
    return lines.joined(separator: "\n")
  }

  /// Whether matrices between the first and the last are left out.
  private var isShortened: Bool {
    tensor.count > 64 && tensor.shape.sizes.dropLast(2).reduce(1, *) > 2
  }

  private func header() throws -> String {
    let name = "\(tensor.type.rawValue) \(tensor.shape)"
    guard tensor.count > 0 else { return "\(name)  empty" }
    if tensor.type == .bool {
      let trues = try tensor.cast(to: .i64).sum().item()
      return "\(name)  \(trues) of \(tensor.count) true"
    }
    let statistics = try tensor.statistics()
    var parts = [name]
    if statistics.finite > 0 {
      parts.append("min \(TensorText.short(statistics.minimum))")
      parts.append("max \(TensorText.short(statistics.maximum))")
      parts.append("mean \(TensorText.short(statistics.mean))")
      parts.append("sd \(TensorText.short(statistics.deviation))")
    }
    if statistics.nan > 0 { parts.append("nan \(statistics.nan)") }
    if statistics.infinite > 0 { parts.append("inf \(statistics.infinite)") }
    return parts.joined(separator: "  ")
  }

  /// The matrices to show: all of a small tensor, else the first and the last.
  private func matrices() throws -> [(label: String, matrix: Tensor)] {
    if tensor.rank == 1 { return [("", try tensor.reshaped([1, tensor.count]))] }
    let outer = tensor.shape.sizes.dropLast(2)
    let count = outer.reduce(1, *)
    if count == 1, outer.isEmpty { return [("", tensor)] }
    let shown = tensor.count <= 64 ? Array(0..<count) : Array(Set([0, count - 1])).sorted()
    return try shown.map { flat in
      var index: [Int] = []
      var rest = flat
      for size in outer.reversed() {
        index.insert(rest % size, at: 0)
        rest /= size
      }
      let label = "[\(index.map(String.init).joined(separator: ", "))]"
      return (label, try tensor.selecting(index.map { .at($0) }))
    }
  }

  /// The texts of a matrix's numbers, an empty one where some are left out.
  private func rows(of matrix: Tensor, isWhole: Bool) throws -> [[String]] {
    func kept(_ count: Int) -> [Int?] {
      isWhole || count <= 7 ? Array(0..<count) : [0, 1, 2, nil, count - 3, count - 2, count - 1]
    }
    let columns = kept(matrix.shape[1])
    return try kept(matrix.shape[0]).map { row in
      guard let row else { return ["..."] }
      return try columns.map { column in
        guard let column else { return "..." }
        return TensorText.short(try matrix.scalar(at: [row, column]))
      }
    }
  }

  private func text(of row: [String], _ cellWidth: Int, _ fitting: Int) -> String {
    if row == ["..."] { return "  ..." }
    var shown = row
    if row.count > fitting {
      let half = (fitting - 1) / 2
      shown = row.prefix(half) + ["..."] + row.suffix(half)
    }
    let cells = shown.map {
      String(repeating: " ", count: cellWidth - min(cellWidth, $0.count)) + $0
    }
    return "  " + cells.joined(separator: "  ")
  }

  private func strings(_ tensor: Tensor) throws -> [String] {
    guard tensor.rank > 0 else { return [TensorText.short(try tensor.item())] }
    return try (0..<tensor.count).map { TensorText.short(try tensor.scalar(at: [$0])) }
  }

  private static func short(_ scalar: Scalar) -> String {
    if case .num(let number) = scalar { return short(number) }
    return scalar.description
  }

  /// Whole numbers below a million as they are, others with four significant digits.
  static func short(_ number: Double) -> String {
    let isSmallWhole = number.rounded() == number && number.magnitude < 1e6
    return number.general(digits: isSmallWhole ? 7 : 4)
  }
}
