// SPDX-License-Identifier: MIT
public import HengeBackend
import HengeImage
public import HengeThreads

/// What datasets need of a session: who decodes images, where they are kept, what may stop it.
public final class PictureLoader {
  /// Where tensors are made.
  public let backend: any Backend
  /// The bytes that the session may use.
  public let budget: MemoryBudget
  /// The threads that decode.
  public let pool: Pool
  /// Polled between images.
  public let interrupt: Interrupt
  /// What was decoded and is kept.
  public let cache: PixelCache
  /// Receives the number of images of a large set that are read.
  public let progress: Progress
  /// Receives what users should know of the images that were read.
  private let note: (String) -> Void
  /// How many functions of mapped datasets are under way, one inside the other.
  private var functionsUnderWay = 0

  /// Keeps the session's parts.
  public init(
    backend: any Backend, budget: MemoryBudget, pool: Pool, interrupt: Interrupt,
    cache: PixelCache, progress: Progress = Progress(),
    note: @escaping (String) -> Void = { _ in }
  ) {
    self.backend = backend
    self.budget = budget
    self.pool = pool
    self.interrupt = interrupt
    self.cache = cache
    self.progress = progress
    self.note = note
  }

  /// Throws ``Interrupted`` once the user asked to stop.
  public func checkInterrupt() throws { try interrupt.check() }

  /// The images at `indices` of `source`, in that order: from the cache, or decoded in parallel.
  ///
  /// Throws what the first image that cannot be decoded throws. The result is the caller's, kept
  /// or not: a caller asks for no more at once than it can keep.
  func pictures(_ indices: [Int], of source: any PictureSource) throws -> [Pixels] {
    let kept = indices.map { cache.picture($0, of: source.cacheNumber) }
    var places: [Int: Int] = [:]
    var missing: [Int] = []
    for (place, index) in indices.enumerated() where kept[place] == nil && places[index] == nil {
      places[index] = missing.count
      missing.append(index)
    }
    let decoded = try decode(missing, of: source)
    sayNotes(of: source)
    for (index, pixels) in zip(missing, decoded) {
      cache.keep(pixels, index, of: source.cacheNumber)
    }
    return zip(indices, kept).compactMap { index, pixels in
      pixels ?? places[index].map { decoded[$0] }
    }
  }

  /// Says what the source noticed since the last time; on the session's thread.
  func sayNotes(of source: any PictureSource) {
    for text in source.newNotes() { note(text) }
  }

  private func decode(_ indices: [Int], of source: any PictureSource) throws -> [Pixels] {
    let group = PictureLoader.group
    return try progress.track("reading", total: indices.count, unit: "images") { work in
      let groups = try map((indices.count + group - 1) / group) { number in
        let part = indices[number * group..<min(indices.count, (number + 1) * group)]
        defer { work.advance(by: part.count) }
        return try source.pictures(part)
      }
      return groups.flatMap { $0 }
    }
  }

  /// Runs `body`, which computes items by a function; throws `E-depth` once too many are nested.
  ///
  /// A function may ask for an item of a mapped dataset, even its own: without a bound the stack
  /// would overflow. All of it happens on one thread.
  func nested<Result>(_ body: () throws -> Result) throws -> Result {
    guard functionsUnderWay < PictureLoader.mostFunctions else {
      throw Failure.functionsTooDeep(PictureLoader.mostFunctions)
    }
    functionsUnderWay += 1
    defer { functionsUnderWay -= 1 }
    return try body()
  }

  private static let mostFunctions = 300

  /// The results of `body` for `0..<count`, on all threads; the failure of the lowest is thrown.
  func map<Value>(_ count: Int, _ body: (Int) throws -> Value) throws -> [Value] {
    var values = [Value?](repeating: nil, count: count)
    try values.withUnsafeMutableBufferPointer { values in
      try pool.run(blocks: count, interrupt: interrupt) { values[$0] = try body($0) }
    }
    return values.compactMap { $0 }
  }

  /// Images decoded one after another by one thread, with one reader.
  private static let group = 4
}
