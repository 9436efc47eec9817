// SPDX-License-Identifier: MIT
public import HengeBackend

/// The sum of the parts of a gradient: a tensor, or a product of two narrow matrices where that takes
/// less memory.
public enum GradientSum {
  /// The gradient itself.
  case tensor(Tensor)
  /// Outer products whose sum is the gradient.
  case products(OuterProducts)

  /// The gradient's shape.
  public var shape: Shape {
    switch self {
    case .tensor(let tensor): tensor.shape
    case .products(let products): products.shape
    }
  }

  /// The element type.
  public var type: ElementType {
    switch self {
    case .tensor(let tensor): tensor.type
    case .products(let products): products.type
    }
  }

  /// The gradient itself; throws `E-memory`.
  public func tensor() throws -> Tensor {
    switch self {
    case .tensor(let tensor): tensor
    case .products(let products): try products.sum()
    }
  }

  /// The same times a number.
  public func scaled(by factor: Double) throws -> GradientSum {
    switch self {
    case .tensor(let tensor): .tensor(try tensor * .num(factor))
    case .products(let products): .products(try products.scaled(by: factor))
    }
  }

  /// Adds a part to a sum, nil being nothing yet: bytes depend on the elements of the two alone.
  ///
  /// Outer products stay such while that takes less memory. In place where the sum's memory is its own.
  /// Throws `E-memory`.
  public static func add(_ part: GradientSum, to sum: inout GradientSum?) throws {
    guard let before = sum.take() else {
      sum = part
      return
    }
    if case .products(let own) = before, case .products(let others) = part,
      let both = own.adding(others)
    {
      sum = .products(both)
      return
    }
    var tensor = try before.tensor()
    _ = consume before
    try tensor.add(part.tensor())
    sum = .tensor(tensor)
  }

  /// The factors of outer products, `left [m, p]` and `right [p, n]` of each; nil for a tensor.
  public var factors: [(left: Tensor, right: Tensor)]? {
    guard case .products(let products) = self else { return nil }
    return Array(zip(products.left, products.right))
  }

  /// Outer products of these factors, whose sum has the shape `shape`.
  public init(_ factors: [(left: Tensor, right: Tensor)], _ shape: Shape) {
    var products = OuterProducts(factors[0].left, factors[0].right, shape)
    products.left = factors.map(\.left)
    products.right = factors.map(\.right)
    self = .products(products)
  }

  /// The same as whole buffers, as a step of Adam takes it.
  public func whole() throws -> GradientSum {
    switch self {
    case .tensor(let tensor): .tensor(try tensor.whole())
    case .products(let products): .products(try products.joined())
    }
  }

  /// Whether all elements are certainly within `-bound...bound`; where it is false they need not be outside.
  public func isCertainlyWithin(_ bound: Double) throws -> Bool {
    switch self {
    case .tensor(let tensor): try tensor.isWithin(bound)
    case .products(let products): try products.isCertainlyWithin(bound)
    }
  }

  var operand: GradientOperand {
    switch self {
    case .tensor(let tensor): .elements(tensor.storage)
    case .products(let products):
      .product(
        left: products.left[0].storage, right: products.right[0].storage, rank: products.rank)
    }
  }
}

/// A sum of outer products: the gradient at a large weight which few pixels or samples met.
///
/// It is `left · right` with `left [m, p]` and `right [p, n]`, where m is the weight's first axis and p, the
/// number of pixels or samples, is far less than m and n.
public struct OuterProducts {
  /// The shape of the sum.
  public let shape: Shape
  fileprivate var left: [Tensor]
  fileprivate var right: [Tensor]

  /// `left [m, p]` times `right [p, n]`, both off the tape.
  init(_ left: Tensor, _ right: Tensor, _ shape: Shape) {
    precondition(
      left.shape[1] == right.shape[0] && left.shape[0] == shape[0]
        && left.shape[0] * right.shape[1] == shape.count && !left.isOnTape && !right.isOnTape,
      "the factors are matrices that fit")
    self.shape = shape
    self.left = [left]
    self.right = [right]
  }

  var type: ElementType { left[0].type }

  /// The number of outer products.
  var rank: Int { left.reduce(0) { $0 + $1.shape[1] } }

  /// Whether a weight is so large, and the rank so small, that outer products are worthwhile.
  static func areWorthwhile(_ weight: Shape, rank: Int) -> Bool {
    weight.count >= 1 << 20 && 16 * rank <= min(weight[0], weight.count / weight[0])
  }

  /// Both sums as one, where the rank stays small.
  func adding(_ other: OuterProducts) -> OuterProducts? {
    guard Self.areWorthwhile(shape, rank: (rank + other.rank) / 2) else { return nil }
    var sum = self
    sum.left += other.left
    sum.right += other.right
    return sum
  }

  /// One pair of factors, whole buffers.
  func joined() throws -> OuterProducts {
    OuterProducts(
      try Tensor.concatenated(left, axis: 1).whole(),
      try Tensor.concatenated(right, axis: 0).whole(), shape)
  }

  func sum() throws -> Tensor {
    let one = try joined()
    return try one.left[0].multiplied(by: one.right[0]).reshaped(shape.sizes)
  }

  func scaled(by factor: Double) throws -> OuterProducts {
    var result = self
    result.left = try left.map { try $0 * .num(factor) }
    return result
  }

  /// An element is a sum of `rank` products of factors.
  func isCertainlyWithin(_ bound: Double) throws -> Bool {
    let most = (bound / Double(rank)).squareRoot()
    let factors = try (left + right).map { try $0.whole() }
    return try Tensor.firstOutside(factors.map { _ in most }, among: factors) == nil
  }

  /// Adds the sum to a tensor of its shape, in place where the memory is the tensor's alone.
  func add(to tensor: inout Tensor) throws {
    guard tensor.isOwn(), tensor.type == type else {
      try tensor.add(sum())
      return
    }
    let one = try joined()
    let columns = try one.left[0].transposed().whole()
    for index in 0..<one.rank {
      let column = try columns.selecting([.at(index)])
      let row = try one.right[0].selecting([.at(index)])
      try tensor.backend.addOuterProduct(column.view, row.view, to: tensor.storage)
    }
  }
}
