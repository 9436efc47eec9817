// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// The values that every built-in meets, by kind: the ends of each type, the empty, the huge, the
/// deep and the broken.
struct FuzzPalette {
  struct Entry {
    /// How a program writes it: a literal, or the name of a global.
    let text: String
    let kind: String
    let value: Value
  }

  private(set) var entries: [Entry] = []
  /// The kinds in the order in which they were first met, and their entries.
  private(set) var kinds: [String] = []
  private(set) var byKind: [String: [Int]] = [:]
  /// What programs name, to be defined in every session.
  private(set) var globals: [(name: String, value: Value)] = []

  /// Evaluates all values in `interpreter`; those that cannot be made are left out.
  init(_ interpreter: Interpreter) {
    func value(_ code: String) -> Value? {
      let source = Source(name: "values", text: Array(code.utf8))
      guard let program = try? Parser.parse(source) else { return nil }
      guard let value = try? interpreter.run(program) else { return nil }
      if case .undefined = value { return nil }
      return value
    }
    for text in FuzzPalette.literals {
      if let value = value(text) { add(text, value) }
    }
    for (index, code) in FuzzPalette.domain.enumerated() {
      if let value = value(code) { addGlobal("v\(index)", value) }
    }
    // A kind of value that only a new built-in makes is found among the examples.
    for builtin in interpreter.library.builtins where !isKnown(builtin.result) {
      for example in builtin.examples {
        guard let value = value(example.code), byKind[FuzzPalette.kind(of: value)] == nil else {
          continue
        }
        addGlobal("e\(globals.count)", value)
      }
    }
  }

  /// Whether values of the type that a built-in says it gives are there already.
  private func isKnown(_ result: String) -> Bool {
    let name = String(result.prefix { $0 != " " })
    return byKind[name] != nil || name == "tensor" || name == "any"
  }

  private mutating func addGlobal(_ name: String, _ value: Value) {
    add(name, value)
    globals.append((name, value))
  }

  private mutating func add(_ text: String, _ value: Value) {
    let kind = FuzzPalette.kind(of: value)
    if byKind[kind] == nil { kinds.append(kind) }
    byKind[kind, default: []].append(entries.count)
    entries.append(Entry(text: text, kind: kind, value: value))
  }

  /// The kind, which for tensors is told apart by the type of the elements.
  static func kind(of value: Value) -> String {
    guard case .object(let object) = value, object.kind == "tensor" else { return value.kind }
    return "tensor of \(object.brief.prefix { $0 != " " })"
  }

  /// The text of some value of `kind`.
  func text(of kind: String, _ dice: inout FuzzDice) -> String {
    dice.element(of: byKind[kind] ?? []).map { entries[$0].text } ?? "none"
  }

  /// The text of some value.
  func text(_ dice: inout FuzzDice) -> String {
    // By kind first, so that the many numbers do not crowd out the datasets.
    text(of: dice.pick(kinds), &dice)
  }

  // MARK: The values

  private static let infinity = "(1e308 * 10)"

  private static let literals: [String] =
    [
      "none", "true", "false",
      "0", "1", "-1", "2", "3", "7", "64", "255", "-2", "-9223372036854775808",
      "9223372036854775807", "9007199254740993", "4294967296", "2147483648", "65536", "100000",
      "0.5", "-0.0", "-1.5", "1e308", "-1e308", "5e-324", "9.3e18", "-9.3e18", "2.5", "0.1",
      infinity, "-\(infinity)", "(\(infinity) - \(infinity))",
    ] + strings.map(quoted) + [
      "()", "[0]", "[1, 2, 3]", "[1.5, -2]", "[\"b\", \"a\"]", "[[1, 2], [3, 4]]", "[[], [1]]",
      "[true, false]", "[none]", "[0, 2, 1]", "[-1, 5]", "[(\(infinity) - \(infinity)), 1, 0.5]",
      "[9223372036854775807, -9223372036854775808]", "[(a=1)]", "[zeros(2x2), ones(2x2)]",
      "[x => x]", "[-1, 1]", "[[0] * 3] * 3", "[1, \"a\", none]",
      "(a=1)", "(a=1, b=\"x\")", "(**(a=1))", "(a=eye(2), b=(c=ones(3)))", "(lr=none, name=true)",
      "(a=[1, 2], b=[\"x\", \"y\"])",
      "(0..3)", "(0..0)", "(5..0 by -2)", "(0..9223372036854775807)",
      "(-9223372036854775808..0 by 9223372036854775807)", "(0..100000)",
      "(9223372036854775807..-9223372036854775808 by -9223372036854775808)",
      "2x3", "3x8x8", "8x8", "shape()", "shape(0, 3)", "shape(1)", "shape(5)", "1x1x1x1",
      "60000x60000x3", "shape(0, 9223372036854775807)", "shape(9223372036854775807)",
      "1x2x1x2x1x2x1x2x1x2",
      "(x => x)", "(() => 1)", "((x, y=2) => [x, y])", "(x => fail(\"no\"))", "abs", "len",
      "(x => x * 2)", "((a, b) => a)", "(x => x > 0)", "(x => \"a\")", "((*, q) => q)",
      "(x => x[0])", "print", "zeros",
    ]

