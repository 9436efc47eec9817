// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeImage
public import HengeTensor

/// Images in an order: an immutable, lazy description that a script uses and derives others from.
///
/// It is a list of references into sources. Taking, slicing, shuffling, sampling and joining make a
/// new list and touch no image; images are decoded when they are asked for, in parallel, and
/// kept as bytes in the session's ``PixelCache``. All items have the same channels and the same
/// range; their sizes may differ.
public struct Dataset {
  /// What decodes and keeps the images.
  public let loader: PictureLoader
  let sources: [Source]
  let entries: [Entry]
  /// What the entries take in memory.
  private let reservation: Reservation
  /// What the channels are, such as `rgb`; nil where a function decides.
  public let channelGroups: ChannelGroups?
  /// The values of black and white.
  public let range: ImageRange
  /// `[C, H, W]`, if it is known without decoding that all items have it.
  public let shape: Shape?
  let fingerprintMemo = Memo<String>()
  let shapeMemo = Memo<Shape>()
  let groupsMemo = Memo<ChannelGroups?>()

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
    let groups = sources[0].items.channelGroups
    channelGroups = sources.allSatisfy { $0.items.channelGroups == groups } ? groups : nil
    range = sources[0].items.range
    let first = sources[0].items.shape
    shape = sources.allSatisfy { $0.items.shape == first } ? first : nil
  }

  /// The items of `other` with its sources as they are in another epoch.
  init(_ other: Dataset, sources: [Source]) {
    self.sources = sources
    (loader, entries, reservation) = (other.loader, other.entries, other.reservation)
    (channelGroups, range, shape) = (other.channelGroups, other.range, other.shape)
  }

  /// The number of items.
  public var count: Int { entries.count }

  /// Whether all items are images of bytes, so that every number is finite.
  public var consistsOfBytes: Bool {
    sources.allSatisfy { if case .pictures = $0 { true } else { false } }
  }

  /// The memory that it uses besides decoded images, each block with its owner.
  public var storageBlocks: [(owner: AnyObject, bytes: Int)] {
    [(reservation, count * MemoryLayout<Entry>.stride)] + sources.flatMap(\.items.storageBlocks)
  }

  /// How deeply functions and what they reference are nested in it.
  public var depth: Int { sources.map(\.items.depth).max() ?? 0 }

  /// The name of item `index`: its file, or such as `faces("anime")[3]`; throws `E-index`.
  public func name(of index: Int) throws -> String {
    let entry = entries[try checkedIndex(index, count: count, of: "dataset")]
    return sources[Int(entry.source)].name(of: Int(entry.index))
  }

  /// What is known of item `index` besides its image; negative indices count from the end.
  ///
  /// Where a function moves its pixels, the image is computed for it. Throws `E-index`.
  public func record(of index: Int) throws -> ItemRecord { try annotatedRecord(of: index).record }

  /// Item `index`: its image `[C, H, W]` and its record; a function is called once for both.
  ///
  /// Throws what ``image(_:)`` throws.
  public func item(_ index: Int) throws -> (image: Tensor, record: ItemRecord) {
    let (record, image) = try annotatedRecord(of: index)
    return (try image ?? self.image(index), record)
  }

  private func annotatedRecord(of index: Int) throws -> (record: ItemRecord, image: Tensor?) {
    let entry = entries[try checkedIndex(index, count: count, of: "dataset")]
    let source = sources[Int(entry.source)]
    let (known, image) = try source.annotated(Int(entry.index))
    let record = ItemRecord(
      name: source.name(of: Int(entry.index)), file: source.items.file(of: Int(entry.index)),
      annotation: known)
    return (record, image)
  }

  /// The landmarks and tilt of the item at `place`, and its image where that was computed for them.
  func annotated(_ place: Int) throws -> (annotation: Annotation, image: Tensor?) {
    let entry = entries[place]
    return try sources[Int(entry.source)].annotated(Int(entry.index))
  }

  /// The landmarks and tilt of the item at `place`.
  func annotation(of place: Int) throws -> Annotation { try annotated(place).annotation }

  /// The most items a dataset has.
  static let largestCount = Int(UInt32.max)
}

/// What is known of an item besides its image.
public struct ItemRecord: Sendable, Equatable {
  /// The file's path, or such as `faces("anime")[3]`.
  public let name: String
  /// The file it was read from, if there is one.
  public let file: String?
  /// The landmarks and the tilt, where they are known.
  public let annotation: Annotation

  /// The landmarks, in pixels of the item's image; none where they are not known.
  public var marks: [Landmark] { annotation.marks }
  /// The tilt of the line between the eyes in degrees, clockwise positive, where it is known.
  public var angle: Double? { annotation.angle }
}

/// A value computed once, shared by the copies of a dataset.
final class Memo<Value> {
  private var value: Value?

  /// The value, if it was made.
  var known: Value? { value }

  /// The value, made by `make` the first time.
  func get(_ make: () throws -> Value) rethrows -> Value {
    if let value { return value }
    let made = try make()
    value = made
    return made
  }
}
