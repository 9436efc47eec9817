// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage

/// The pictures of a folder.
final class FolderSource: PictureSource {
  let title: String
  let range: ImageRange
  let channelNames: String?
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

  init(
    _ folder: String, paths: [String], names: Reservation, layout: PictureLayout,
    range: ImageRange, loader: PictureLoader
  ) throws {
    title = "images(\(quotedPath(folder)))"
    self.folder = folder
    self.paths = paths
    self.names = names
    self.layout = layout
    self.range = range
    channelNames = layout.channels.rawValue
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
    let reader = PictureReader(budget: budget)
    return try indices.map { index in
      var pixels = try reader.read(FolderSource.path(folder, paths[index]), as: layout)
      pixels.wide = nil
      return pixels
    }
  }

  /// What the file of item `index` says of itself.
  func header(of index: Int) throws -> PictureHeader {
    try PictureReader(budget: budget).header(FolderSource.path(folder, paths[index]))
  }

  private static func path(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }
}
