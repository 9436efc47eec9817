// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

// Convolutions of one and two dimensions, in groups, and their transposes.

extension ONNXOperator {
  static let convolutions: [ONNXOperator] = [
    ONNXOperator(
      "Conv", ["x", "weight", "bias"], required: 2, options: ONNXWindow.options + ["group"]
    ) { options in
      let window = try ONNXWindow(options)
      let groups = try options.int("group", 1)
      return { call in
        [
          try ONNXMaps.planes(call(0), call(1)) { x, weight in
            var places = try window.places(input: x, kernel: weight.onnxKernel)
            if let padding = call.padding {
              places.vertical = padding.vertical
              places.horizontal = padding.horizontal
              places.border = padding.border
            }
            return try x.convolved(
              with: weight, bias: call.optional(2), places, groups: groups, call.activation)
          }
        ]
      }
    },
    ONNXOperator(
      "ConvTranspose", ["x", "weight", "bias"], required: 2,
      options: ONNXWindow.options + ["group", "output_padding", "output_shape"]
    ) { options in
      let window = try ONNXWindow(options)
      let groups = try options.int("group", 1)
      let extra = try options.ints("output_padding")
      let sizes = try options.ints("output_shape")
      return { call in
        [
          try ONNXMaps.planes(call(0), call(1)) { x, weight in
            let (places, extra) = try window.transposed(
              input: x, kernel: weight.onnxKernel, extra: extra, sizes: sizes)
            return try x.convolvedTransposed(
              with: weight, bias: call.optional(2), places, extra: extra, groups: groups,
              call.activation)
          }
        ]
      }
    },
  ]
}

/// Maps of one dimension, `[N, C, W]`, as maps of one row.
enum ONNXMaps {
  /// What `body` computes from maps and a weight of as many axes; those of three get a row each.
  ///
  /// Throws `E-shape` for other numbers of axes.
  static func planes(
    _ x: Tensor, _ weight: Tensor, _ body: (Tensor, Tensor) throws -> Tensor
  ) throws -> Tensor {
    guard x.rank == weight.rank, x.rank == 3 || x.rank == 4, weight.count > 0 else {
      throw Failure(
        "E-shape",
        "henge convolves maps [N, C, H, W] and [N, C, W] with weights of as many axes, not \(x.shape) with \(weight.shape)",
        parameter: "x")
    }
    if x.rank == 4 { return try body(x, weight) }
    return try body(x.expanded(at: 2), weight.expanded(at: 2)).selecting([.all, .all, .at(0)])
  }

  /// As ``planes(_:_:_:)`` without a weight.
  static func planes(_ x: Tensor, _ body: (Tensor) throws -> Tensor) throws -> Tensor {
    guard x.rank == 3 || x.rank == 4 else {
      throw Failure(
        "E-shape", "henge takes maps [N, C, H, W] and [N, C, W] here, not \(x.shape)",
        parameter: "x")
    }
    if x.rank == 4 { return try body(x) }
    return try body(x.expanded(at: 2)).selecting([.all, .all, .at(0)])
  }
}

extension Tensor {
  /// The sizes of a weight's kernel.
  var onnxKernel: Convolution.Pair { .init(shape[2], shape[3]) }

  /// A convolution in groups of channels: each group of results reads a group of inputs.
  fileprivate func convolved(
    with weight: Tensor, bias: Tensor?, _ places: Convolution, groups: Int,
    _ activation: Activation
  ) throws -> Tensor {
    if groups == 1 {
      return try convolved(with: weight, bias: bias, places, activation: activation)
    }
    try checkGroups(groups, weight, results: weight.shape[0])
    guard shape[1] == groups * weight.shape[1] else {
      throw Failure(
        "E-shape",
        "the input \(shape) does not have \(groups) groups of \(weight.shape[1]) channels",
        parameter: "x")
    }
    if weight.shape[1] == 1, places.border == .zero {
      return try convolvedByChannel(with: weight, bias: bias, places, activation)
    }
    let parts = try (0..<groups).map { group in
      try part(1, group, of: groups).convolved(
        with: weight.part(0, group, of: groups), bias: bias?.part(0, group, of: groups), places,
        activation: activation)
    }
    return try Tensor.concatenated(parts, axis: 1)
  }

