// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeImage
import HengeThreads
import Testing

@Suite struct ReadPicturesTests {
  let budget = MemoryBudget(limit: 200_000_000)
  let layout = PictureLayout(size: PictureSize(height: 16, width: 20), channels: .rgba)

  @Test func readsInOrderWithAnyNumberOfThreads() throws {
    let names = ["grey.jpg", "no-such.png", "rgb16.png", "cmyk.jpg", "rgb420.jpg", "palette2.png"]
    let paths = (0..<40).map { "\(Fixtures.folder)/\(names[$0 % names.count])" }
    let one = try readPictures(paths, as: layout, pool: Pool(threads: 1), budget: budget)
    #expect(one == (try readPictures(paths, as: layout, pool: Pool(threads: 3), budget: budget)))
    let reader = PictureReader(budget: budget)
    for (path, result) in zip(paths, one) {
      switch result {
      case .success(let pixels): #expect(pixels == (try reader.read(path, as: layout)))
      case .failure(let failure): #expect(failure.message.hasPrefix("\"\(path)\": "))
      }
    }
    #expect(
      one.map { (try? $0.get()) != nil }
        == paths.map { !$0.contains("no-such") && !$0.contains("cmyk") })
    #expect(budget.live == 0)
  }

  @Test func stopsWhenAsked() throws {
    let interrupt = Interrupt()
    interrupt.request()
    #expect(throws: Interrupted.self) {
      try readPictures(
        ["\(Fixtures.folder)/grey.jpg"], as: layout, pool: Pool(threads: 1), budget: budget,
        interrupt: interrupt)
    }
  }

  @Test func everyRealFaceDecodes() throws {
    let root = Fixtures.folder.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" }
    let folders = ["anime", "human", "scenes"].map { "\(root)/shared/data/faces/\($0)" }
    let paths = folders.flatMap { folder in names(in: folder).map { "\(folder)/\($0)" } }
    guard !paths.isEmpty else {
      print("skipped: there is no ../shared/data/faces")
      return
    }
    let results = try readPictures(
      paths, as: PictureLayout(size: PictureSize(height: 8, width: 8)), pool: Pool(threads: 2),
      budget: budget)
    let failures = results.compactMap { result -> Failure? in
      if case .failure(let failure) = result { failure } else { nil }
    }
    #expect(failures == [])
    #expect(results.count == paths.count)
  }

  func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".jpg") || name.hasSuffix(".png") { names.append(name) }
    }
    return names.sorted()
  }
}
