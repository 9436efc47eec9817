// SPDX-License-Identifier: MIT
import HengeBackend
public import HengeTensor

extension Dataset {
  /// Image `index` as an array of numbers `[C, H, W]`, in the values of the published angle programs if
  /// an angle is its last channel: colors from 0 to 255, and degrees · 256 / 180.
  ///
  /// Throws `E-data` for another encoding of the angle.
  public func arrayImage(_ index: Int) throws -> Tensor {
    let (image, record) = try item(index)
    guard let groups = try learnedGroups(), let last = groups.groups.last, let detail = last.detail
    else { return image }
    guard detail == AngleEncoding.constant.rawValue, let angle = record.angle else {
      throw Failure(
        "E-data", "the plane of an angle in a .npy file is constant, and this one is a \(detail)",
        suggestion: "a .npz file, which keeps the names and the angles", parameter: "path")
    }
    let count = groups.picture.count
    let scale = Operand.scalar(.num(1 / range.step))
    let picture = try image.selecting([.slice(start: 0, stop: count, step: nil)]).cast(to: .f64)
    let shifted = try Tensor.combine(.subtract, .tensor(picture), .scalar(.num(range.low)))
    // Resizing by cubic curves passes the ends of the range a little; bytes do not.
    let colors = try Tensor.combine(.multiply, .tensor(shifted), scale).clip(low: 0, high: 255)
    var parts = [try colors.cast(to: .f32)]
    if groups.count - 1 > count {
      parts.append(
        try image.selecting([.slice(start: count, stop: groups.count - 1, step: nil)]))
    }
    let shape = try Shape([1, image.shape[1], image.shape[2]])
    let value = Float(angle * 256 / 180)
    parts.append(
      try Tensor([Float](repeating: value, count: shape.count), shape, on: loader.backend))
    return try Tensor.concatenated(parts, axis: 0)
  }
}
