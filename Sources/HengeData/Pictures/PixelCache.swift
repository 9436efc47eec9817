// SPDX-License-Identifier: MIT
public import HengeBackend
import HengeImage
import Synchronization

/// Decoded images, as bytes, kept up to a limit and counted in the session's memory budget.
///
/// A training run walks through a dataset again and again. Were the least recently used image
/// replaced, a dataset a little larger than the cache would find nothing there: each image is
/// dropped just before its turn. So a full cache takes a new image only in the place of a stale
/// one, which was not asked for during eight times as many requests as there are images in it;
/// otherwise the new one is not kept. A dataset twice as large as the cache thus finds half of
/// itself there on every pass, and one that is no longer used makes room for another.
public final class PixelCache: Sendable {
  private let state: Mutex<State>
  private let budget: MemoryBudget

  /// A cache of at most `limit` bytes, taken from `budget` as it fills.
  public init(limit: Int, budget: MemoryBudget) {
    self.budget = budget
    state = Mutex(State(limit: max(0, limit)))
  }

  deinit {
    budget.release(state.withLock { $0.bytes })
  }

  /// The most bytes that it keeps; a lower limit drops the least recently used images.
  public var limit: Int {
    get { state.withLock { $0.limit } }
    set {
      state.withLock { state in
        state.limit = max(0, newValue)
        while state.bytes > state.limit, let oldest = state.oldest { remove(oldest, from: &state) }
      }
    }
  }

  /// The bytes held now.
  public var bytes: Int { state.withLock { $0.bytes } }

  /// The images in the cache.
  public var count: Int { state.withLock { $0.count } }

  /// A number for a new source, under which its images are kept.
  func register() -> Int {
    state.withLock { state in
      state.lastSource += 1
      state.tables[state.lastSource] = [:]
      return state.lastSource
    }
  }

  /// Drops all images of `source`.
  func forget(source: Int) {
    state.withLock { state in
      guard let table = state.tables.removeValue(forKey: source) else { return }
      for slot in table.values { remove(slot, from: &state) }
    }
  }

  /// The image `index` of `source`, if it is kept.
  func picture(_ index: Int, of source: Int) -> Pixels? {
    state.withLock { state in
      state.tick += 1
      guard let slot = state.tables[source]?[index] else { return nil }
      state.use(slot)
      return state.slots[slot].pixels
    }
  }

  /// Keeps `pixels` as image `index` of `source`, if there is or can be made room.
  func keep(_ pixels: Pixels, _ index: Int, of source: Int) {
    let cost = pixels.bytes.count + PixelCache.overhead
    state.withLock { state in
      guard state.isMissing(index, of: source) else { return }
      while state.bytes + cost > state.limit || !budget.canHold(cost) {
        guard let oldest = state.oldest, state.isStale(oldest) else { return }
        remove(oldest, from: &state)
      }
      guard (try? budget.reserve(cost, for: "an image")) != nil else { return }
      state.insert(Slot(source: source, index: index, pixels: pixels, cost: cost))
    }
  }

  private func remove(_ slot: Int, from state: inout State) {
    budget.release(state.slots[slot].cost)
    state.remove(slot)
  }

  /// What an image costs besides its bytes: its slot, the way to it, and its array's header.
  private static let overhead = 192
}

/// A place in the cache, linked to the one used before it and the one used after it.
private struct Slot {
  var source: Int
  var index: Int
  var pixels: Pixels?
  var cost: Int
  var lastUse = 0
  var before: Int?
  var after: Int?
}

private struct State {
  var limit: Int
  var bytes = 0
  var count = 0
  var tick = 0
  var lastSource = 0
  /// For each source the slots of the images that are kept.
  var tables: [Int: [Int: Int]] = [:]
  var slots: [Slot] = []
  var free: [Int] = []
  var oldest: Int?
  var newest: Int?

  init(limit: Int) { self.limit = limit }

  /// Whether `source` is known and its image `index` is not kept.
  func isMissing(_ index: Int, of source: Int) -> Bool {
    tables[source].map { $0[index] == nil } ?? false
  }

  func isStale(_ slot: Int) -> Bool { tick - slots[slot].lastUse > 8 * count }

  mutating func use(_ slot: Int) {
    slots[slot].lastUse = tick
    guard newest != slot else { return }
    unlink(slot)
    link(slot)
  }

  mutating func insert(_ entry: Slot) {
    let place: Int
    if let reused = free.popLast() {
      place = reused
      slots[place] = entry
    } else {
      place = slots.count
      slots.append(entry)
    }
    slots[place].lastUse = tick
    tables[entry.source]?[entry.index] = place
    bytes += entry.cost
    count += 1
    link(place)
  }

  mutating func remove(_ slot: Int) {
    unlink(slot)
    tables[slots[slot].source]?[slots[slot].index] = nil
    bytes -= slots[slot].cost
    count -= 1
    slots[slot].pixels = nil
    free.append(slot)
  }

  private mutating func link(_ slot: Int) {
    slots[slot].before = newest
    slots[slot].after = nil
    if let newest { slots[newest].after = slot } else { oldest = slot }
    newest = slot
  }

  private mutating func unlink(_ slot: Int) {
    let (before, after) = (slots[slot].before, slots[slot].after)
    if let before { slots[before].after = after } else { oldest = after }
    if let after { slots[after].before = before } else { newest = before }
  }
}
