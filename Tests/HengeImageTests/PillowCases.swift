// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeImage
import Testing

/// One line of `Fixtures/manifest.txt`, as `pillow_cases.py` writes it.
struct PillowCase: CustomTestStringConvertible, Sendable {
  let words: [String]
  let expected: [UInt8]

  var kind: String { words[0] }
  var name: String { words[1] }
  var testDescription: String { words.dropLast(2).joined(separator: " ") }

  func number(_ index: Int) -> Int { Int(words[index]) ?? -1 }
  var height: Int { number(2) }
  var width: Int { number(3) }
  var channels: Int { number(4) }
  var outHeight: Int { number(5) }
  var outWidth: Int { number(6) }
}

/// The committed files of this test target.
enum Fixtures {
  static let folder =
    #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    + "/Fixtures"

  static let cases = cases(in: folder)

  /// Files in other formats, as `format_cases.py` writes them.
  static let formats = cases(in: formatsFolder)
  static let formatsFolder = folder + "/Formats"

  private static func cases(in folder: String) -> [PillowCase] {
    let budget = MemoryBudget(limit: 10_000_000)
    guard
      let manifest = try? readRegularFile("\(folder)/manifest.txt", budget: budget),
      let expected = try? readRegularFile("\(folder)/expected.bin", budget: budget)
    else { return [] }
    return String(decoding: manifest, as: UTF8.self).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard let start = Int(words[words.count - 2]), let count = Int(words[words.count - 1]) else {
        return nil
      }
      return PillowCase(words: words, expected: Array(expected[start..<start + count]))
    }
  }

  static func cases(_ kinds: String...) -> [PillowCase] { cases.filter { kinds.contains($0.kind) } }

  static func bytes(_ name: String) throws -> [UInt8] {
    try readRegularFile("\(folder)/\(name)", budget: MemoryBudget(limit: 10_000_000))
  }

  /// The noise that the script resizes: a linear congruential generator's.
  static func noise(_ count: Int, seed: Int) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = (state * 1_103_515_245 + 12345) % (1 << 31)
      return UInt8(state >> 16 & 255)
    }
  }

  static func picture(_ height: Int, _ width: Int, _ channels: Int) -> Pixels {
    Pixels(
      height: height, width: width, channels: channels,
      bytes: noise(height * width * channels, seed: 1))
  }

  /// A new folder under /tmp, removed with its files when `body` returns.
  static func inFolder(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/henge-image-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer {
      if let stream = opendir(folder) {
        while let entry = readdir(stream) {
          withUnsafeBytes(of: &entry.pointee.d_name) { name in
            _ = remove("\(folder)/\(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))")
          }
        }
        closedir(stream)
      }
      rmdir(folder)
    }
    try body(folder)
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    let file = try #require(fopen(path, "wb"))
    defer { fclose(file) }
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }
}
