// SPDX-License-Identifier: MIT
@testable import HengeTraining
import Testing

@Suite struct DivergenceTests {
  @Test(arguments: [
    (first: 0.3, later: 1e8 + 1, isFound: true), (first: 0.3, later: 1e8, isFound: true),
    (first: 0.3, later: 2e5, isFound: false), (first: 0.3, later: 4e5, isFound: true),
    (first: 1e-9, later: 9_999, isFound: false), (first: 1e-9, later: 10_001, isFound: true),
    (first: 20_000, later: 9e7, isFound: false), (first: 20_000, later: -2e8, isFound: true),
    (first: .nan, later: .nan, isFound: false), (first: .nan, later: 1e5, isFound: false),
    (first: .nan, later: 2e8, isFound: true), (first: 0, later: 1e5, isFound: false),
  ])
  func aLossFarBeyondItsFirstValueIsFound(first: Double, later: Double, isFound: Bool) {
    let found = Divergence(7, [1, later], [1, first], ["a", "b"])
    #expect((found != nil) == isFound)
    guard let found else { return }
    #expect((found.step, found.name, found.value) == (7, "b", later))
  }
}
