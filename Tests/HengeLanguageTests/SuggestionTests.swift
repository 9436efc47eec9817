// SPDX-License-Identifier: MIT

@testable import HengeLanguage
import Testing

struct SuggestionTests {
  static let names = [
    "mean", "median", "min", "max", "maximum", "reshape", "resize", "relu", "std", "sum", "var",
    "conv", "conv_transpose", "save_png", "learning_rate", "x", "Mean",
  ]

  @Test(arguments: [
    ("meen", "mean"), ("maen", "mean"), ("mea", "mean"), ("means", "mean"), ("resahpe", "reshape"),
    ("reshaep", "reshape"), ("MEAN", "Mean"), ("savepng", "save_png"),
    ("convtranspose", "conv_transpose"),
    ("learnig_rat", "learning_rate"), ("Sum", "sum"), ("X", "x"), ("conb", "conv"),
  ]) func nearNames(typed: String, meant: String) {
    #expect(Suggestion.closest(to: typed, among: SuggestionTests.names) == meant)
  }

  @Test(arguments: ["", "zzzz", "y", "q", "median_filter", "q_transpose_me"])
  func farNames(typed: String) {
    #expect(Suggestion.closest(to: typed, among: SuggestionTests.names) == nil)
  }

  @Test func theNameItselfIsNoSuggestion() {
    #expect(Suggestion.closest(to: "sum", among: ["sum"]) == nil)
    #expect(Suggestion.closest(to: "ab", among: ["abd", "abc"]) == "abc")
    #expect(Suggestion.closest(to: "Sum", among: ["SUM", "sum"]) == "sum")
    #expect(Suggestion.closest(to: "abce", among: ["abcg", "abcf"]) == "abcf")
  }

  @Test func distancesAreNumbersOfEdits() {
    func distance(_ a: String, _ b: String) -> Int? {
      Suggestion.distance(Array(a.utf8), Array(b.utf8), limit: 20)
    }
    #expect(distance("abc", "abc") == 0)
    #expect(distance("abc", "acb") == 1)
    #expect(distance("abc", "Abc") == 1)
    #expect(distance("", "abc") == 3)
    #expect(distance("kitten", "sitting") == 3)
    #expect(distance("ca", "abc") == 3)
  }

  @Test func twoThousandNamesAreSearched() {
    let names = (0..<2_000).map { "name_\($0 * 7919 % 10_007)_of_things" }
    let started = ContinuousClock.now
    #expect(Suggestion.closest(to: "nmae_7919_of_thigns", among: names) == "name_7919_of_things")
    #expect(started.duration(to: .now) < .seconds(2))
  }
}
