// SPDX-License-Identifier: MIT

/// Draws entries of a session, among them some that fail and some that Ctrl-C stops.
public struct EntryTypist {
  private var random: SplitMix
  private let hasNetworks: Bool

  /// A typist whose entries depend on `seed` alone; with `hasNetworks` they also train a CycleGAN.
  public init(seed: UInt64, hasNetworks: Bool = false) {
    random = SplitMix(state: seed)
    self.hasNetworks = hasNetworks
  }

  /// The entries with which the session begins, which the others need.
  public var beginnings: [String] {
    [
      "A = faces(\"anime\", 6, size=8x8); B = faces(\"photo\", 6, size=8x8)",
      "t = difference_vector(A, B, batch=4); r = rng(\"mine\"); x = 0; y = 0; l = [0]",
    ]
      + (hasNetworks
        ? [
          "C = faces(\"anime\", 3, size=16x16); D = faces(\"photo\", 3, size=16x16)",
          "g = cyclegan(C, D, base=2, blocks=0, layers=1, pool=2, val=[C.take(2), D.take(2)])",
        ] : [])
  }

  /// A number from 0 up to `count`, which is left out.
  public mutating func number(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

  private mutating func pick(_ choices: [String]) -> String { choices[number(choices.count)] }

  /// A statement that ends well.
  private mutating func statement() -> String {
    let (a, b) = (number(9), number(4))
    var choices = [
      "x = \(a); y += x", "l += [\(a)]", "l[0] = \(a)", "w = rand(\(b + 1))", "rand(2)",
      "v = rand(3, rng=r)", "ans", "t.step(\(b))", "t.lr = 0.\(a + 1)", "round(0.5)",
      "q = t.count + y", "s = snapshot(t)", "t.step(\(a), every=2, watch=t => { rand(1); none })",
    ]
    if hasNetworks {
      choices += [
        "g.step(\(b))", "g.lr = 1e-\(a + 1)", "g.step(\(b), log=t => (n=t.count), best=\"n\")",
        "g.step(\(b), every=2)", "g.record((k=\(a)))",
      ]
    }
    return pick(choices)
  }

  /// A statement that may fail, or that Ctrl-C may stop, somewhere within.
  private mutating func hazard() -> String {
    let (a, b) = (number(6), number(6))
    let trainer = hasNetworks && number(2) == 0 ? "g" : "t"
    let fails = pick(["nope", "fail(\"no\")", "round(1.5)", "x = \"a\" + 1", "round(2.5)"])
    return pick(
      [
        "nope", "fail(\"no\")", "while true { round(1.5) }",
        "for i in 0..\(a) { \(statement()); if i == \(b) { \(fails) }; \(statement()) }",
        "repeat \(a) { \(statement()); \(trainer).step(2); if t.count % 3 == \(b) { \(fails) } }",
        "\(trainer).step(\(a + b), every=2, watch=t => { if t.count % 4 == \(b) { \(fails) }; none })",
        "\(trainer).step(\(a + b), every=3, watch=t => { rand(1); round(1.5); none })",
        "if true { \(statement()); \(statement()); \(fails) }",
        "t.step(2); \(statement()); \(fails); \(statement())",
      ]
        + (hasNetworks
          ? [
            "g.step(\(a + b), every=2, log=t => { if t.count % 4 == \(b) { \(fails) }; (n=rand(1).item()) }, best=\"n\")",
            "g.step(\(a + b), every=2, log=t => (n=rand(1).item()), watch=t => { round(0.5); none })",
          ] : []))
  }

  /// An entry of one to three statements; calls of `round` are where Ctrl-C may come.
  public mutating func entry() -> String {
    let statements = (0..<(number(3) + 1)).map { _ in number(2) == 0 ? hazard() : statement() }
    return statements.joined(separator: number(2) == 0 ? "; " : "\n")
  }
}

private struct SplitMix {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return (z ^ (z >> 31)) >> 1
  }
}
