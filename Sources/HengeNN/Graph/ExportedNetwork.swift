// SPDX-License-Identifier: MIT
public import HengeBackend
internal import HengeTensor

/// A network as a graph, with the sizes of its inputs and results.
public struct ExportedNetwork {
  /// The size of an axis.
  public enum Size: Equatable, Sendable {
    /// Always this one.
    case fixed(Int)
    /// Any that the network takes, under a name.
    case open(String)
  }

  /// The operators.
  public let graph: Graph
  /// The axes of the input: `[N, C, H, W]`, or `[N, F]`.
  public let input: [Size]
  /// The axes of the output.
  public let output: [Size]
  /// The axes of the graph's side outputs, in their order.
  public let sides: [[Size]]
  /// By multiples of what number height and width may differ from those of the graph; nil where they are
  /// fixed.
  public let step: Int?
  /// Why height and width are fixed; nil where they are not.
  public let reason: String?
}

extension Layer {
  /// The network as operators of ONNX, for one input of the shape `sample`: `[C, H, W]`, or `[F]`.
  ///
  /// The number of samples is open. Height and width are open too, where the network takes others: that is
  /// tried without computing anything. Images whose sides the network's ``divisor`` does not divide are
  /// padded by operators with constant sizes, as other programs need them, so that such a size is fixed.
  /// Throws `E-shape` for an input that the network does not take, `E-arg` for a layer that cannot be
  /// exported, `E-memory`.
  public func exported(for sample: Shape, on backend: any Backend) throws -> ExportedNetwork {
    let trials = try Trials(of: self, sample)
    let graph = Graph(
      shapes: trials.first.shapes, isSizeOpen: trials.second != nil, on: backend)
    var y = graph.input
    if let fitted = trials.fitted {
      y = graph.padded(
        y, vertical: fitted.rows, horizontal: fitted.columns, isMirrored: true)
    }
    y = try export(y, to: graph)
    if let fitted = trials.fitted, trials.isCropped {
      let (top, left) = (fitted.rows.before, fitted.columns.before)
      y = graph.add(
        "Slice",
        [
          y, graph.ints([top, left], "starts"),
          graph.ints([top + sample[1], left + sample[2]], "ends"), graph.ints([2, 3], "axes"),
        ])
    }
    graph.finish(y)
    return ExportedNetwork(
      graph: graph, input: trials.axes("input") { $0.input },
      output: trials.axes("output") { $0.output },
      sides: graph.sides.map { side in trials.axes(side.value.name) { $0.sides[side.name] } },
      step: trials.step, reason: trials.reason)
  }

  /// Runs the network on an input of the shape `sample` without computing anything; throws `E-shape` where
  /// it does not take it.
  func check(_ sample: Shape) throws { _ = try Trials(of: self, sample) }

  /// A layer made alike on another device, its weights 0.
  ///
  /// Throws `E-arg` for a network of another program, `E-memory`.
  fileprivate func emptied(on backend: any Backend) throws -> Layer {
    if let other = otherPrograms {
      throw Failure(
        "E-arg", "\(other.kind) is a network of another program, and henge writes its own layers",
        parameter: "m")
    }
    var twins: [ObjectIdentifier: Layer] = [:]
    return try twin(&twins, .zeros(on: backend))
  }
}

extension Layer {
  /// The first layer among those given that no kind has made; nil where all are henge's own.
  fileprivate var otherPrograms: Layer? {
    guard let made else { return self }
    return made.given.lazy.compactMap(\.layer.otherPrograms).first
  }
}

/// Runs of a network that compute shapes alone: for the size of a graph, and for another one.
private struct Trials {
  /// The shapes of one run, of a batch of two.
  struct Run {
    let input: Shape
    let output: Shape
    let shapes: [String: (input: Shape, output: Shape)]
    let sides: [String: Shape]
  }

  let first: Run
  private(set) var second: Run?
  private(set) var step: Int?
  private(set) var reason: String?
  /// How the input is padded, for the divisor of the network.
  let fitted: FittedBatch?
  /// Whether the result is cropped to the size of the input.
  let isCropped: Bool
  private static let batch = 2
  /// How many multiples of the divisor are tried, each twice as large.
  private static let attempts = 8

  init(of layer: Layer, _ sample: Shape) throws {
    let device = ShapeBackend(limit: 1 << 42)
    let twin = try layer.emptied(on: device)
    func run(_ sizes: [Int]) throws -> Run {
      let input = try Shape([Trials.batch] + sizes)
      let sides = SideOutputs()
      var shapes: [String: (input: Shape, output: Shape)] = [:]
      let y = try twin(
        .zeros(input, on: device),
        Pass(sides: sides) { path, _, x, y in shapes[path] = (x.shape, y.shape) })
      return Run(
        input: input, output: y.shape, shapes: shapes,
        sides: Dictionary(
          sides.values.map { ($0.name, $0.value.shape) }, uniquingKeysWith: { _, last in last }))
    }
    first = try run(sample.sizes)
    fitted = try FittedBatch(.zeros(first.input, on: device), for: twin)
    isCropped = fitted != nil && first.shapes[""]?.output != first.output
    guard sample.rank == 3 else { return }
    guard fitted == nil else {
      reason =
        "\(sample[1])x\(sample[2]) is not divisible by \(layer.divisor), so images are padded by constant numbers of rows and columns"
      return
    }
    guard !layer.exportsOneSize else {
      reason = "\(layer.kind) resizes images by constant weights"
      return
    }
    for attempt in 0..<Trials.attempts {
      let step = layer.divisor << attempt
      // So much more that results which are smaller than the input are larger, too; and another number along
      // each axis, to distinguish the two.
      let more = (max(64, sample[1], sample[2]) + step - 1) / step * step
      do {
        _ = try run([sample[0], sample[1] + step, sample[2] + step])
        second = try run([sample[0], sample[1] + more, sample[2] + 2 * more])
        self.step = step
        reason = nil
        return
      } catch let failure as Failure where failure.code == "E-shape" {
        reason = reason ?? failure.message
      }
    }
  }

  /// The axes of a result called `name`, whose shape in a run is `shape`.
  func axes(_ name: String, _ shape: (Run) -> Shape?) -> [ExportedNetwork.Size] {
    guard let one = shape(first) else { return [] }
    let other = second.flatMap(shape)
    return one.sizes.enumerated().map { axis, size in
      if axis == 0, size == Trials.batch { return .open("batch") }
      guard let second, let other, other.rank == one.rank, other[axis] != size else {
        return .fixed(size)
      }
      let words = [2: "height", 3: "width"]
      let isInputs =
        axis < first.input.rank && size == first.input[axis] && other[axis] == second.input[axis]
      let word = words[axis] ?? "axis\(axis)"
      return .open(isInputs ? word : "\(name).\(word)")
    }
  }
}
