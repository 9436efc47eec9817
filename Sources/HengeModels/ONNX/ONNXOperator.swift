// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeFiles
internal import HengeTensor

/// An operator of ONNX, declared in one place: its inputs, its options, and what computes it.
///
/// What it computes it composes of tensor operations, so every device runs it. The reader, its errors, the
/// documentation's list and the tests over all operators follow from the declarations.
struct ONNXOperator: Sendable {
  /// Computes the results from the inputs.
  typealias Function = (ONNXCall) throws -> [Tensor]

  /// Its name in the format: `Conv`.
  let name: String
  /// The names of its inputs, under which the weights among them are found.
  let inputs: [String]
  /// How many of them must be there.
  let required: Int
  /// Whether the last input may be repeated.
  let isVariadic: Bool
  /// The options that it takes.
  let options: [String]
  /// Looks at the options, and returns what computes.
  let make: @Sendable (ONNXOptions) throws -> Function

  /// Declares an operator; by default all of its inputs are required.
  init(
    _ name: String, _ inputs: [String] = ["x"], required: Int? = nil, isVariadic: Bool = false,
    options: [String] = [], make: @escaping @Sendable (ONNXOptions) throws -> Function
  ) {
    self.name = name
    self.inputs = inputs
    self.required = required ?? inputs.count
    self.isVariadic = isVariadic
    self.options = options
    self.make = make
  }

  /// An operator with one result and no options.
  static func plain(
    _ name: String, _ inputs: [String] = ["x"],
    _ function:
      @escaping @Sendable (ONNXCall) throws
      -> Tensor
  ) -> ONNXOperator {
    ONNXOperator(name, inputs) { _ in { [try function($0)] } }
  }

  /// Every operator that runs.
  static let all: [ONNXOperator] =
    convolutions + products + normalizations + activations + pooling + resizing + shaping + joining
    + choosing + arithmetic + comparing + reductions + constants

  /// By name.
  static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}

extension ONNXGraph {
  /// The names of the operators that henge runs, in alphabetical order.
  public static var operators: [String] { ONNXOperator.all.map(\.name).sorted() }
}

/// What an operator is run with.
struct ONNXCall {
  /// The inputs; nil for one that is left out.
  let inputs: [Tensor?]
  /// The device.
  let backend: any Backend
  /// Whether the run is in double precision, whatever the file says.
  var isPrecise = false
  /// The function that is applied to the result on the way.
  var activation = Activation.none
  /// The padding of the first input that is done on the way.
  var padding: ONNXPadding?

  /// The input at `index`; throws `E-file` where it is left out.
  func callAsFunction(_ index: Int) throws -> Tensor {
    guard let input = optional(index) else {
      throw Failure("E-file", "its input \(index + 1) is missing")
    }
    return input
  }

  /// The input at `index`, if there is one.
  func optional(_ index: Int) -> Tensor? { index < inputs.count ? inputs[index] : nil }

  /// The integers of the input at `index`; nil where it is left out.
  func ints(_ index: Int) throws -> [Int]? { try optional(index)?.ints() }

  /// All inputs that are there.
  var all: [Tensor] { inputs.compactMap(\.self) }
}

/// The options of a node.
struct ONNXOptions {
  let node: ONNXNode
  /// The version of the operators' meaning.
  let opset: Int

  /// An option as `read` takes it, or `initial` where it is not set.
  private func value<T>(
    _ name: String, _ kind: String, _ read: (ONNXAttribute.Value) -> T?
  ) throws -> T? {
    guard let attribute = node.attributes.first(where: { $0.name == name }) else { return nil }
    guard let value = read(attribute.value) else {
      throw refused("its option `\(name)` is not \(kind)")
    }
    return value
  }

  func int(_ name: String) throws -> Int? {
    try value(name, "an integer") { if case .int(let value) = $0 { value } else { nil } }
  }

  func int(_ name: String, _ initial: Int) throws -> Int { try int(name) ?? initial }

  func flag(_ name: String, _ initial: Bool = false) throws -> Bool {
    try int(name, initial ? 1 : 0) != 0
  }

  func num(_ name: String) throws -> Double? {
    try value(name, "a number") { if case .float(let value) = $0 { Double(value) } else { nil } }
  }

  func num(_ name: String, _ initial: Double) throws -> Double { try num(name) ?? initial }

  func text(_ name: String, _ initial: String) throws -> String {
    try value(name, "a word") { if case .text(let value) = $0 { value } else { nil } } ?? initial
  }

  func ints(_ name: String) throws -> [Int]? {
    try value(name, "a list of integers") { if case .ints(let values) = $0 { values } else { nil } }
  }

  func floats(_ name: String) throws -> [Float]? {
    try value(name, "a list of numbers") {
      switch $0 {
      case .floats(let values): values
      case .ints(let values) where values.isEmpty: []
      default: nil
      }
    }
  }

  func tensor(_ name: String) throws -> ArrayData? {
    try value(name, "an array") { if case .tensor(let value) = $0 { value } else { nil } }
  }

  /// One of `words`; throws `E-file` for another.
  func choice(_ name: String, _ initial: String, _ words: [String]) throws -> String {
    let word = try text(name, initial)
    guard words.contains(word) else {
      throw refused(
        "its option `\(name)` is \"\(shortened(word))\"; henge has \(words.map { "\"\($0)\"" }.joined(separator: ", "))"
      )
    }
    return word
  }

  /// Throws where more results are wanted than the first `count`; `words` say what the others are.
  func refuseResults(after count: Int, _ words: String) throws {
    guard node.outputs.dropFirst(count).allSatisfy(\.isEmpty) else {
      throw refused("it returns \(words), which henge does not compute")
    }
  }

  /// A failure of this node, which the reader of the network says the place of.
  func refused(_ reason: String, suggestion: String? = nil) -> Failure {
    Failure("E-file", reason, suggestion: suggestion)
  }
}