  /// A convolution in which each result reads one channel: the sum over the kernel of the shifted maps,
  /// each channel times its weight.
  ///
  /// As many products as the kernel has elements, over whole maps: a convolution of each channel alone
  /// would be hundreds of small ones.
  private func convolvedByChannel(
    with weight: Tensor, bias: Tensor?, _ places: Convolution, _ activation: Activation
  ) throws -> Tensor {
    let (v, h) = (places.vertical, places.horizontal)
    let size = places.outputSize(
      height: shape[2], width: shape[3], kernelHeight: weight.shape[2],
      kernelWidth: weight.shape[3])
    guard size.height > 0, size.width > 0 else {
      throw Failure(
        "E-shape",
        "the kernel \(weight.shape[2])x\(weight.shape[3]) is larger than the input \(shape) with its padding",
        parameter: "x")
    }
    var x = self
    let times = weight.shape[0] / shape[1]
    if times > 1 {
      // Each channel is read by several results, one after another.
      x = try expanded(at: 2).broadcast(
        to: Shape([shape[0], shape[1], times, shape[2], shape[3]])
      ).reshaped([shape[0], shape[1] * times, shape[2], shape[3]])
    }
    // A gradient asks for the sums one by one.
    if !x.isOnTape, !weight.isOnTape, bias?.isOnTape != true {
      return try x.filteredByChannel(weight, bias: bias, places).activated(activation)
    }
    if [v.before, v.after, h.before, h.after].contains(where: { $0 > 0 }) {
      x = try x.padded(
        [(v.before, v.after), (h.before, h.after)], with: .constant(.int(0)))
    }
    let channels = weight.shape[0]
    var sum: Tensor?
    for row in 0..<weight.shape[2] {
      for column in 0..<weight.shape[3] {
        let (top, left) = (row * places.dilation.vertical, column * places.dilation.horizontal)
        let (down, across) = (places.stride.vertical, places.stride.horizontal)
        let shifted = try x.selecting([
          .all, .all, .slice(start: top, stop: top + (size.height - 1) * down + 1, step: down),
          .slice(start: left, stop: left + (size.width - 1) * across + 1, step: across),
        ])
        let factor = try weight.selecting([.all, .at(0), .at(row), .at(column)])
          .reshaped([1, channels, 1, 1])
        let product = try shifted * factor
        sum = try sum.map { try $0 + product } ?? product
      }
    }
    guard var result = sum else {
      throw Failure("E-shape", "a weight of \(weight.shape) has no elements")
    }
    if let bias { result = try result + bias.reshaped([1, channels, 1, 1]) }
    return try result.activated(activation)
  }

  /// A transposed convolution in groups.
  fileprivate func convolvedTransposed(
    with weight: Tensor, bias: Tensor?, _ places: Convolution, extra: Convolution.Pair,
    groups: Int, _ activation: Activation
  ) throws -> Tensor {
    if groups == 1 {
      return try convolvedTransposed(
        with: weight, bias: bias, places, extra: extra, activation: activation)
    }
    try checkGroups(groups, weight, results: weight.shape[0])
    guard shape[1] == weight.shape[0] else {
      throw Failure(
        "E-shape",
        "the input \(shape) has \(shape[1]) channels, but the weight \(weight.shape) takes \(weight.shape[0])",
        parameter: "x")
    }
    if let bias, bias.count != weight.shape[1] * groups {
      throw Failure("E-shape", "a bias of \(bias.shape) does not fit the weight \(weight.shape)")
    }
    let parts = try (0..<groups).map { group in
      try part(1, group, of: groups).convolvedTransposed(
        with: weight.part(0, group, of: groups), bias: bias?.part(0, group, of: groups), places,
        extra: extra, activation: activation)
    }
    return try Tensor.concatenated(parts, axis: 1)
  }

  private func checkGroups(_ groups: Int, _ weight: Tensor, results: Int) throws {
    guard groups > 0, groups <= results, results % groups == 0 else {
      throw Failure("E-shape", "a weight of \(weight.shape) is not for \(groups) groups")
    }
  }

  /// Part `index` of `count` equal parts along `axis`.
  fileprivate func part(_ axis: Int, _ index: Int, of count: Int) throws -> Tensor {
    let length = shape[axis] / count
    return try selecting(
      [TensorIndex](repeating: .all, count: axis)
        + [.slice(start: index * length, stop: (index + 1) * length, step: nil)])
  }
}
