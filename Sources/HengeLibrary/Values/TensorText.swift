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
      guard tensor.rank == 0 else { return "tensor([\(numbers.joined(separator: ", "))])" }
      // As a number of that type is shown elsewhere: 3.0, not 3.
      let isWhole = numbers.joined().allSatisfy { $0.isNumber || $0 == "-" }
      return numbers.joined() + (tensor.type.isFloat && isWhole ? ".0" : "")
    }
    return "tensor \(tensor.type.rawValue) \(tensor.shape)"
  }

  /// The line for a tensor inside a record or list: its numbers when they are few, else its statistics.
  func summary() throws -> String {
    tensor.count <= 8 && tensor.rank <= 1 ? line : try header(statistics())
  }

  /// Statistics of the numbers; none where there are none, or only bools.
  func statistics() throws -> Statistics? {
    tensor.count > 0 && tensor.rank > 0 && tensor.type != .bool ? try tensor.statistics() : nil
  }

  /// The lines of an echo, none wider than `width`; an image's corners have fewer rows.
  func echo(width: Int, _ statistics: Statistics?, isPicture: Bool) throws -> String {
    if tensor.rank == 0 { return try tensor.item().value.representation }
    var lines = [try header(statistics)]
    guard tensor.count > 0 else { return lines.joined() }
    let matrices = try self.matrices()
    let columns = tensor.rank == 1 ? tensor.count : tensor.shape[tensor.rank - 1]
    let numbers = try matrices.map {
      try corners(of: $0.matrix, rows: isPicture ? 2 : 3, columns: columns)
    }
    let style = NumberStyle(numbers.joined().joined().compactMap { $0 })
    let cells = numbers.map { $0.map { $0.map { $0.map(style.text) ?? "..." } } }
    let cellWidth = cells.joined().joined().map(\.count).max() ?? 1
    let fitting = max(3, (width - 2) / (cellWidth + 2))
    for (index, (entry, rows)) in zip(matrices, cells).enumerated() {
      if index > 0, isShortened { lines.append("...") }
      if !entry.label.isEmpty { lines.append(entry.label) }
      for row in rows { lines += text(of: row, cellWidth, fitting) }
    }
    return lines.joined(separator: "\n")
  }

  /// A matrix or vector of up to 64 numbers as a table, with its type, shape and statistics as its note.
  func table(_ statistics: Statistics?) throws -> TableDisplay? {
    guard tensor.rank == 1 || tensor.rank == 2, (1...64).contains(tensor.count) else { return nil }
    let matrix = tensor.rank == 2 ? tensor : try tensor.reshaped([1, tensor.count])
    guard matrix.shape[1] <= 16 else { return nil }
    let rows = try corners(of: matrix, rows: matrix.shape[0], columns: matrix.shape[1])
    let style = NumberStyle(rows.joined().compactMap { $0 })
    let columns = (0..<matrix.shape[1]).map { column in
      TableDisplay.Column(
        "\(column)", rows.map { $0[column].map(style.text) }, isNumber: true)
    }
    return TableDisplay(columns, note: try header(statistics))
  }

  /// Whether matrices between the first and the last are left out.
  private var isShortened: Bool {
    tensor.count > 64 && tensor.shape.sizes.dropLast(2).reduce(1, *) > 2
  }

  private func header(_ statistics: Statistics?) throws -> String {
    let name = "\(tensor.type.rawValue) \(tensor.shape)"
    guard tensor.count > 0 else { return "\(name)  empty" }
    if tensor.type == .bool {
      let trues = try tensor.cast(to: .i64).sum().item()
      return "\(name)  \(trues) of \(tensor.count) true"
    }
    guard let statistics else { return name }
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

  /// A matrix's numbers, `nil` where some are left out: all of a small tensor, else `rows` at
  /// either end, and three columns.
  private func corners(of matrix: Tensor, rows: Int, columns: Int) throws -> [[Scalar?]] {
    func kept(_ count: Int, ends: Int) -> [Int?] {
      tensor.count <= 64 || count <= 2 * ends + 1
        ? Array(0..<count) : Array(0..<ends) + [nil] + Array(count - ends..<count)
    }
    let columns = kept(matrix.shape[1], ends: 3)
    return try kept(matrix.shape[0], ends: rows).map { row in
      guard let row else { return [nil] }
      return try columns.map { column in try column.map { try matrix.scalar(at: [row, $0]) } }
    }
  }

  /// A row's lines: one, or for a vector of few numbers as many as they fill.
  private func text(of row: [String], _ cellWidth: Int, _ fitting: Int) -> [String] {
    if row == ["..."] { return ["  ..."] }
    var rows = [row]
    if row.count > fitting {
      if tensor.rank == 1 {
        rows = stride(from: 0, to: row.count, by: fitting).map {
          Array(row[$0..<min(row.count, $0 + fitting)])
        }
      } else {
        let half = (fitting - 1) / 2
        rows = [row.prefix(half) + ["..."] + row.suffix(half)]
      }
    }
    return rows.map { row in
      let cells = row.map {
        String(repeating: " ", count: cellWidth - min(cellWidth, $0.count)) + $0
      }
      return "  " + cells.joined(separator: "  ")
    }
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

/// How the numbers of one echo are written, all alike so that their points align in a column.
private struct NumberStyle {
  /// As many for every number; none where each has four significant digits of its own.
  private let decimals: Int?

  /// The style for `numbers`: whole ones as they are, others with enough decimals for four digits of
  /// the largest, unless the smallest would vanish or the largest has five before its point.
  init(_ numbers: [Scalar]) {
    let finite = numbers.map(\.double).filter(\.isFinite)
    let largest = finite.map(\.magnitude).max() ?? 0
    let isWhole = finite.allSatisfy { $0.rounded() == $0 && $0.magnitude < 1e6 }
    guard !isWhole, largest < 1e4, largest >= 1e-3 else {
      decimals = nil
      return
    }
    var decimals = largest >= 100 ? 1 : largest >= 10 ? 2 : largest >= 1 ? 3 : 4
    var least = 0.5
    for _ in 0..<decimals { least /= 10 }
    guard !finite.contains(where: { $0 != 0 && $0.magnitude < least }) else {
      self.decimals = nil
      return
    }
    // Zeros that all of them end in say nothing.
    while decimals > 1, finite.allSatisfy({ $0.fixed(decimals: decimals).hasSuffix("0") }) {
      decimals -= 1
    }
    self.decimals = decimals
  }

  func text(_ scalar: Scalar) -> String {
    guard case .num(let number) = scalar else { return scalar.description }
    guard let decimals, number.isFinite else { return TensorText.short(number) }
    return number.fixed(decimals: decimals)
  }
}
