// SPDX-License-Identifier: MIT
import HengeBackend
import HengeDrawnFaces
import HengeImage
import HengeTensor
import Testing

@testable import HengeData

@Suite struct DatasetViewTests {
  let loader = makeLoader()

  /// `count` grey images 1x1x1 whose only element is their number.
  func numbers(_ count: Int) throws -> Dataset {
    let values = (0..<count).map(Float.init)
    let tensor = try Tensor(values, Shape([count, 1, 1, 1]), on: loader.backend)
    return try Dataset(tensor, loader: loader)
  }

  func elements(_ dataset: Dataset) throws -> [Int] {
    guard dataset.count > 0 else { return [] }
    return try dataset.tensor().ints()
  }

  @Test func takingAndSelectingKeepOrder() throws {
    let all = try numbers(10)
    #expect(try elements(all.take(3)) == [0, 1, 2])
    #expect(try elements(all.take(30)) == Array(0..<10))
    #expect(try elements(all.take(0)) == [])
    #expect(try elements(all.selecting([5, -1, 5])) == [5, 9, 5])
    #expect(failure { _ = try all.take(-1) }?.message == "`count` must be at least 0, not -1")
    #expect(
      failure { _ = try all.selecting([10]) }?.message
        == "there is no item 10 in this dataset: its items are 0 to 9, or -10 to -1")
  }

  @Test func shufflingDependsOnTheStreamAlone() throws {
    let all = try numbers(6)
    var stream = RandomStream(seed: 7, name: "shuffle")
    let order = try elements(all.shuffled(&stream))
    #expect(order.sorted() == Array(0..<6))
    #expect(stream.position == 6)
    var other = RandomStream(seed: 7, name: "sample")
    _ = other.next()
    var again = RandomStream(seed: 7, name: "shuffle")
    #expect(try elements(all.shuffled(&again)) == order)
    var same = RandomStream(seed: 7, name: "shuffle")
    #expect(order == same.permutation(6))
  }

  @Test func samplesComeWithAndWithoutReplacement() throws {
    let all = try numbers(10)
    var stream = RandomStream(seed: 0, name: "sample")
    let some = try elements(all.sample(10, from: &stream))
    #expect(some.sorted() == Array(0..<10))
    #expect(some != Array(0..<10))
    let many = try elements(all.sample(100, replacement: true, from: &stream))
    #expect(Set(many) == Set(0..<10))
    #expect(stream.position == 110)
    let failure = failure { _ = try all.sample(11, from: &stream) }
    #expect(failure?.message == "cannot draw 11 items from a dataset of 10")
    #expect(failure?.suggestion == "replace=true, to draw items more than once")
    #expect(stream.position == 110)
    let none = try all.take(0)
    #expect(
      self.failureCode { _ = try none.sample(1, replacement: true, from: &stream) } == "E-range")
    #expect(
      self.failureCode { _ = try all.sample(1 << 31, replacement: true, from: &stream) }
        == "E-memory")
    #expect(
      self.failureCode { _ = try all.sample(.max, replacement: true, from: &stream) } == "E-memory")
  }

  func failureCode(_ body: () throws -> Void) -> String? { failure(body)?.code }

  @Test func splitsCoverEverythingOnce() throws {
    let all = try numbers(10)
    let parts = try all.split(fractions: [0.75, 0.15, 0.1])
    #expect(try parts.map(elements) == [Array(0..<8), [8], [9]])
    #expect(try all.split(counts: [4, 0, 6]).map(\.count) == [4, 0, 6])
    let fractions = failure { _ = try all.split(fractions: [0.5, 0.4]) }
    #expect(
      fractions?.message
        == "the fractions of a split must be 0 to 1 and sum to 1; these sum to 0.9")
    #expect(failureCode { _ = try all.split(fractions: [1.5, -0.5]) } == "E-range")
    #expect(failureCode { _ = try all.split(fractions: [.nan, 1]) } == "E-range")
    let counts = failure { _ = try all.split(counts: [4, 5]) }
    #expect(
      counts?.message
        == "the parts of a split must sum to the 10 items of the dataset; they are [4, 5]")
    #expect(failureCode { _ = try all.split(counts: [.max, .max]) } == "E-range")
  }

  @Test func joiningPutsOneAfterTheOther() throws {
    let all = try numbers(4)
    let joined = try all.take(2).joined(with: all)
    #expect(try elements(joined) == [0, 1, 0, 1, 2, 3])
    #expect(joined.sources.count == 1)
    #expect(try elements(joined.joined(with: numbers(2))) == [0, 1, 0, 1, 2, 3, 0, 1])
  }

  @Test func joiningUnlikeDatasetsSaysWhatDiffers() throws {
    let first = try Dataset(
      Tensor.zeros(Shape([2, 3, 8, 8]), on: loader.backend), loader: loader)
    let second = try Dataset(
      Tensor.zeros(Shape([2, 3, 4, 4]), on: loader.backend), loader: loader)
    let third = try Dataset(
      Tensor.zeros(Shape([2, 3, 8, 8]), on: loader.backend), range: ImageRange(low: 0, high: 1),
      loader: loader)
    let shapes = failure { _ = try first.joined(with: second) }
    #expect(shapes?.message == "cannot join datasets with shapes 3x8x8 and 3x4x4")
    #expect(
      shapes?.notes == [
        "the first is 2 images 3x8x8 rgb, range (-1, 1); "
          + "the second 2 images 3x4x4 rgb, range (-1, 1)"
      ])
    let ranges = failure { _ = try first.joined(with: third) }
    #expect(ranges?.message == "cannot join datasets with ranges (-1, 1) and (0, 1)")
    let channels = failure { _ = try first.joined(with: numbers(1)) }
    #expect(channels?.message == "cannot join datasets with channels rgb and gray")
  }

  @Test func filteringAsksEachItemOnce() throws {
    var asked: [Int] = []
    let even = try numbers(10).filter { image, record in
      let value = try image.ints()[0]
      asked.append(value)
      #expect(try record().name == "a tensor 10x1x1x1[\(value)]")
      return value % 2 == 0
    }
    #expect(asked == Array(0..<10))
    #expect(try elements(even) == [0, 2, 4, 6, 8])
    #expect(asked.count == 10)
  }

  @Test func mappingIsLazyAndKeepsNothing() throws {
    var calls = 0
    let mapped = try numbers(5).map { image in
      calls += 1
      return try Tensor.combine(.multiply, .tensor(image), .scalar(.int(2)))
    }
    #expect(calls == 0)
    #expect(try elements(mapped.take(2)) == [0, 2])
    #expect(try mapped.image(-1).ints() == [8])
    #expect(calls == 3)
  }

  @Test func mapMustGiveAnImage() throws {
    let bad = try numbers(3).map { try $0.reshaped([1]) }
    let failure = failure { _ = try bad.image(1) }
    #expect(
      failure?.message
        == "the function of map must return an image CxHxW; "
        + "for \"a tensor 3x1x1x1[1]\" it returned shape(1)"
    )
  }

  @Test func mapsOfMapsAndFiltersCompose() throws {
    let double = try numbers(6).map { try Tensor.combine(.add, .tensor($0), .tensor($0)) }
    let big = try double.filter { image, _ in try image.ints()[0] >= 6 }
    let more = try big.map { try Tensor.combine(.add, .tensor($0), .scalar(.int(1))) }
    #expect(try elements(more) == [7, 9, 11])
  }

  @Test func aPassCallsFunctionsInTurn() throws {
    var events: [String] = []
    let mapped = try numbers(3).map { image in
      events.append("map \(try image.ints()[0])")
      return image
    }
    var pass = DatasetPass(mapped)
    while let image = try pass.image() { events.append("saw \(try image.ints()[0])") }
    #expect(events == ["map 0", "saw 0", "map 1", "saw 1", "map 2", "saw 2"])
    var plain = DatasetPass(try numbers(150))
    var seen: [Int] = []
    while let image = try plain.image() { seen += try image.ints() }
    #expect(seen == Array(0..<150))
  }

  @Test func mapsDoNotPileUpWithoutEnd() throws {
    var dataset = try numbers(1)
    let failure = failure {
      for _ in 0..<200 { dataset = try dataset.map { $0 }.take(1) }
    }
    #expect(failure?.message == "this dataset is already mapped 100 times")
    #expect(try dataset.image(0).ints() == [0])
  }

  @Test func memoryForEntriesIsAskedFor() throws {
    let small = makeLoader(budget: 100_000)
    let failure = failure {
      var all = try Dataset.faces(.anime, count: 10, loader: small)
      for _ in 0..<40 { all = try all.joined(with: all) }
    }
    #expect(failure?.code == "E-memory")
    #expect(small.budget.live == 0)
    #expect(
      failureCode { _ = try Dataset.faces(.anime, count: 4_000_000_000, loader: small) }
        == "E-memory")
    #expect(
      failureCode { _ = try Dataset.faces(.anime, count: 5_000_000_000, loader: small) }
        == "E-range")
  }

  @Test func batchesCoverOnePass() throws {
    let all = try numbers(7)
    #expect(try all.batchCount(size: 3) == 3)
    #expect(try all.batch(0, size: 3).shape.sizes == [3, 1, 1, 1])
    #expect(try all.batch(-1, size: 3).ints() == [6])
    #expect(
      failure { _ = try all.batch(3, size: 3) }?.message
        == "there is no batch 3 in this pass: its batches are 0 to 2, or -3 to -1")
    #expect(failureCode { _ = try all.batchCount(size: 0) } == "E-range")
  }

  @Test func pairsNeedOneLength() throws {
    let pairs = try PairedDataset(numbers(3), numbers(3))
    let (a, b) = try pairs.images(-1)
    #expect(try [a.ints(), b.ints()] == [[2], [2]])
    #expect(try pairs.batch(1, size: 2).1.ints() == [2])
    let failure = failure { _ = try PairedDataset(numbers(3), numbers(5)) }
    #expect(failure?.message == "pairs need datasets of the same length; these have 3 and 5 items")
    #expect(failure?.suggestion == "pairs(A.take(3), B.take(3))")
  }

  @Test func aTensorThatIsNoBatchIsRefused() throws {
    let failure = failure {
      _ = try Dataset(Tensor.zeros(Shape([3, 8, 8]), on: loader.backend), loader: loader)
    }
    #expect(failure?.message == "a dataset is made from images NxCxHxW, not from 3x8x8")
    #expect(
      failure?.suggestion
        == "dataset(x[none]) for one image CxHxW, dataset(x[:, none]) for N gray ones")
  }
}
