// SPDX-License-Identifier: MIT
import HengeBackend
import HengeDrawnFaces
import HengeFiles
import HengeImage
import Synchronization

/// Faces drawn by henge itself, each when it is first asked for.
final class DrawnSource: PictureSource {
  let title: String
  let range: ImageRange
  let count: Int
  let shape: Shape?
  let cacheNumber: Int
  var channelGroups: ChannelGroups? { .picture(count: 3) }
  private let style: FaceStyle
  private let size: PictureSize
  private let seed: UInt64
  private let budget: MemoryBudget
  private let cache: PixelCache
  /// The digest of the first image, once it is asked for.
  private let drawing = Mutex<[UInt8]?>(nil)

  init(
    _ style: FaceStyle, count: Int, size: PictureSize, seed: UInt64, range: ImageRange,
    loader: PictureLoader
  ) throws {
    title = "faces(\"\(style.rawValue)\")"
    self.style = style
    self.count = count
    self.size = size
    self.seed = seed
    self.range = range
    shape = try Shape([3, size.height, size.width])
    budget = loader.budget
    cache = loader.cache
    cacheNumber = cache.register()
  }

  deinit { cache.forget(source: cacheNumber) }

  func file(of index: Int) -> String? { nil }

  func marks(of index: Int) throws -> (marks: [Landmark], angle: Double?) {
    let face = try draw(index)
    return (face.marks, face.angle)
  }

  func pictures(_ indices: ArraySlice<Int>) throws -> [Pixels] {
    try indices.map { try draw($0).pixels }
  }

  /// Of all that it is drawn by, and of the first image: a program that draws otherwise is noticed.
  func digest(of index: Int) throws -> [UInt8] {
    let hash = try SHA256()
    try hash.update(
      Array("face \(style.rawValue) \(seed) \(size.height)x\(size.width) \(index)\n".utf8)[...])
    let first = try drawing.withLock { drawing in
      if let known = drawing { return known }
      let digest = try Dataset.digest(draw(0).pixels)
      drawing = digest
      return digest
    }
    try hash.update(first[...])
    return try hash.digest()
  }

  private func draw(_ index: Int) throws -> DrawnFace {
    try DrawnFaces.draw(
      style, index: index, seed: seed, height: size.height, width: size.width, budget: budget)
  }
}
