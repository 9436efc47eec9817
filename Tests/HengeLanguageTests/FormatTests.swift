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

  @Test("Decimals in 64 bits are rounded as all digits of the number are")
  func decimals() throws {
    var state: UInt64 = 7
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 11
    }
    var numbers = [
      0, 0.5, 1.5, 2.5, 0.125, 9.5, 99.5, 0x1p53, 0x1p62, 0x1.fffffffffffffp62,
      .leastNonzeroMagnitude,
    ]
    // Powers of two times whole numbers, many of which are halves at some decimal.
    for _ in 0..<2_000 {
      numbers.append(
        Double(next()) * Double(sign: .plus, exponent: -Int(next() % 170), significand: 1))
      numbers.append(Double(next() % 100_000) / 64)
    }
    for number in numbers {
      for decimals in [0, 1, 2, 3, 6, 17, 18] {
        guard let short = FixedDecimal(number, decimals: decimals) else {
          #expect(number >= 0x1p63)
          continue
        }
        var exact = ExactDecimal(number)
        exact.round(decimals: decimals)
        let (whole, fraction) = exact.fixed(decimals: decimals)
        let digits = String(short.fraction)
        let zeros = String(repeating: "0", count: max(0, decimals - digits.utf8.count))
        #expect(String(short.whole) == whole)
        #expect(decimals == 0 ? fraction.isEmpty : zeros + digits == fraction)
      }
    }
    #expect(FixedDecimal(0x1p63, decimals: 0) == nil)
    #expect(FixedDecimal(1, decimals: 19) == nil)
  }
}
