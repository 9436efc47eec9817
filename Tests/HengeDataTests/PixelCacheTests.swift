// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage
import Testing

@testable import HengeData

@Suite struct PixelCacheTests {
  let budget = MemoryBudget(limit: 1_000_000)
  /// What one 8x8x3 picture costs.
  let cost = 192 + 192

  /// Asks for every picture of `source` in order, keeping what is missing; the number found.
  func pass(_ cache: PixelCache, _ source: Int, count: Int) -> Int {
    (0..<count).count { index in
      if cache.picture(index, of: source) != nil { return true }
      cache.keep(pattern(index), index, of: source)
      return false
    }
  }

  @Test func findsWhatItKeeps() throws {
    let cache = PixelCache(limit: 10 * cost, budget: budget)
    let source = cache.register()
    #expect(cache.picture(3, of: source) == nil)
    cache.keep(pattern(3), 3, of: source)
    #expect(cache.picture(3, of: source) == pattern(3))
    #expect(cache.picture(4, of: source) == nil)
    #expect(cache.bytes == cost)
    #expect(budget.live == cost)
  }

  @Test func neverHoldsMoreThanItsLimitOrTheBudgetAllows() throws {
    let cache = PixelCache(limit: 5 * cost + 1, budget: budget)
    let source = cache.register()
    for _ in 0..<40 {
      _ = pass(cache, source, count: 100)
      #expect(cache.bytes <= cache.limit)
      #expect(cache.count == 5)
    }
    let tight = MemoryBudget(limit: 3 * cost)
    let other = PixelCache(limit: 1_000_000, budget: tight)
    let second = other.register()
    #expect(pass(other, second, count: 10) == 0)
    #expect(other.count == 3)
    #expect(tight.live == 3 * cost)
  }

  @Test func halfOfADatasetTwiceAsLargeIsFoundOnEveryPass() throws {
    let cache = PixelCache(limit: 50 * cost, budget: budget)
    let source = cache.register()
    #expect(pass(cache, source, count: 100) == 0)
    for _ in 0..<5 { #expect(pass(cache, source, count: 100) == 50) }
  }

  @Test func anUnusedDatasetMakesRoom() throws {
    let cache = PixelCache(limit: 50 * cost, budget: budget)
    let (old, new) = (cache.register(), cache.register())
    _ = pass(cache, old, count: 50)
    #expect(pass(cache, old, count: 50) == 50)
    var found = 0
    for _ in 0..<12 { found = pass(cache, new, count: 50) }
    #expect(found == 50)
    #expect(cache.count == 50)
  }

  @Test func aSmallerLimitDropsTheLeastRecentlyUsed() throws {
    let cache = PixelCache(limit: 10 * cost, budget: budget)
    let source = cache.register()
    _ = pass(cache, source, count: 10)
    _ = cache.picture(0, of: source)
    cache.limit = 2 * cost
    #expect(cache.count == 2)
    #expect(cache.picture(0, of: source) != nil)
    #expect(cache.picture(9, of: source) != nil)
    #expect(budget.live == 2 * cost)
  }

  @Test func forgettingASourceFreesItsPicturesOnly() throws {
    let cache = PixelCache(limit: 100 * cost, budget: budget)
    let (first, second) = (cache.register(), cache.register())
    _ = pass(cache, first, count: 10)
    _ = pass(cache, second, count: 10)
    cache.forget(source: first)
    #expect(cache.count == 10)
    #expect(pass(cache, second, count: 10) == 10)
    cache.keep(pattern(1), 1, of: first)
    #expect(cache.count == 10)
  }

  @Test func theBudgetIsGivenBack() throws {
    do {
      let cache = PixelCache(limit: 100 * cost, budget: budget)
      let source = cache.register()
      _ = pass(cache, source, count: 10)
      #expect(budget.live == 10 * cost)
    }
    #expect(budget.live == 0)
  }
}
