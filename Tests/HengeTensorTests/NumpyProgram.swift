// SPDX-License-Identifier: MIT
import HengeBackend
import HengeTensor

/// A case's program, `op key=value …`, and what it works on.
struct NumpyProgram {
  let op: String
  let inputs: [Operand]
  let backend: any Backend
  private var arguments: [String: String] = [:]

  init(_ text: String, _ inputs: [Operand], on backend: any Backend) {
    let words = text.split(separator: " ").map(String.init)
    op = words[0]
    self.inputs = inputs
    self.backend = backend
    for word in words.dropFirst() {
      let parts = word.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      arguments[parts[0]] = parts[1]
    }
  }

  private subscript(_ name: String) -> String { arguments[name] ?? "" }
  private var x: Tensor { get throws { try input(0) } }

  private func input(_ index: Int) throws -> Tensor {
    guard index < inputs.count, case .tensor(let tensor) = inputs[index] else {
      throw BadCase(text: "input \(index) of \(op)")
    }
    return tensor
  }

  private func scalar(_ index: Int) throws -> Scalar {
    guard case .scalar(let value) = inputs[index] else { throw BadCase(text: op) }
    return value
  }

  private var tensors: [Tensor] { get throws { try inputs.indices.map { try input($0) } } }
  private var type: ElementType { ElementType(rawValue: self["type"]) ?? .f32 }
  private var axis: Int? { Int(self["axis"]) }
  private var axes: [Int]? { self["axes"] == "all" ? nil : ints("axes") }
  private var keep: Bool { self["keep"] == "1" }
  private func ints(_ name: String) -> [Int] {
    self[name].split(separator: ",").compactMap { Int($0) }
  }
  private var levels: [Double] { self["q"].split(separator: ",").compactMap { Double($0) } }
  private func lists(_ name: String) -> [[Int]] {
    self[name].split(separator: "/").map { $0.split(separator: ".").compactMap { Int($0) } }
  }

  func run() throws -> Tensor {
    if let operation = BinaryOperation(rawValue: op), inputs.count == 2 {
      return try Tensor.combine(operation, inputs[0], inputs[1])
    }
    if let comparison = Comparison(rawValue: op) {
      return try Tensor.compare(comparison, inputs[0], inputs[1])
    }
    if let function = Elementwise.all.first(where: { $0.name == op }) { return try x.map(function) }
    return try reduced() ?? moved() ?? made()
  }

  private func reduced() throws -> Tensor? {
    switch op {
    case "sum": try x.sum(axes, keepingAxes: keep)
    case "mean": try x.mean(axes, keepingAxes: keep)
    case "variance": try x.variance(axes, keepingAxes: keep)
    case "deviation": try x.standardDeviation(axes, keepingAxes: keep)
    case "norm": try x.norm(axes, keepingAxes: keep)
    case "minimum": try x.minimum(axes, keepingAxes: keep)
    case "maximum": try x.maximum(axes, keepingAxes: keep)
    case "any": try x.any(axes, keepingAxes: keep)
    case "all": try x.all(axes, keepingAxes: keep)
    case "argMinimum": try x.argMinimum(axis, keepingAxes: keep)
    case "argMaximum": try x.argMaximum(axis, keepingAxes: keep)
    default: nil
    }
  }

  private func moved() throws -> Tensor? {
    switch op {
    case "reshape": try x.reshaped(ints("sizes"))
    case "permute": try x.permuted(ints("order"))
    case "flip": try x.flipped(ints("axes"))
    case "pad": try x.padded(lists("widths").map { ($0[0], $0[1]) }, with: padding)
    case "crop": try x.cropped(to: ints("sizes"), at: self["at"].isEmpty ? nil : ints("at"))
    case "cat": try Tensor.concatenated(try tensors, axis: axis ?? 0)
    case "stack": try Tensor.stacked(try tensors, axis: axis ?? 0)
    case "sort": try x.sorted(axis: axis ?? -1, descending: self["down"] == "1")
    case "argsort": try x.argsorted(axis: axis ?? -1, descending: self["down"] == "1")
    case "cumsum": try x.cumulativeSum(axis: axis)
    case "cumprod": try x.cumulativeProduct(axis: axis)
    case "softmax": try x.softmax(axis: axis ?? -1)
    case "logSoftmax": try x.logSoftmax(axis: axis ?? -1)
    case "quantile": try x.quantile(levels, axis: axis)
    case "median": try x.median(axis: axis)
    case "topk":
      try x.largest(ints("k")[0], axis: axis ?? -1, descending: self["down"] != "0").values
    case "roll": try x.rolled(by: ints("by"), axes: self["axes"].isEmpty ? nil : ints("axes"))
    case "outer": try x.outerProduct(with: try input(1))
    case "einsum": try Tensor.einsum(self["sum"], try x, try input(1))
    case "cov":
      try inputs.count > 1 ? x.covariance(with: input(1)) : x.covariance()
    case "corr":
      try inputs.count > 1 ? x.correlation(with: input(1)) : x.correlation()
    case "bincount": try x.counts(atLeast: Int(self["length"]) ?? 0)
    case "gather": try x.gathered(try input(1), axis: axis ?? 0)
    case "pick": try x.picked(lists("lists"))
    case "matmul": try x.multiplied(by: try input(1))
    case "index": try x.selecting(try bracket())
    case "mask": try x.selecting([.tensor(try input(1))])
    case "assign": try assigned()
    default: nil
    }
  }

  private func made() throws -> Tensor {
    switch op {
    case "not": return try ~x
    case "where": return try Tensor.choose(try x, inputs[1], inputs[2])
    case "clip": return try x.clip(low: inputs[1], high: inputs[2])
    case "cast": return try x.cast(to: type, rounding: self["down"] == "1" ? .down : .nearest)
    case "arange":
      return try Tensor.arange(
        try scalar(0), try scalar(1), step: try scalar(2), type, on: backend)
    case "linspace":
      return try Tensor.linspace(
        try scalar(0).double, try scalar(1).double, count: Int(try scalar(2).double), type,
        on: backend)
    case "eye":
      return try Tensor.eye(
        Int(try scalar(0).double), columns: Int(try scalar(1).double), on: backend)
    default: throw BadCase(text: op)
    }
  }

  private var padding: Tensor.Padding {
    switch self["mode"] {
    case "reflect": .reflect
    case "edge": .edge
    default: .constant(.int(7))
    }
  }

  private func assigned() throws -> Tensor {
    let original = try x
    let before = try original.doubles()
    var result = original
    let place = self["at"] == "m" ? [TensorIndex.tensor(try input(2))] : try bracket()
    try result.assign(inputs[1], at: place)
    guard try original.doubles() == before else { throw BadCase(text: "another tensor changed") }
    return result
  }

  private func bracket() throws -> [TensorIndex] {
    try self["at"].split(separator: ",").map { part in
      let rest = part.dropFirst()
      switch part.first {
      case "i": return .at(Int(rest) ?? 0)
      case "e": return .ellipsis
      case "n": return .newAxis
      case "l": return .list(rest.split(separator: ".").compactMap { Int($0) })
      case "s":
        let parts = rest.split(separator: ":").map { Int($0) }
        return .slice(start: parts[0], stop: parts[1], step: parts[2])
      default: throw BadCase(text: String(part))
      }
    }
  }
}
