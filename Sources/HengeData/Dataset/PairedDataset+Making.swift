// SPDX-License-Identifier: MIT
import HengeBackend
public import HengeImage

/// How the items of two datasets are brought together.
public enum PairMatch: String, Sendable, CaseIterable {
  /// By the names of their files, without folder and ending.
  case name
  /// By their positions, whatever their names.
  case position
}

extension PairedDataset {
  /// Pairs two datasets by `match`; without one, by position, and `note` receives where the names of
  /// files say otherwise.
  ///
  /// Throws `E-shape` for datasets of two lengths, `E-data` where there are no names to match.
  public static func matched(
    _ first: Dataset, _ second: Dataset, by match: PairMatch?, note: (String) -> Void
  ) throws -> PairedDataset {
    if match == .name { return try byName(first, second, note: note) }
    guard first.count == second.count else {
      let shared = match == nil ? try PairNames(first, second)?.shared.count : nil
      throw Failure.unequalPairs(
        first.count, second.count, shared: shared ?? 0, parameter: "B")
    }
    switch match {
    case .name, .position: return try PairedDataset(first, second)
    case nil:
      let pairs = try PairedDataset(first, second)
      if let doubt = try PairNames(first, second)?.doubt { note(doubt) }
      return pairs
    }
  }

  private static func byName(
    _ first: Dataset, _ second: Dataset, note: (String) -> Void
  ) throws -> PairedDataset {
    guard let names = try PairNames(first, second) else {
      throw Failure(
        "E-data",
        first.count > PairNames.most || second.count > PairNames.most
          ? "names are matched in datasets of at most \(PairNames.most) images"
          : "these datasets have no names to match, because not all of their images are files",
        suggestion: "pairs(A, B), by position", parameter: "match")
    }
    for (side, keys) in [("A", names.first), ("B", names.second)] {
      if let twice = names.repeated(keys) {
        throw Failure(
          "E-data",
          "two images of \(side) have the name \(quotedPath(twice)): their names are not unique",
          parameter: "match")
      }
    }
    let shared = names.shared
    guard !shared.isEmpty else {
      throw Failure(
        "E-data", "no image of A has the same name as an image of B",
        notes: names.examples, suggestion: "match=\"position\"", parameter: "match")
    }
    let places = Dictionary(uniqueKeysWithValues: zip(names.second, 0..<second.count))
    let left = names.first.indices.filter { shared.contains(names.first[$0]) }
    let right = left.compactMap { places[names.first[$0]] }
    let (loneA, loneB) = (first.count - left.count, second.count - right.count)
    if loneA + loneB > 0 {
      note(
        "paired \(counted(left.count, "image")) by name; left out without a partner: "
          + "\(loneA) of A, \(loneB) of B" + names.loneExamples)
    }
    return try PairedDataset(try first.picked(left), try second.picked(right))
  }

  /// The images in `folder` cut in two: the left half of each is paired with its right half.
  ///
  /// With `swapped` the right half comes first. Each half is brought to `layout`. Throws what
  /// `Dataset.images` throws.
  public static func sideBySide(
    _ folder: String, layout: PictureLayout = PictureLayout(), range: ImageRange = .signed,
    swapped: Bool = false, limit: Int? = nil, recursive: Bool = false, loader: PictureLoader,
    note: (String) -> Void = { _ in }
  ) throws -> PairedDataset {
    if let limit, limit < 1 { throw Failure.badCount("limit", limit, least: 1) }
    let listing = try Dataset.pictureFiles(
      in: folder, recursive: recursive, loader: loader, note: note)
    func half(_ half: PictureHalf) throws -> Dataset {
      let source = try FolderSource(
        folder, paths: limit.map { Array(listing.paths.prefix($0)) } ?? listing.paths,
        names: listing.reservation, layout: layout, range: range, half: half, loader: loader)
      return try Dataset(.pictures(source), loader: loader)
    }
    return try PairedDataset(half(swapped ? .right : .left), half(swapped ? .left : .right))
  }
}
