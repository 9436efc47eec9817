// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeTensor

// Maps at another size.

extension ONNXOperator {
  static let resizing: [ONNXOperator] = [
    ONNXOperator(
      "Resize", ["x", "roi", "scales", "sizes"], required: 1,
      options: [
        "antialias", "axes", "coordinate_transformation_mode", "cubic_coeff_a", "exclude_outside",
        "extrapolation_value", "keep_aspect_ratio_policy", "mode", "nearest_mode",
      ]
    ) { options in
      let resizing = try ONNXResizing(options)
      let axes = try options.ints("axes")
      // Version 10 has no region and no sizes.
      let scales = options.opset == 10 ? 1 : 2
      return { call in
        let numbers = try call.optional(scales)?.doubles() ?? []
        let sizes = options.opset == 10 ? nil : try call.ints(3)
        return [try resizing.run(call(0), scales: numbers, sizes: sizes, axes: axes)]
      }
    },
    ONNXOperator("Upsample", ["x", "scales"], options: ["mode"]) { options in
      let resizing = try ONNXResizing(
        options, coordinates: .asymmetric, rounding: "floor")
      return { call in
        [try resizing.run(call(0), scales: call(1).doubles(), sizes: nil, axes: nil)]
      }
    },
    ONNXOperator("DepthToSpace", options: ["blocksize", "mode"]) { options in
      let block = try size(options)
      let isRowFirst = try options.choice("mode", "DCR", ["DCR", "CRD"]) == "DCR"
      return { call in
        let x = try call(0)
        guard x.rank == 4, x.shape[1] % (block * block) == 0 else {
          throw Failure("E-shape", "\(x.shape) has no blocks of \(block)x\(block) channels")
        }
        let (n, c) = (x.shape[0], x.shape[1] / (block * block))
        let (h, w) = (x.shape[2], x.shape[3])
        let parts =
          try isRowFirst
          ? x.reshaped([n, block, block, c, h, w]).permuted([0, 3, 4, 1, 5, 2])
          : x.reshaped([n, c, block, block, h, w]).permuted([0, 1, 4, 2, 5, 3])
        return [try parts.reshaped([n, c, h * block, w * block])]
      }
    },
    ONNXOperator("SpaceToDepth", options: ["blocksize"]) { options in
      let block = try size(options)
      return { call in
        let x = try call(0)
        guard x.rank == 4, x.shape[2] % block == 0, x.shape[3] % block == 0 else {
          throw Failure("E-shape", "\(x.shape) has no blocks of \(block)x\(block) pixels")
        }
        let (n, c) = (x.shape[0], x.shape[1])
        let (h, w) = (x.shape[2] / block, x.shape[3] / block)
        return [
          try x.reshaped([n, c, h, block, w, block]).permuted([0, 3, 5, 1, 2, 4])
            .reshaped([n, c * block * block, h, w])
        ]
      }
    },
  ]

  private static func size(_ options: ONNXOptions) throws -> Int {
    guard let size = try options.int("blocksize"), (1...256).contains(size) else {
      throw options.refused("its option `blocksize` is not an integer from 1 to 256")
    }
    return size
  }
}

/// How the elements of an axis at another size are computed from those at its own.
struct ONNXResizing {
  /// Where the elements of the result are on the axis that they are computed from.
  enum Coordinates: String, CaseIterable {
    case halfPixel = "half_pixel"
    case halfPixelSymmetric = "half_pixel_symmetric"
    case pytorchHalfPixel = "pytorch_half_pixel"
    case alignCorners = "align_corners"
    case asymmetric
  }

  private let mode: String
  private let coordinates: Coordinates
  private let rounding: String
  private let cubic: Double
  private let excludesOutside: Bool

