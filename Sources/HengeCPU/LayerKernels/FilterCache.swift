// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import Synchronization

/// Transformed or packed filters, kept for as long as the weight they come from lives unchanged.
///
/// Transforming a filter costs as much as a quarter of a convolution of 32 x 32 pixels, and a training
/// step uses each weight several times. Whatever writes to a buffer that existed before calls
/// ``forget(_:)``; a weight that is freed is noticed at the next look.
final class FilterCache {
  /// What became of a filter.
  enum Form: Hashable {
    /// Winograd's transform.
    case winograd(taps: Int, isStrided: Bool, isTransposed: Bool)
    /// Packed for products; the numbers are all of a geometry that its order depends on.
    case packed([Int], isTransposed: Bool)
  }

  /// Which form of which elements.
  struct Key: Hashable {
    let buffer: ObjectIdentifier
    let offset: Int
    let outputs: Int
    let channels: Int
    let form: Form
  }

  private struct Entry {
    weak var weight: Buffer?
    let filter: Workspace
    var used: Int
  }

  /// The maximum number of floats in the cache: 160 MB, enough for the filters of a generator of six
  /// blocks with base 64.
  ///
  /// Where networks take much memory it is 64 MB: what their filters take counts for
  /// more there than the fortieth of a step that they save.
  private var bound: Int { arena.isScarce ? 16 << 20 : 40 << 20 }

  private let arena: Arena
  private let lock = Mutex(())
  private let isEmpty = Atomic<Bool>(true)
  private var entries: [Key: Entry] = [:]
  private var clock = 0

  init(_ arena: Arena) { self.arena = arena }

  /// The filter kept for `key`, if its weight still lives.
  func filter(_ key: Key) -> Workspace? {
    var found: Workspace?
    lock.withLock { _ in
      dropDead()
      clock += 1
      entries[key]?.used = clock
      found = entries[key]?.filter
    }
    return found
  }

  /// Keeps `filter` for `key`, dropping beyond the bound what was used most recently before it.
  ///
  /// Networks use their filters in a circle, or back the way they came: what was just used is needed last. If
  /// those used least recently were dropped, each would be just before it is used again (an image at
  /// 128 pixels took 27 ms instead of 19 so).
  func keep(_ filter: Workspace, _ key: Key, of weight: Buffer) {
    lock.withLock { _ in
      clock += 1
      entries[key] = Entry(weight: weight, filter: filter, used: clock)
      var total = entries.values.reduce(0) { $0 + $1.filter.count }
      while total > bound, entries.count > 1,
        let last = entries.filter({ $0.key != key }).max(by: { $0.value.used < $1.value.used })
      {
        total -= last.value.filter.count
        drop(last.key)
      }
      isEmpty.store(entries.isEmpty, ordering: .relaxed)
    }
  }

  /// Drops what was made from `buffer`, which is about to be written to.
  func forget(_ buffer: Buffer) {
    if isEmpty.load(ordering: .relaxed) { return }
    lock.withLock { _ in
      let name = ObjectIdentifier(buffer)
      for key in entries.keys where key.buffer == name { drop(key) }
      isEmpty.store(entries.isEmpty, ordering: .relaxed)
    }
  }

  /// Drops everything.
  func clear() {
    lock.withLock { _ in
      for key in entries.keys { drop(key) }
      isEmpty.store(true, ordering: .relaxed)
    }
  }

  private func dropDead() {
    for (key, entry) in entries where entry.weight == nil { drop(key) }
  }

  private func drop(_ key: Key) {
    guard let entry = entries.removeValue(forKey: key) else { return }
    arena.giveBack(entry.filter)
  }
}
