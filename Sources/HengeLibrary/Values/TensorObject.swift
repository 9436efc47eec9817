// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeImage
public import HengeLanguage
public import HengeTensor

/// A tensor as a value of the language.
final class TensorObject: Object, ScalarLike, HasElementKinds, IndexAssignable, Iterable,
  ComparableObject, DisplayedOnPage, HasContent
{
  private(set) var tensor: Tensor

  init(_ tensor: Tensor) { self.tensor = tensor }

  override class var kind: String { "tensor" }
  override var brief: String { "\(tensor.type.rawValue) \(tensor.shape)" }
  override var storages: [Storage] { [Storage(tensor)] }

  var scalar: Value? {
    guard tensor.rank == 0 else { return nil }
    return (try? tensor.item())?.value
  }

  func element(at subscripts: [Subscript]) throws -> Value {
    try tensor.selecting(indices(subscripts)).value
  }

  func elementKind(isSlice: Bool) -> String? { "tensor" }

  func assigning(_ value: Value, at subscripts: [Subscript], isUnique: Bool) throws -> Object {
    let operand = try operand(value)
    let indices = try indices(subscripts)
    guard isUnique else {
      var copy = tensor
      try copy.assign(operand, at: indices)
      return TensorObject(copy)
    }
    try tensor.assign(operand, at: indices)
    return self
  }

  /// What is assigned: a number or tensor as it is, a list of numbers as a tensor of this type.
  private func operand(_ value: Value) throws -> Operand {
    if let operand = Operand.from(value) { return operand }
    guard let list = TensorLike.from(value) else {
      throw Failure("E-type", "the elements of a tensor are numbers, not \(value.kindWithArticle)")
    }
    return .tensor(try list.tensor(tensor.type, on: tensor.backend))
  }

  private func indices(_ subscripts: [Subscript]) throws -> [TensorIndex] {
    let longest = tensor.shape.sizes.max() ?? 0
    return try subscripts.map { try TensorIndex($0, longest: longest) }
  }

  var knownCount: Int? { tensor.shape.sizes.first }

  func makeIterator() throws -> () throws -> Value? {
    guard let count = knownCount else {
      throw Failure(
        "E-type", "a tensor without axes is one number and cannot be looped over",
        suggestion: "x.item()")
    }
    let tensor = tensor
    var index = 0
    return {
      guard index < count else { return nil }
      defer { index += 1 }
      return try tensor.selecting([.at(index)]).value
    }
  }

  func equals(_ other: Value) throws -> Value {
    guard let operand = Operand.from(other) else { return .bool(false) }
    return try Tensor.compare(.equal, .tensor(tensor), operand).value
  }

  func addContent(to body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try Array("\(tensor.type.rawValue) \(tensor.shape) ".utf8).withUnsafeBytes(body)
    try tensor.withBytes(body)
  }

  var text: String { TensorText(tensor).line }

  func summary() throws -> String { try TensorText(tensor).summary() }

  /// The echo with a histogram, and small matrices as tables.
  func pageDisplays() throws -> [Display] {
    let text = TensorText(tensor)
    let statistics = try text.statistics()
    let thumbnail = try statistics.flatMap { try tensor.thumbnail($0) }
    var displays: [Display] = []
    if let table = try text.table(statistics) {
      displays.append(.table(table))
    } else {
      displays.append(.text(try text.echo(width: 90, statistics, isPicture: thumbnail != nil)))
    }
    if let thumbnail { displays.append(.thumbnail(thumbnail)) }
    if let histogram = try histogram(statistics) { displays.append(.plot(histogram)) }
    return displays
  }

  /// The distribution of many numbers.
  private func histogram(_ statistics: Statistics?) throws -> DrawnPlot? {
    guard (65...1 << 22).contains(tensor.count), let statistics, statistics.finite > 0 else {
      return nil
    }
    let budget = MemoryBudget(limit: 64_000_000)
    var plot = try tensor.cast(to: .f64).withBytes {
      try Plot.histogram(
        of: [$0.assumingMemoryBound(to: Double.self)], bins: 32, budget: budget
      ).plot
    }
    plot.title = "values"
    return DrawnPlot(plot: plot, budget: budget, width: 320, height: 160)
  }

  func displays(width: Int) throws -> [Display] {
    let text = TensorText(tensor)
    let statistics = try text.statistics()
    let thumbnail = try statistics.flatMap { try tensor.thumbnail($0) }
    let echo = try text.echo(width: width, statistics, isPicture: thumbnail != nil)
    return [.text(echo)] + (thumbnail.map { [.thumbnail($0)] } ?? [])
  }
}

extension Tensor: ValueConvertible {
  /// What signatures and messages call it.
  public static var kind: String { "tensor" }
  /// The tensor in `value`, of any shape; `nil` when it is of another type.
  public static func from(_ value: Value) -> Tensor? {
    guard case .object(let object) = value else { return nil }
    return (object as? TensorObject)?.tensor
  }
  /// The value of the language.
  public var value: Value { .object(TensorObject(self)) }
}

extension TensorIndex {
  /// What a subscript of the language means to a tensor whose largest size is `longest`.
  init(_ part: Subscript, longest: Int) throws {
    switch part {
    case .int(let index): self = .at(index)
    case .slice(let slice): self = .slice(start: slice.start, stop: slice.stop, step: slice.step)
    case .ellipsis: self = .ellipsis
    case .newAxis: self = .newAxis
    case .value(let value): self = try TensorIndex(value, longest: longest)
    }
  }

  private init(_ value: Value, longest: Int) throws {
    if let positions = [Int].from(value) {
      self = .list(positions)
    } else if case .range(let range) = value {
      // Each index of an axis is in a range at most twice, counted from either end.
      guard range.count / 2 <= longest else {
        throw Failure("E-index", "a range of \(range.count) indices is longer than any axis")
      }
      self = .list((0..<range.count).map { range[$0] })
    } else if let tensor = Tensor.from(value) {
      self = .tensor(tensor)
    } else if let flags = [Bool].from(value) {
      self = .list(flags.indices.filter { flags[$0] })
    } else {
      throw Failure(
        "E-index", "\(value.brief) is not an index",
        notes: ["an index is an int, a slice, none, ..., a bool tensor or a list of ints"])
    }
  }
}

extension Storage {
  /// The type of the elements of `tensor`.
  init(_ tensor: Tensor) {
    let block = tensor.storageBlock
    self.init(block.owner, bytes: block.bytes)
  }
}