  init(
    _ options: ONNXOptions, coordinates: Coordinates? = nil, rounding: String? = nil
  ) throws {
    // Until version 11 the only coordinates are these.
    let isOld = options.opset < 11
    mode = try options.choice("mode", "nearest", ["nearest", "linear", "cubic", "bilinear"])
    let word = try options.choice(
      "coordinate_transformation_mode", "half_pixel", Coordinates.allCases.map(\.rawValue))
    self.coordinates =
      coordinates ?? (isOld ? .asymmetric : Coordinates(rawValue: word) ?? .halfPixel)
    let how = try options.choice(
      "nearest_mode", "round_prefer_floor",
      ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"])
    self.rounding = rounding ?? (isOld ? "floor" : how)
    cubic = try options.num("cubic_coeff_a", -0.75)
    excludesOutside = try options.flag("exclude_outside")
    guard try !options.flag("antialias") else {
      throw options.refused("it resizes with antialiasing, which henge does not do as ONNX does")
    }
    guard
      try options.text("keep_aspect_ratio_policy", "stretch") == "stretch"
    else { throw options.refused("it keeps the ratio of sides, which henge does not do here") }
  }

  /// `x` at another size: by factors, or to sizes, of all axes or of `axes`.
  func run(_ x: Tensor, scales: [Double], sizes: [Int]?, axes: [Int]?) throws -> Tensor {
    let axes = try axes?.map { try x.onnxAxis($0) } ?? Array(0..<x.rank)
    let given = sizes.map(\.count) ?? scales.count
    guard given == axes.count else {
      throw Failure(
        "E-shape", "it has \(given) sizes or scales for \(axes.count) axes of \(x.shape)")
    }
    guard Set(axes).count == axes.count else {
      throw Failure("E-index", "one of the axes \(axes) is resized twice")
    }
    guard x.count > 0 else { throw Failure("E-shape", "\(x.shape) has no elements to resize") }
    let isFloat = x.type.isFloat
    var result = isFloat ? x : try x.cast(to: .f64)
    for (index, axis) in axes.enumerated() {
      let size = x.shape[axis]
      let length: Int
      let scale: Double
      if let sizes, !sizes.isEmpty {
        (length, scale) = (sizes[index], Double(sizes[index]) / Double(size))
      } else {
        scale = scales[index]
        guard scale > 0, scale * Double(size) < 1e9 else {
          throw Failure("E-range", "an axis of \(size) cannot be scaled by \(scale)")
        }
        length = Int((scale * Double(size)).rounded(.down))
      }
      guard length > 0, length <= 1 << 30 else {
        throw Failure("E-shape", "an axis of \(size) cannot be resized to \(length)")
      }
      if length == size, scale == 1 { continue }
      // The sums of an axis take some 100 bytes each: as much as a device can keep is asked for first.
      _ = try Tensor.zeros(try Shape([length, 16]), on: x.backend)
      result = try result.resampled(axis, sums(size, length, scale))
    }
    return isFloat ? result : try result.cast(to: x.type)
  }

  private func sums(_ size: Int, _ length: Int, _ scale: Double) -> Resampling {
    var sums = Resampling(inputs: size)
    for output in 0..<length {
      sums.append(terms(place(output, size, length, scale), size))
    }
    return sums
  }

  /// Where element `output` is on the axis that it is computed from.
  private func place(_ output: Int, _ size: Int, _ length: Int, _ scale: Double) -> Double {
    let (x, size, length) = (Double(output), Double(size), Double(length))
    switch coordinates {
    case .halfPixel: return (x + 0.5) / scale - 0.5
    case .halfPixelSymmetric:
      let adjustment = length / (scale * size)
      return size / 2 * (1 - adjustment) + (x + 0.5) / scale - 0.5
    case .pytorchHalfPixel: return length > 1 ? (x + 0.5) / scale - 0.5 : 0
    case .alignCorners: return length > 1 ? x * (size - 1) / (length - 1) : 0
    case .asymmetric: return x / scale
    }
  }

  /// The elements around `place`, with their weights.
  private func terms(_ place: Double, _ size: Int) -> [(position: Int, weight: Double)] {
    let last = Double(size - 1)
    func inside(_ index: Double) -> Int { Int(min(max(index, 0), last)) }
    let before = place.rounded(.down)
    let part = place - before
    switch mode {
    case "nearest":
      let index =
        switch rounding {
        case "floor": before
        case "ceil": place.rounded(.up)
        case "round_prefer_ceil": (place + 0.5).rounded(.down)
        default: (place - 0.5).rounded(.up)
        }
      return [(inside(index), 1)]
    case "cubic":
      let weights = [-1.0, 0, 1, 2].map { (before + $0, curve(abs(part - $0))) }
      let kept =
        excludesOutside ? weights.filter { $0.0 >= 0 && $0.0 <= last } : weights
      let sum = excludesOutside ? kept.reduce(0) { $0 + $1.1 } : 1
      return kept.map { (inside($0.0), $0.1 / sum) }
    default:
      // Beyond the ends, the outermost element.
      return [(inside(before), 1 - part), (inside(before + 1), part)]
    }
  }

  /// The cubic kernel of Keys (1981) at a distance of 0 to 2.
  private func curve(_ d: Double) -> Double {
    let a = cubic
    return d <= 1
      ? ((a + 2) * d - (a + 3)) * d * d + 1 : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0
  }
}
