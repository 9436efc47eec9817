// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeNN
internal import HengeTensor

/// How the arrays of a file's layer go into a layer of a model.
struct WeightFitting {
  /// What is done to an array on its way.
  enum Layout: Equatable {
    /// Nothing: PyTorch's layout is henge's.
    case same
    /// Keras' filters, the channels last: (height, width, in, out), transposed (height, width, out, in).
    case filters
    /// Keras' matrix (in, out); the inputs are the pixels of this number of channels, channels last.
    case matrix(channels: Int)
    /// Keras' filters of each single channel as filters of all channels.
    case depthwise
    /// The same, followed by 1x1 filters.
    case separable(pointwise: NamedArray)
    /// There is none, and this value changes nothing.
    case neutral(Double)
  }

  /// What goes into one parameter.
  struct Part {
    let name: String
    let parameter: ModelParameter
    let source: NamedArray?
    let layout: Layout
  }

  let parts: [Part]

  /// The fitting of `layer` into `place`; nil where roles, kinds or shapes differ.
  ///
  /// With `isChannelsFirst`, Keras flattened feature maps as henge does.
  init?(_ layer: ForeignLayer, into place: WeightPlace, isChannelsFirst: Bool) {
    if let keras = layer.keras {
      guard KerasLayer.kinds[keras.kind]?.contains(where: { $0.name == place.kind }) == true else {
        return nil
      }
    }
    var left = Set(layer.arrays.keys)
    left.remove(.counter)
    var parts: [Part] = []
    for (role, name, parameter) in place.parameters {
      let shape = parameter.value.shape
      func add(_ source: NamedArray?, _ layout: Layout) {
        parts.append(Part(name: name, parameter: parameter, source: source, layout: layout))
      }
      if let array = layer.arrays[role], array.array.elementType.isFloat {
        guard array.array.shape == shape else { return nil }
        left.remove(role)
        add(array, .same)
      } else if role == .weight, let array = layer.arrays[.kernel] {
        guard
          let layout = WeightFitting.layout(
            of: array, shape, isChannelsFirst ? nil : place.flattenedChannels)
        else { return nil }
        left.remove(.kernel)
        add(array, layout)
      } else if role == .weight, let array = layer.arrays[.depthwise] {
        guard let layout = WeightFitting.layout(of: array, layer.arrays[.pointwise], shape) else {
          return nil
        }
        left.remove(.depthwise)
        left.remove(.pointwise)
        add(array, layout)
      } else if layer.keras?.kind == "batch_normalization", role == .weight || role == .bias {
        add(nil, .neutral(role == .weight ? 1 : 0))
      } else {
        return nil
      }
    }
    guard left.isEmpty else { return nil }
    self.parts = parts
  }

  /// How the kernel `array` becomes a weight of `shape`; nil where it cannot.
  private static func layout(of array: NamedArray, _ shape: Shape, _ channels: Int?) -> Layout? {
    let sizes = array.array.shape.sizes
    guard array.array.elementType.isFloat else { return nil }
    if sizes.count == 4, shape.sizes == [3, 2, 0, 1].map({ sizes[$0] }) { return .filters }
    guard sizes.count == 2, shape.sizes == [sizes[1], sizes[0]] else { return nil }
    guard let channels else { return .matrix(channels: 1) }
    // How many channels the flattened maps have is not known: only one pixel or one channel is sure.
    guard channels > 0, sizes[0] % channels == 0 else { return nil }
    return .matrix(channels: channels)
  }

  private static func layout(
    of array: NamedArray, _ pointwise: NamedArray?, _ shape: Shape
  ) -> Layout? {
    let sizes = array.array.shape.sizes
    guard sizes.count == 4, array.array.elementType.isFloat, shape.rank == 4,
      shape.sizes[1...] == [sizes[2], sizes[0], sizes[1]]
    else { return nil }
    let (maps, overflow) = sizes[2].multipliedReportingOverflow(by: sizes[3])
    guard !overflow else { return nil }
    guard let pointwise else { return shape[0] == maps ? .depthwise : nil }
    guard pointwise.array.shape.sizes == [1, 1, maps, shape[0]],
      pointwise.array.elementType.isFloat
    else { return nil }
    return .separable(pointwise: pointwise)
  }
}

extension WeightFitting.Part {
  /// The value of the parameter.
  func value(on backend: any Backend) throws -> Tensor {
    let (shape, type) = (parameter.value.shape, parameter.value.type)
    guard let source else {
      guard case .neutral(let number) = layout else { return parameter.value }
      return try Tensor.full(shape, .num(number), type, on: backend)
    }
    let tensor = try Tensor(source.array, on: backend).cast(to: type)
    switch layout {
    case .same, .neutral: return tensor
    case .filters: return try tensor.permuted([3, 2, 0, 1]).contiguous()
    case .matrix(let channels):
      let (input, output) = (tensor.shape[0], tensor.shape[1])
      // (pixels, channels, out) to (out, channels, pixels).
      return try tensor.reshaped([input / channels, channels, output]).permuted([2, 1, 0])
        .contiguous().reshaped([output, input])
    case .depthwise, .separable:
      let (height, width) = (tensor.shape[0], tensor.shape[1])
      let (input, each) = (tensor.shape[2], tensor.shape[3])
      // (in, each, pixels): filters of each input channel.
      let filters = try tensor.permuted([2, 3, 0, 1]).contiguous()
        .reshaped([input, each, height * width])
      guard case .separable(let pointwise) = layout else {
        // Filter m of channel i is output i · each + m, and sees that channel only.
        let own = try Tensor.eye(input, columns: nil, type, on: backend).reshaped([
          input, 1, input, 1,
        ])
        return try (try filters.reshaped([input, each, 1, height * width]) * own).contiguous()
          .reshaped([input * each, input, height, width])
      }
      // weight[o, i, p] = Σ_m points[i, m, o] · filters[i, m, p], for each input channel.
      let points = try Tensor(pointwise.array, on: backend).cast(to: type)
        .reshaped([input, each, shape[0]]).permuted([0, 2, 1]).contiguous()
      return try points.multiplied(by: filters).permuted([1, 0, 2]).contiguous()
        .reshaped([shape[0], input, height, width])
    }
  }
}
