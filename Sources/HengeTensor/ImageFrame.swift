// SPDX-License-Identifier: MIT
public import HengeBackend

/// The origin of the pixels of a tensor's last two axes: an image, and the affine map from its
/// points to theirs.
///
/// A function that receives a traced image may flip, crop, pad, resize or rotate it and compute
/// with its elements: landmarks are then transformed by ``Tensor/movement(from:)``. An operation
/// that mixes pixels without an affine map (a network, a transpose, a sum of two differently moved
/// images) returns a tensor without a frame, so that landmarks are never wrong.
final class ImageFrame: Sendable {
  /// The image's own frame; nil in that frame itself.
  private let origin: ImageFrame?
  /// From points of the image to points here.
  let map: AffineMap

  private init(_ origin: ImageFrame?, _ map: AffineMap) {
    self.origin = origin
    self.map = map
  }

  /// The frame of an image itself.
  convenience init() { self.init(nil, .identity) }

  /// The frame after one more map.
  func then(_ next: AffineMap) -> ImageFrame { ImageFrame(origin ?? self, map.then(next)) }

  /// Whether both are of one image.
  func isOfSameImage(as other: ImageFrame) -> Bool { (origin ?? self) === (other.origin ?? other) }
}

extension Tensor {
  /// The same image, whose pixels are followed from here on.
  public func traced() -> Tensor {
    var image = self
    image.frame = ImageFrame()
    return image
  }

  /// The same tensor, its pixels no longer followed.
  public func untraced() -> Tensor {
    var tensor = self
    tensor.frame = nil
    return tensor
  }

  /// The affine map that moved the pixels of `image`, which ``traced()`` returned, to this tensor;
  /// `nil` if unknown.
  public func movement(from image: Tensor) -> AffineMap? {
    guard let frame, let origin = image.frame, frame.isOfSameImage(as: origin) else { return nil }
    return frame.map
  }

  /// This tensor as one to whose pixels `map` moved those of `source`.
  public func moved(from source: Tensor, by map: @autoclosure () -> AffineMap) -> Tensor {
    guard let frame = source.frame else { return self }
    var tensor = self
    tensor.frame = frame.then(map())
    return tensor
  }

  /// This tensor with its pixels where those of `source` are.
  func inPlace(of source: Tensor) -> Tensor {
    guard let frame = source.frame else { return self }
    var tensor = self
    tensor.frame = frame
    return tensor
  }

  /// This tensor, computed element by element from `operands`: its pixels are where theirs are, if those
  /// that are followed agree and none was broadcast.
  func inPlace(ofAll operands: @autoclosure () -> [Tensor?], isTraced: Bool) -> Tensor {
    guard isTraced else { return self }
    var found: ImageFrame?
    for case let operand? in operands() {
      guard let frame = operand.frame else { continue }
      guard rank >= 2, operand.rank >= 2,
        operand.shape.sizes.suffix(2) == shape.sizes.suffix(2),
        found.map({ $0.isOfSameImage(as: frame) && $0.map == frame.map }) ?? true
      else { return self }
      found = frame
    }
    guard let found else { return self }
    var tensor = self
    tensor.frame = found
    return tensor
  }

  /// What moves the pixels where axis `axis` is replaced by its positions `first + step·i`.
  static func stepped(first: (y: Int, x: Int), step: (y: Int, x: Int)) -> AffineMap {
    let (sx, sy) = (Double(step.x), Double(step.y))
    return AffineMap(
      xx: 1 / sx, x0: -Double(first.x) / sx, yy: 1 / sy, y0: -Double(first.y) / sy)
  }

  /// As ``inPlace(ofAll:isTraced:)``, for two operands: almost always neither is followed.
  func inPlace(of a: Operand, _ b: Operand) -> Tensor {
    let (x, y) = (a.tensorOrNil, b.tensorOrNil)
    return inPlace(ofAll: [x, y], isTraced: x?.frame != nil || y?.frame != nil)
  }

  /// How `indices` move the pixels; nil where rows and columns do not stay the last two axes.
  func movement(selecting indices: [TensorIndex]) -> AffineMap? {
    let named = indices.count { $0.namesAxis }
    guard rank >= 2, named <= rank else { return nil }
    var slices: [ResolvedSlice] = []
    var axis = 0
    for index in indices {
      let isPlane = axis >= rank - 2
      switch index {
      case .slice(let start, let stop, let step):
        let slice = ResolvedSlice(start: start, stop: stop, step: step, size: shape[axis])
        if isPlane { slices.append(slice) }
        axis += 1
      case .ellipsis:
        for _ in 0..<rank - named {
          if axis >= rank - 2 {
            slices.append(.init(start: nil, stop: nil, step: nil, size: shape[axis]))
          }
          axis += 1
        }
      case .newAxis: if axis > rank - 2 { return nil }
      case .at, .list: if isPlane { return nil } else { axis += 1 }
      case .tensor(let tensor):
        guard tensor.type == .i64, !isPlane else { return nil }
        axis += 1
      }
    }
    while axis < rank {
      if axis >= rank - 2 {
        slices.append(.init(start: nil, stop: nil, step: nil, size: shape[axis]))
      }
      axis += 1
    }
    guard slices.count == 2, slices.allSatisfy({ $0.count > 0 }) else { return nil }
    return Tensor.stepped(
      first: (slices[0].first, slices[1].first), step: (slices[0].step, slices[1].step))
  }
}

extension TensorIndex {
  /// Whether it uses up an axis; a mask does not come here.
  fileprivate var namesAxis: Bool {
    switch self {
    case .at, .slice, .list, .tensor: true
    case .ellipsis, .newAxis: false
    }
  }
}