  static let strings = [
    "", "a", "é", "e\u{301}👩‍👩‍👧", "nan", "3x4", "axis", "{}", "\u{0}", "\n", "a.npy", "b.npz",
    "c.safetensors", "d.png", "t.csv", "t.safetensors", "m.safetensors", "e.safetensors",
    "half.npy", "half.npz", "half.safetensors",
    "half.png", "half.csv", "half-t.safetensors", "faces", "half", "empty.png", "pipe", "loop",
    "zero", ".", "..", "no/such", "out.npy", "out.npz", "out.png", "out.csv", "out.safetensors",
    "lib.henge", "self.henge", "wrong.henge", "f32", "u8", "bool", "paper", "rgb", "bilinear",
    "anime", "photo", "skip", "crop", ",", "1", "-9223372036854775808", "1e999", "0x10", "%d",
    "E-shape", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  ]

  private static func quoted(_ text: String) -> String { Value(text).representation }

  /// Values that are made once and named, as they cost time or have state.
  private static let domain: [String] = [
    "predictor(\"three_points.dat\")", "cascade(\"lbp_depth1.xml\")",
    "zeros(3x8x8)", "ones(shape(2))", "tensor(1.5)", "zeros(shape(0, 3))", "zeros(shape())",
    "tensor([1, 2, 3])", "tensor([\(infinity), -\(infinity), \(infinity) - \(infinity)])",
    "rand(2x3)", "eye(3)", "rand(3x8x8)[:, ::-2]", "zeros(64x3x8x8)", "randn(300x300)",
    "rand(1x1x1x1x1x1x1x1)", "tensor([-0.0, 1e38, 1e-40])", "rand(4x3x16x16) * 2 - 1",
    "f64(rand(2x3))", "f64(0.5)", "f64(zeros(shape(0)))", "f64([1e308, -1e308, 5e-324])",
    "u8([0, 1, 255])", "u8(zeros(3x8x8))", "u8(7)", "u8(zeros(shape(3, 0)))",
    "i64([0, 1, 2])", "i64([9223372036854775807, -9223372036854775808, -1])", "i64(-1)", "i64(1)",
    "i64([[0, 1], [1, 0]])", "i64(zeros(shape(0)))",
    "bool([true, false, true])", "bool(zeros(3x8x8))", "bool(1)", "rand(2x3) > 0.5",
    "bool(zeros(shape(0)))",
    "faces(\"anime\", 3, size=16x16)", "faces(\"photo\", 12, size=8x8)",
    "faces(\"anime\", 3, size=16x16).take(0)", "images(\"faces\", errors=\"skip\")",
    "images(\"faces\", size=8x8, channels=\"gray\")",
    "faces(\"anime\", 4, size=8x8).map(x => x * 2)",
    "faces(\"anime\", 4, size=8x8).map(x => 1)", "faces(\"anime\", 4, size=8x8).filter(x => false)",
    "faces(\"anime\", 1000000)", "pairs(faces(\"anime\", 3), faces(\"photo\", 3))",
    "faces(\"anime\", 5, size=8x8).batches(2)", "faces(\"anime\", 3, size=8x8).summary()",
    "table(a=[1, 2], b=[\"x\", \"y\"])", "table(\"t.csv\")", "table(a=())",
    "difference_vector(faces(\"anime\", 4, size=8x8), faces(\"photo\", 4, size=8x8), batch=2)",
    "difference_vector(faces(\"anime\", 4, size=8x8), faces(\"photo\", 4, size=8x8), rule=\"paper\", lr=1e300, keep=1)",
    "conv(3, 2)", "sequential(conv(3, 4, padding=1), relu(), instance_norm(4))", "linear(3, 2)",
    "resnet_generator(base=2, blocks=1)", "patchgan(base=2, layers=1)", "relu()", "sequential()",
    "m = conv(3, 2); freeze(m); m", "adam(conv(3, 2))",
    "sgd([conv(1, 1), linear(2, 2)], momentum=0.5)",
    "snapshot(conv(1, 1))",
    "encoder_decoder_trainer(faces(\"anime\", 3, size=8x8), faces(\"photo\", 3, size=8x8), batch=2, epochs=1)",
    "cyclegan(faces(\"anime\", 3, size=12x12), faces(\"photo\", 3, size=12x12), base=1, blocks=0, layers=1, pool=1, epochs=2)",
    "fit(conv(3, 3, padding=1), faces(\"anime\", 3, size=8x8), batch=2, epochs=1)",
    "fit(conv(3, 3), faces(\"anime\", 2, size=8x8), lr=1e300, loss=(a, b) => a.mean())",
    "rng(\"a\")", "snapshot(rng(\"a\"))",
    "snapshot(difference_vector(faces(\"anime\", 4, size=8x8), faces(\"photo\", 4, size=8x8)))",
    "import \"lib.henge\" as lib; lib",
    "x = []; repeat 998 { x = [x] }; x", "x = (a=1); repeat 500 { x = (a=x) }; x",
    "x = x => x; repeat 300 { y = x; x = a => y(a) }; x",
    "fn down(n) { return if n > 0 { 1 + down(n - 1) } else { 0 } }; down",
    "fn forever(x) { return forever(x) }; forever", "fn back(x) { return [x].map(back) }; back",
    "[0.5] * 100000", "\"é\" * 100000", "list(0..3000)",
    "x = []; repeat 12 { x = [x, x] }; x",
  ]
}
