// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

/// What half blocks and characters draw of the last sheets that have labels: a tensor is only its
/// pixels, and in a sixth of them letters cannot be read.
final class CoarsePictures {
  private struct Entry {
    weak var owner: AnyObject?
    let picture: CoarsePicture
  }

  private var entries: [Entry] = []
  private static let most = 32
  /// The longest side that is kept: more than a terminal has columns.
  private static let side = 240

  /// Remembers that `tensor` shows what the unlabeled `pixels` show, with `labels`.
  func remember(
    _ tensor: Tensor, _ pixels: Pixels, labels: [String], budget: MemoryBudget
  ) throws {
    let rgb = try pixels.converted(to: .rgb, budget: budget)
    let scale = min(1, Double(CoarsePictures.side) / Double(max(rgb.height, rgb.width)))
    let small =
      scale == 1
      ? rgb
      : try rgb.resized(
        height: max(1, Int(Double(rgb.height) * scale)),
        width: max(1, Int(Double(rgb.width) * scale)), filter: .bilinear, budget: budget)
    entries.removeAll { $0.owner == nil }
    if entries.count == CoarsePictures.most { entries.removeFirst() }
    entries.append(
      Entry(
        owner: tensor.storageBlock.owner,
        picture: CoarsePicture(
          height: small.height, width: small.width, bytes: small.bytes, labels: labels)))
  }

  /// What is remembered of `tensor`, if it is a whole sheet.
  func picture(of tensor: Tensor) -> CoarsePicture? {
    let owner = tensor.storageBlock.owner
    guard tensor.isWhole else { return nil }
    return entries.last { $0.owner === owner }?.picture
  }
}

extension Session {
  /// A sheet as a tensor in -1..1: `draw` makes it with labels, and again without for terminals of half
  /// blocks, which say `labels` below it.
  func sheet(
    labels: [String], _ montage: Montage, _ draw: (Montage) throws -> Pixels
  ) throws -> Tensor {
    let tensor = try Tensor(draw(montage), range: .signed, on: backend)
    let lines = labels.filter { !$0.isEmpty }
    guard !lines.isEmpty else { return tensor }
    var plain = montage
    plain.showsLabels = false
    try coarsePictures.remember(tensor, draw(plain), labels: lines, budget: budget)
    return tensor
  }
}

/// `columns: a, b`, or nothing without names.
func labelLine(_ what: String, _ names: [String]) -> String {
  names.isEmpty ? "" : "\(what): \(names.map { TextWidth.visible($0) }.joined(separator: ", "))"
}

extension Tensor {
  /// What is drawn of an image [C, H, W] in -1..1, of one or three channels and sides of 8 pixels or
  /// more; nil for other tensors.
  func pictureDisplay(_ session: Session) throws -> PixelDisplay? {
    guard type.isFloat, rank == 3, shape[0] == 1 || shape[0] == 3, min(shape[1], shape[2]) >= 8,
      try doubles().allSatisfy({ $0 >= -1.05 && $0 <= 1.05 })
    else { return nil }
    var display = PixelDisplay(try picture(range: .signed).pixels)
    display.coarse = session.coarsePictures.picture(of: self)
    return display
  }
}
