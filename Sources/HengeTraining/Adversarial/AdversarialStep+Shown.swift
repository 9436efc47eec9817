// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

// What the parts of a step that is made part by part show.

extension AdversarialStep {
  /// The images of all parts.
  func given() throws -> [(name: String, value: PartValue)] {
    try ["real_a", "real_b"].enumerated().map { side, name in
      (name, .tensor(try batch.gathered(states.map { $0.images[side] }, at: words(name))))
    }
  }

  /// What a turn computed, as its part shows it.
  func shown(_ turn: Int) throws -> [(name: String, value: PartValue)] {
    // The same names for each part.
    let made = outcomes[turn]
    func tensors(_ way: Int) throws -> [(name: String, value: PartValue)] {
      try made[0][way].shown.indices.map { index in
        let name = made[0][way].shown[index].name
        let parts = made.map { $0[way].shown[index].value.detached() }
        return (name, .tensor(try batch.gathered(parts, at: words(name))))
      }
    }
    func numbers(_ way: Int) throws -> [(name: String, value: PartValue)] {
      let means = try batch.mean(
        made.map { try $0[way].losses.map { try $0.value.item().double } }, at: words("losses"))
      return zip(made[0][way].losses, means).map { ($0.name, .number($1)) }
    }
    let ways = trainer.method.directions.indices
    guard turns[turn].showsByDirection else {
      return try ways.flatMap(tensors) + ways.flatMap(numbers)
    }
    return try ways.flatMap { try tensors($0) + numbers($0) }
  }
}
