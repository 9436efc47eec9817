// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage

/// An independent random stream, as a handle.
final class RandomHandle: Object, ObjectConvertible, Handle, Displayed {
  var stream: RandomStream

  init(_ stream: RandomStream) { self.stream = stream }

  override class var kind: String { "rng" }
  override var brief: String { text }

  /// What `snapshot` returns: the stream at its position.
  typealias State = Snapshot<RandomHandle, RandomStream>

  func snapshot() throws -> Object {
    State(of: self, stream, [], text: "an rng at position \(stream.position)")
  }

  func restore(_ state: Object) throws {
    stream = try State.state(in: state, of: self, kind: "rng", named: "r")
  }

  var text: String { "rng \"\(stream.name)\" @\(stream.position) seed \(stream.seed)" }
}

/// Built-ins about randomness.
func randomness(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "seed", "Sets the seed and restarts every random stream. A session starts with seed 0.",
      Parameter("n", "The seed, 0 or larger."),
      examples: [
        Example(
          """
          seed(7)
          a = rand(3)
          seed(7)
          all(a == rand(3))
          #=> true
          """)
      ],
      seeAlso: ["rng", "rand"], errors: ["E-range"]
    ) { (n: Int) in
      guard let seed = UInt64(exactly: n) else {
        throw Failure("E-range", "a seed must be 0 or larger, not \(n)", parameter: "n")
      }
      session.restartStreams(seed: seed)
      return Nothing.nothing
    }.alsoCalled("random seed", "manual seed", "reproducibility"),
    Builtin(
      "rng", "Makes an independent random stream. Drawing from it does not change other streams.",
      Parameter(
        "name", "Name of the stream. Streams with the same name and seed draw the same numbers."),
      examples: [Example("rand(2, rng=rng(\"noise\")).shape", gives: "shape(2)")],
      seeAlso: ["seed", "rand", "randn"]
    ) { (name: String) in
      RandomHandle(RandomStream(seed: session.streams.seed, name: "user." + name))
    },
  ]
}
