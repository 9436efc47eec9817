// SPDX-License-Identifier: MIT
import Testing

@testable import HengeLanguage

@Suite("Formats")
struct FormatTests {
  /// A line of `FormatGolden/cases.txt`, which `FormatGolden/generate.py` writes.
  struct Case {
    let value: Value
    let specification: String
    let expected: String

    init?(_ line: String) {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 4 else { return nil }
      switch parts[0] {
      case "int": value = Int(parts[1]).map(Value.int) ?? .none
      case "num": value = UInt64(parts[1]).map { .num(Double(bitPattern: $0)) } ?? .none
      default: value = Value(parts[1])
      }
      specification = parts[2]
      expected = parts[3]
    }
  }

  static var cases: [Case] {
    let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let bytes = contents(of: "\(folder)/FormatGolden/cases.txt") ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap {
      Case(String($0))
    }
  }

  @Test("Numbers and strings are formatted as Python formats them")
  func golden() throws {
    let cases = FormatTests.cases
    #expect(cases.count > 1_000)
    var differing: [String] = []
    for test in cases {
      let result: String
      do {
        if test.specification == "repr", case .num(let num) = test.value {
          result = num.shortestText
        } else {
          result = try test.value.formatted(FormatSpecification(test.specification))
        }
      } catch { result = "\(error)" }
      if result != test.expected {
        differing.append(
          "\(test.value.representation):\(test.specification) -> \(result) not \(test.expected)")
      }
    }
    #expect(differing.isEmpty, "\(differing.prefix(40).joined(separator: "\n"))")
  }
}
