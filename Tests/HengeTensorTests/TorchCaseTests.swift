// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeTensor
import HengeTestSupport
import Testing

/// What PyTorch gives for small cases, forward and backward: `torch_cases.py` wrote it.
@Suite struct TorchCaseTests {
  typealias Run = (_ operands: [Tensor], _ more: [String: Tensor]) throws -> Tensor

  @Test(arguments: TestedBackend.all)
  func `results and gradients are PyTorch's`(_ tested: TestedBackend) throws {
    let arrays = try Self.arrays(on: tested.make())
    let runs = Self.convolutions + Self.norms + Self.resizing + Self.elements + Self.losses
    let names = Set(arrays.keys.map { String($0.prefix { $0 != "/" }) })
    #expect(names.filter { !$0.hasPrefix("adam") } == Set(runs.map(\.0)))
    for (name, run) in runs {
      let own = Dictionary(
        uniqueKeysWithValues: arrays.filter { $0.key.hasPrefix(name + "/") }.map {
          (String($0.key.dropFirst(name.count + 1)), $0.value)
        })
      var operands: [Tensor] = []
      while let operand = own["in\(operands.count)"] { operands.append(operand.onTape()) }
      let y = try run(operands, own)
      let seed = try #require(own["seed"])
      let want = try #require(own["out"])
      #expect(y.shape == want.shape, "\(name)")
      #expect(try distance(y.detached().doubles(), want.doubles()) <= 1e-5, "\(name): result")
      let gradients = try y.gradients(at: operands, from: seed)
      for (index, gradient) in gradients.enumerated() {
        let expected = try #require(own["grad\(index)"]).doubles()
        #expect(
          try distance(gradient.doubles(), expected) <= 1e-5, "\(name): gradient \(index)")
      }
    }
  }

  @Test(arguments: [
    ("adam", AdamStep.Form.pytorch, 0.5, 1e-8, 0.0),
    ("adam decay", .pytorch, 0.5, 1e-8, 0.1), ("adam keras", .keras, 0.9, 1e-7, 0),
  ])
  func `Adam goes the way of PyTorch and of Keras`(
    _ name: String, _ form: AdamStep.Form, _ beta1: Double, _ epsilon: Double, _ decay: Double
  ) throws {
    for tested in TestedBackend.all {
      let backend = tested.make()
      let arrays = try Self.arrays(on: backend)
      let start = try #require(arrays["\(name)/in0"])
      let gradients = try #require(arrays["\(name)/in1"])
      let want = try #require(arrays["\(name)/out"])
      let parameter = start.view.buffer
      let mean = try Tensor.zeros(start.shape, on: backend).view.buffer
      let square = try Tensor.zeros(start.shape, on: backend).view.buffer
      for index in 0..<gradients.shape[0] {
        var gradient = try gradients.selecting([.at(index)])
        try gradient.makeOwn()
        let step = AdamStep(
          form: form, learningRate: 0.01, beta1: beta1, beta2: 0.999, epsilon: epsilon,
          decay: decay,
          number: index + 1)
        backend.adam(
          step, gradient: .elements(gradient.view.buffer), parameter: parameter, mean: mean,
          square: square)
        let got = try backend.withBytes(of: parameter) {
          $0.assumingMemoryBound(to: Float.self).map(Double.init)
        }
        let row = try want.selecting([.at(index)]).doubles()
        #expect(distance(got, row) <= 1e-6, "step \(index + 1) on \(tested)")
      }
    }
  }

  /// Every array of the file, by name.
  static func arrays(on backend: any Backend) throws -> [String: Tensor] {
    let path =
      "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")
      + "/Golden/torch_cases.safetensors"
    let file = try Safetensors(reading: path, budget: MemoryBudget(limit: 10_000_000))
    return try Dictionary(
      uniqueKeysWithValues: file.arrays.map { named in
        let tensor = try Tensor(bytesOf: .f32, named.array.shape, on: backend) { target in
          named.array.bytes.withUnsafeBytes { target.copyMemory(from: $0) }
        }
        return (named.name, tensor)
      })
  }
}

extension TorchCaseTests {
  private static func places(_ stride: Int = 1, _ padding: Int = 0, reflect: Bool = false)
    -> Convolution
  {
    Convolution(
      stride: .init(stride), vertical: .init(padding), horizontal: .init(padding),
      border: reflect ? .reflection : .zero)
  }

