// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeImage
import HengeTensor
import Testing

@testable import HengeData

/// Real pictures, where the test data is there.
@Suite(.enabled("there is no ../shared/data") { sharedData != nil })
struct RealDataTests {
  let data = sharedData ?? ""

  @Test func thePapersDrawingsAreSixtyFourSquare() throws {
    let loader = makeLoader()
    let dataset = try Dataset.images("\(data)/paper/anime", loader: loader)
    #expect(dataset.count == 1500)
    #expect(try dataset.name(of: 1499) == "\(data)/paper/anime/01499.png")
    let summary = try dataset.summary()
    #expect(summary.shapes == [DatasetSummary.Tally(name: "3x64x64", count: 1500)])
    #expect(summary.formats == [DatasetSummary.Tally(name: "PNG", count: 1500)])
    #expect(summary.bytes == 1500 * 12288)
    let mean = try dataset.mean()
    let slow = try dataset.tensor().cast(to: .f64).mean([0])
    let worst = zip(try mean.doubles(), try slow.doubles()).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-7)
    #expect(loader.cache.count == 1500)
  }

  @Test func photographsOfEverySizeBecomeOne() throws {
    let loader = makeLoader()
    let dataset = try Dataset.images(
      "\(data)/faces/human", layout: PictureLayout(size: PictureSize(height: 64, width: 64)),
      loader: loader)
    #expect(dataset.count == 1006)
    #expect(try dataset.tensor().shape.sizes == [1006, 3, 64, 64])
    let own = try Dataset.images("\(data)/faces/human", loader: loader).summary()
    #expect(
      own.shapes == [
        .init(name: "3x80x80", count: 500), .init(name: "3x200x200", count: 340),
        .init(name: "3x64x64", count: 140), .init(name: "3x218x178", count: 26),
      ])
    #expect(own.formats == [.init(name: "JPEG", count: 866), .init(name: "PNG", count: 140)])
  }

  @Test func theKnownPairOfNearlyEqualDrawingsIsFound() throws {
    let dataset = try Dataset.images("\(data)/faces/anime", loader: makeLoader())
    let groups = try dataset.duplicates()
    let names = try groups.map { try $0.indices.map { try dataset.name(of: $0) } }
    #expect(
      names == [
        [
          "\(data)/faces/anime/getchu64_21251_2008.jpg",
          "\(data)/faces/anime/getchu64_25210_2009.jpg",
        ]
      ])
    #expect(try Dataset.images("\(data)/faces/human", loader: makeLoader()).duplicates() == [])
  }

  @Test func theLandmarkTableIsRead() throws {
    let table = try Table(
      reading: "\(data)/faces/landmarks_human.csv", budget: MemoryBudget(limit: 10_000_000))
    #expect(table.count == 526)
  }
}
