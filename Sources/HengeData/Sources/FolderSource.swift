// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeImage

/// The images of a folder.
final class FolderSource: PictureSource {
  let title: String
  let range: ImageRange
  let channelGroups: ChannelGroups?
  let shape: Shape?
  let cacheNumber: Int
  private let folder: String
  private let paths: [String]
  private let layout: PictureLayout
  /// Samples in a pixel.
  let channelCount: Int
  private let budget: MemoryBudget
  private let cache: PixelCache
  private let names: Reservation
  private let digests = FileDigests()
  private let half: PictureHalf?
  private let remarks: PictureRemarks

  /// The images at `paths` in `folder`, or one half of each.
  init(
    _ folder: String, paths: [String], names: Reservation, layout: PictureLayout,
    range: ImageRange, half: PictureHalf? = nil, loader: PictureLoader
  ) throws {
    let whole = "images(\(quotedPath(folder)))"
    title = half.map { "the \($0.rawValue) half of \(whole)" } ?? whole
    self.half = half
    remarks = PictureRemarks(folder)
    self.folder = folder
    self.paths = paths
    self.names = names
    self.layout = layout
    self.range = range
    channelGroups = ChannelGroups(layout.channels.rawValue, count: layout.channels.count)
    channelCount = layout.channels.count
    shape = try layout.size.map { try Shape([layout.channels.count, $0.height, $0.width]) }
    budget = loader.budget
    cache = loader.cache
    cacheNumber = cache.register()
  }

  deinit { cache.forget(source: cacheNumber) }

  var count: Int { paths.count }

  func file(of index: Int) -> String? { FolderSource.path(folder, paths[index]) }

  func marks(of index: Int) -> (marks: [Landmark], angle: Double?) { ([], nil) }

  func pictures(_ indices: ArraySlice<Int>) throws -> [Pixels] {
    let reader = PictureReader(budget: budget) { [remarks] in remarks.add($1, to: $0) }
    return try indices.map { index in
      let path = FolderSource.path(folder, paths[index])
      let bytes = try readRegularFile(path, budget: budget)
      try digests.check(bytes, index, path: path)
      var pixels = try reader.decode(bytes, name: path, half: half, as: layout)
      pixels.wide = nil
      return pixels
    }
  }

  /// Of the file's bytes, and of the size, the fit and the channels that they are brought to.
  func digest(of index: Int) throws -> [UInt8] {
    let file = try digests.digest(
      index, path: FolderSource.path(folder, paths[index]), budget: budget)
    let hash = try SHA256()
    let size = layout.size.map { "\($0.height)x\($0.width)" } ?? "as it is"
    try hash.update(
      Array(
        "file \(size) \(layout.fit.rawValue) \(layout.filter) \(layout.channels.rawValue)\n".utf8)[
          ...])
    // Only where it is so: images without these keep the digest that older files contain.
    if layout.upright { try hash.update(Array("upright\n".utf8)[...]) }
    if let half { try hash.update(Array("\(half.rawValue) half\n".utf8)[...]) }
    try hash.update(file[...])
    return try hash.digest()
  }

  func newNotes() -> [String] { remarks.newNotes() }

  /// What the file of item `index` says of itself.
  func header(of index: Int) throws -> PictureHeader {
    let header = try PictureReader(budget: budget).header(FolderSource.path(folder, paths[index]))
    let upright = layout.upright ? header.upright : header
    return half == nil ? upright : upright.halved
  }

  /// Where the pixels of the file of item `index` are in the item, and the size of the file's image.
  ///
  /// Throws `E-data` for one half of an image, and for one that was turned upright: landmarks are
  /// said of files as they are stored.
  func movement(of index: Int) throws -> (AffineMap, PictureSize) {
    let path = FolderSource.path(folder, paths[index])
    let header = try PictureReader(budget: budget).header(path)
    guard half == nil, !layout.upright || header.orientation == 1 else {
      throw Failure(
        "E-data",
        "\(quotedPath(path)) was \(half == nil ? "turned upright" : "cut in halves"), and landmarks are in pixels of the file as it is stored",
        suggestion: half == nil ? "images(…, upright=false)" : nil)
    }
    let size = PictureSize(height: header.height, width: header.width)
    return (layout.movement(from: size), size)
  }

  private static func path(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }
}
