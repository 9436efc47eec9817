// SPDX-License-Identifier: MIT
public import HengeBackend
import HengeImage

/// Images in an order: an immutable, lazy description that a script holds and derives others from.
///
/// It is a list of references into sources. Taking, slicing, shuffling, sampling and joining make a
/// new list and touch no picture; pictures are decoded when they are asked for, in parallel, and
/// kept as bytes in the session's ``PixelCache``. All items have the same channels and the same
/// range; their sizes may differ.
public struct Dataset {
  /// What decodes and keeps the pictures.
  public let loader: PictureLoader
  let sources: [Source]
  let entries: [Entry]
  /// What the entries take in memory.
  private let reservation: Reservation
  /// What the channels are, such as `rgb`; nil where a function decides.
  public let channelNames: String?
  /// Which numbers stand for black and white.
  public let range: ImageRange
  /// `[C, H, W]`, if it is known without decoding that all items have it.
  public let shape: Shape?
  let fingerprintMemo = Memo<String>()

  /// One item: entry `index` of source `source`.
  struct Entry: Hashable {
    var source: UInt32
    var index: UInt32
  }

  /// All items of `source`.
  init(_ source: Source, loader: PictureLoader) throws {
    let count = source.items.count
    try self.init(loader: loader, sources: [source], count: count) {
      (0..<count).map { Entry(source: 0, index: UInt32($0)) }
    }
  }

  /// `count` entries made by `entries`, once memory for them was granted.
  ///
  /// `sources`, of which there is at least one, agree in channels and range.
  init(
    loader: PictureLoader, sources: [Source], count: Int, entries: () throws -> [Entry]
  ) throws {
    guard count <= Dataset.largestCount else { throw Failure.tooManyItems(count) }
    reservation = try Reservation(
      count * MemoryLayout<Entry>.stride, of: loader.budget,
      for: "a dataset of \(counted(count, "item"))")
    self.loader = loader
    self.sources = sources
    self.entries = try entries()
    let names = sources[0].items.channelNames
    channelNames = sources.allSatisfy { $0.items.channelNames == names } ? names : nil
    range = sources[0].items.range
    let first = sources[0].items.shape
    shape = sources.allSatisfy { $0.items.shape == first } ? first : nil
  }

  /// The number of items.
  public var count: Int { entries.count }

  /// The memory that it holds beside decoded pictures, each block with its owner.
  public var storageBlocks: [(owner: AnyObject, bytes: Int)] {
    let stacks = sources.compactMap { ($0.items as? StackSource)?.storageBlock }
    return [(reservation, count * MemoryLayout<Entry>.stride)] + stacks
  }

  /// How deeply functions and what they hold are nested in it.
  public var depth: Int {
    sources.map { ($0.items as? MappedSource)?.depth ?? 0 }.max() ?? 0
  }

  /// What item `index` is called: its file, or such as `faces("anime")[3]`.
  public func name(of index: Int) throws -> String {
    let entry = entries[try checkedIndex(index, count: count, of: "dataset")]
    return sources[Int(entry.source)].name(of: Int(entry.index))
  }

  /// What is known of item `index` beside its image; negative indices count from the end.
  ///
  /// Throws `E-index`.
  public func record(of index: Int) throws -> ItemRecord {
    let entry = entries[try checkedIndex(index, count: count, of: "dataset")]
    let source = sources[Int(entry.source)]
    let (marks, angle) = try source.items.marks(of: Int(entry.index))
    return ItemRecord(
      name: source.name(of: Int(entry.index)), file: source.items.file(of: Int(entry.index)),
      marks: marks, angle: angle)
  }

  /// The most items a dataset has.
  static let largestCount = Int(UInt32.max)
}

/// What is known of an item beside its image.
public struct ItemRecord: Sendable, Equatable {
  /// The file's path, or such as `faces("anime")[3]`.
  public let name: String
  /// The file it was read from, if there is one.
  public let file: String?
  /// The landmarks, in pixels of the item's image; none where they are not known.
  public let marks: [Landmark]
  /// The tilt of the line between the eyes in degrees, clockwise positive, where it is known.
  public let angle: Double?
}

/// A value computed once, shared by the copies of a dataset.
final class Memo<Value> {
  private var value: Value?

  /// The value, made by `make` the first time.
  func get(_ make: () throws -> Value) rethrows -> Value {
    if let value { return value }
    let made = try make()
    value = made
    return made
  }
}