  static var convolutions: [(String, Run)] {
    [
      ("conv", { x, _ in try x[0].convolved(with: x[1], bias: x[2], places()) }),
      (
        "conv stride 2 padding 1",
        { x, _ in try x[0].convolved(with: x[1], bias: x[2], places(2, 1)) }
      ),
      (
        "conv dilation 2",
        { x, _ in
          let places = Convolution(
            vertical: .init(1), horizontal: .init(2), dilation: .init(2))
          return try x[0].convolved(with: x[1], bias: x[2], places)
        }
      ),
      (
        "conv reflect",
        { x, _ in try x[0].convolved(with: x[1], bias: x[2], places(1, 1, reflect: true)) }
      ),
      (
        "conv relu",
        { x, _ in try x[0].convolved(with: x[1], bias: x[2], places(), activation: .relu) }
      ),
      (
        "conv 4x4 stride 2",
        { x, _ in
          try x[0].convolved(
            with: x[1], bias: x[2], places(2, 1), activation: .leakyReLU(slope: 0.2))
        }
      ),
      (
        "conv 7x7 reflect",
        { x, _ in
          try x[0].convolved(
            with: x[1], bias: x[2], places(1, 3, reflect: true), activation: .tanh)
        }
      ),
      (
        "conv residual",
        { x, _ in try x[0].convolved(with: x[1], places(1, 1, reflect: true), precise: true) }
      ),
      ("transposed", { x, _ in try x[0].convolvedTransposed(with: x[1], bias: x[2], places()) }),
      (
        "transposed stride 2",
        { x, _ in
          try x[0].convolvedTransposed(with: x[1], bias: x[2], places(2, 1), extra: .init(1))
        }
      ),
    ]
  }

  static var norms: [(String, Run)] {
    [
      ("instance norm", { x, _ in try x[0].normalized(over: .sample) }),
      (
        "instance norm affine",
        { x, _ in try x[0].normalized(over: .sample, scale: x[1], shift: x[2]) }
      ),
      ("batch norm", { x, _ in try x[0].normalized(over: .batch, scale: x[1], shift: x[2]) }),
      (
        "batch norm eval",
        { x, more in
          try x[0].normalized(
            mean: #require(more["mean"]), variance: #require(more["variance"]), scale: x[1],
            shift: x[2])
        }
      ),
      ("layer norm", { x, _ in try x[0].layerNormalized() }),
    ]
  }

  static var resizing: [(String, Run)] {
    [
      ("max pool 2", { x, _ in try x[0].maxPooled(kernel: 2) }),
      (
        "max pool 3 stride 2 padding 1",
        { x, _ in try x[0].maxPooled(kernel: 3, stride: 2, padding: 1) }
      ),
      ("average pool 2", { x, _ in try x[0].averagePooled(kernel: 2) }),
      (
        "average pool 3 stride 2 padding 1",
        { x, _ in try x[0].averagePooled(kernel: 3, stride: 2, padding: 1) }
      ),
      ("nearest 2", { x, _ in try x[0].upsampledNearest(2) }),
      ("bilinear 2", { x, _ in try x[0].upsampledBilinear(2) }),
      ("bilinear to 4x11", { x, _ in try x[0].upsampledBilinear(toHeight: 4, width: 11) }),
      ("blur down", { x, _ in try x[0].downsampledBlurred() }),
      ("blur up", { x, _ in try x[0].upsampledBlurred() }),
      ("pad reflect", { x, _ in try x[0].padded([(0, 3), (2, 1)], with: .reflect) }),
      ("pad edge", { x, _ in try x[0].padded([(0, 3), (2, 1)], with: .edge) }),
    ]
  }

  static var elements: [(String, Run)] {
    [
      ("leaky relu", { x, _ in try x[0].leakyRelu() }),
      ("sigmoid", { x, _ in try x[0].map(.sigmoid) }),
      ("tanh", { x, _ in try x[0].map(.tanh) }),
      ("clamp", { x, _ in try x[0].clip(low: -0.5, high: 0.7) }),
      ("broadcast product", { x, _ in try x[0] * x[1] - x[1] / (x[0] * x[0] + 1) }),
      (
        "power",
        { x, _ in
          try Tensor.combine(.power, .tensor(try x[0].map(.abs) + .num(0.5)), .tensor(x[1]))
        }
      ),
      ("matmul", { x, _ in try x[0].multiplied(by: x[1]) }),
      ("variance", { x, _ in try x[0].variance([1]) }),
      ("deviation", { x, _ in try x[0].standardDeviation() }),
      ("norm", { x, _ in try x[0].norm([0]) }),
      ("cumsum", { x, _ in try x[0].cumulativeSum(axis: 1) }),
      (
        "gather",
        { x, _ in
          let indices = try Tensor(
            [0, 0, 4, 1, 2, 2, 3, 0] as [Int], Shape([4, 2]), on: x[0].backend)
          return try x[0].selecting([.slice(start: 0, stop: 4, step: nil)])
            .gathered(indices, axis: 1)
        }
      ),
    ]
  }

  static var losses: [(String, Run)] {
    [
      ("mse", { x, _ in try x[0].mse(x[1]) }),
      ("l1", { x, _ in try x[0].l1(x[1]) }),
      ("bce", { x, _ in try (x[0] * 30).bceWithLogits(1) }),
      ("lsgan", { x, _ in try x[0].mse(1) }),
    ]
  }
}
