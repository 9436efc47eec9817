// SPDX-License-Identifier: MIT
import HengeBackend
public import HengeDrawnFaces
public import HengeImage

/// What an image that cannot be read means for the dataset.
public enum PictureErrors: String, Sendable, CaseIterable {
  /// The run stops when it comes to the image; the error names the file.
  case stop
  /// Every image is read when the dataset is made; bad ones are reported and left out.
  case skip
}

extension Dataset {
  /// The images in `folder`, in the bytewise order of their paths within it.
  ///
  /// Files named as images that can be read are taken (`PictureFormat.endings`, in any case), hidden
  /// ones left out; the content decides what a file is, and `note` receives what else the folder has. The first `limit` are kept. Images that differ in size from
  /// `layout.size` are resized when they are decoded. With `errors` `.skip` each image is decoded
  /// now; `note` receives the bad ones. Throws `E-file` for a folder that is missing or contains no
  /// image (or, skipping, no good one), `E-range`, `E-memory`.
  public static func images(
    _ folder: String, layout: PictureLayout = PictureLayout(), range: ImageRange = .signed,
    limit: Int? = nil, recursive: Bool = false, errors: PictureErrors = .stop,
    loader: PictureLoader, note: (String) -> Void = { _ in }
  ) throws -> Dataset {
    if let limit, limit < 1 { throw Failure.badCount("limit", limit, least: 1) }
    let listing = try pictureFiles(
      in: folder, recursive: recursive, errors: errors, loader: loader, note: note)
    let source = try FolderSource(
      folder, paths: limit.map { Array(listing.paths.prefix($0)) } ?? listing.paths,
      names: listing.reservation, layout: layout, range: range, loader: loader)
    let all = try Dataset(.pictures(source), loader: loader)
    guard errors == .skip else { return all }
    return try all.withoutBadPictures(unnameable: listing.unnameable, folder: folder, note: note)
  }

  /// The image files in `folder`, of which there is at least one; `note` receives what else is there.
  static func pictureFiles(
    in folder: String, recursive: Bool, errors: PictureErrors = .stop, loader: PictureLoader,
    note: (String) -> Void
  ) throws -> FolderListing {
    let listing = try FolderListing(
      folder, recursive: recursive, budget: loader.budget, interrupt: loader.interrupt)
    if errors == .stop, let name = listing.unnameable.first {
      throw Failure.file("\(folder)/\(name)", "its name is not UTF-8 text")
    }
    guard !listing.paths.isEmpty else {
      throw Failure.noPictures(folder, listing, recursive: recursive)
    }
    if let leftOut = listing.leftOut(of: folder) { note(leftOut) }
    return listing
  }

  /// `count` faces drawn by henge itself in `style`; face i depends on `seed` and i alone.
  ///
  /// Throws `E-range` for a negative count, too many items and a size that cannot be drawn.
  public static func faces(
    _ style: FaceStyle, count: Int, size: PictureSize = PictureSize(height: 64, width: 64),
    seed: UInt64 = 0, range: ImageRange = .signed, loader: PictureLoader
  ) throws -> Dataset {
    guard count >= 0 else { throw Failure.badCount("count", count, least: 0) }
    guard count <= largestCount else { throw Failure.tooManyItems(count) }
    let source = try DrawnSource(
      style, count: count, size: size, seed: seed, range: range, loader: loader)
    return try Dataset(.pictures(source), loader: loader)
  }

  /// The same without the images that cannot be decoded, each of which `note` reports.
  private func withoutBadPictures(
    unnameable: [String], folder: String, note: (String) -> Void
  ) throws -> Dataset {
    for name in unnameable {
      note("skipped \(quotedPath("\(folder)/\(name)")): its name is not UTF-8 text")
    }
    var good: [Int] = []
    for start in stride(from: 0, to: count, by: 256) {
      let places = Array(start..<min(count, start + 256))
      let faults = try loader.map(places.count) { try fault(places[$0]) }
      for (place, fault) in zip(places, faults) {
        if let fault { note("skipped \(fault)") } else { good.append(place) }
      }
    }
    for case .pictures(let source) in sources { loader.sayNotes(of: source) }
    guard !good.isEmpty else {
      throw Failure.file(folder, "none of the \(counted(count, "image")) in it can be read")
    }
    return try picked(good)
  }

  /// What is wrong with the image at `place`, if anything.
  ///
  /// Only what the file is to blame for: a lack of memory or an interrupt goes on up.
  private func fault(_ place: Int) throws -> String? {
    let entry = entries[place]
    guard case .pictures(let source) = sources[Int(entry.source)] else { return nil }
    do {
      for pixels in try source.pictures([Int(entry.index)]) {
        loader.cache.keep(pixels, Int(entry.index), of: source.cacheNumber)
      }
      return nil
    } catch let failure as Failure where failure.code == "E-file" {
      return failure.message
    }
  }
}
