// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

/// The places of a window over maps, as the options of convolutions and pooling say them.
struct ONNXWindow {
  static let options = ["auto_pad", "dilations", "kernel_shape", "pads", "strides"]

  /// Rows and columns of the window, where the node says them itself.
  let kernel: Convolution.Pair?
  private let stride: Convolution.Pair
  private let dilation: Convolution.Pair
  private let pads: (vertical: Convolution.Edges, horizontal: Convolution.Edges)
  private let automatic: String
  /// Whether windows that begin inside and end outside count.
  private let isRoundedUp: Bool

  init(_ options: ONNXOptions) throws {
    func pair(_ name: String, least: Int, _ initial: Int) throws -> Convolution.Pair {
      guard let values = try options.ints(name) else { return .init(initial) }
      return try ONNXWindow.pair(values, name, least: least, missing: 1, options)
    }
    kernel =
      try options.ints("kernel_shape") == nil ? nil : pair("kernel_shape", least: 1, 1)
    stride = try pair("strides", least: 1, 1)
    dilation = try pair("dilations", least: 1, 1)
    automatic = try options.choice(
      "auto_pad", "NOTSET", ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"])
    isRoundedUp = try options.flag("ceil_mode")
    let pads = try options.ints("pads") ?? []
    guard pads.allSatisfy({ (0...4096).contains($0) }), [0, 2, 4].contains(pads.count) else {
      throw options.refused("its option `pads` is \(pads), and henge pads by up to 4,096 rows")
    }
    switch pads.count {
    case 2: self.pads = (.init(0), .init(pads[0], pads[1]))
    case 4: self.pads = (.init(pads[0], pads[2]), .init(pads[1], pads[3]))
    default: self.pads = (.init(0), .init(0))
    }
  }

  /// One number for columns alone, or two for rows and columns.
  private static func pair(
    _ values: [Int], _ name: String, least: Int, missing: Int, _ options: ONNXOptions
  ) throws -> Convolution.Pair {
    guard (1...2).contains(values.count), values.allSatisfy({ (least...65_536).contains($0) })
    else {
      throw options.refused(
        "its option `\(name)` is \(values), and henge takes one or two integers from \(least) to 65,536"
      )
    }
    return values.count == 1 ? .init(missing, values[0]) : .init(values[0], values[1])
  }

  /// Strides, paddings and dilations over `input`.
  func places(input: Tensor, kernel: Convolution.Pair) throws -> Convolution {
    if let own = self.kernel, own != kernel {
      throw Failure(
        "E-shape",
        "its option `kernel_shape` is \(own.vertical)x\(own.horizontal), and its weight has \(kernel.vertical)x\(kernel.horizontal)"
      )
    }
    var places = Convolution(
      stride: stride, vertical: pads.vertical, horizontal: pads.horizontal, dilation: dilation)
    places.keepsWeight = true
    if automatic != "NOTSET" {
      places.vertical = same(input.shape[2], stride.vertical, dilation.vertical, kernel.vertical)
      places.horizontal = same(
        input.shape[3], stride.horizontal, dilation.horizontal, kernel.horizontal)
    }
    return places
  }

  /// The padding that leaves ⌈size / stride⌉ places; none where it is not wanted.
  private func same(_ size: Int, _ stride: Int, _ dilation: Int, _ kernel: Int)
    -> Convolution.Edges
  {
    guard automatic != "VALID" else { return .init(0) }
    let outputs = (size + stride - 1) / stride
    return split(max(0, (outputs - 1) * stride + dilation * (kernel - 1) + 1 - size))
  }

  /// A padding in halves, an odd row after the maps or before them.
  private func split(_ all: Int) -> Convolution.Edges {
    automatic == "SAME_LOWER" ? .init(all - all / 2, all / 2) : .init(all / 2, all - all / 2)
  }

  /// The rows and columns of the last window that are outside, where it begins inside.
  func extra(_ places: Convolution, input: Tensor, kernel: Convolution.Pair) -> Convolution.Pair {
    guard isRoundedUp else { return .init(0) }
    func beyond(
      _ size: Int, _ edges: Convolution.Edges, _ stride: Int, _ dilation: Int, _ kernel: Int
    ) -> Int {
      let room = size + edges.before + edges.after - dilation * (kernel - 1) - 1
      guard room >= 0, room % stride != 0 else { return 0 }
      // The window after the last whole one, if it begins before the padding at the end.
      let start = (room / stride + 1) * stride
      return start < size + edges.before ? start - room : 0
    }
    return .init(
      beyond(
        input.shape[2], places.vertical, stride.vertical, dilation.vertical, kernel.vertical),
      beyond(
        input.shape[3], places.horizontal, stride.horizontal, dilation.horizontal,
        kernel.horizontal))
  }

  /// The places of a transposed convolution, and the rows and columns that it adds at the end.
  func transposed(
    input: Tensor, kernel: Convolution.Pair, extra: [Int]?, sizes: [Int]?
  ) throws -> (Convolution, Convolution.Pair) {
    var places = Convolution(
      stride: stride, vertical: pads.vertical, horizontal: pads.horizontal, dilation: dilation)
    var added = Convolution.Pair(0)
    if let extra {
      guard (1...2).contains(extra.count), extra.allSatisfy({ (0...65_536).contains($0) }) else {
        throw Failure("E-file", "its option `output_padding` is \(extra)")
      }
      added = extra.count == 1 ? .init(0, extra[0]) : .init(extra[0], extra[1])
    }
    guard sizes != nil || automatic != "NOTSET" else { return (places, added) }
    if automatic == "VALID", sizes == nil {
      (places.vertical, places.horizontal) = (.init(0), .init(0))
      return (places, added)
    }
    let wanted =
      try sizes.map { sizes -> [Int] in
        guard (1...2).contains(sizes.count), sizes.allSatisfy({ (1...65_536).contains($0) }) else {
          throw Failure("E-file", "its option `output_shape` is \(sizes)")
        }
        return sizes.count == 1 ? [1, sizes[0]] : sizes
      } ?? [input.shape[2] * stride.vertical, input.shape[3] * stride.horizontal]
    func edges(
      _ size: Int, _ stride: Int, _ dilation: Int, _ kernel: Int, _ added: inout Int, _ wanted: Int
    ) -> Convolution.Edges {
      let all = stride * (size - 1) + added + dilation * (kernel - 1) + 1 - wanted
      if all < 0 { added -= all }
      // Only here an odd row is before the maps unless the file says otherwise.
      let half = max(0, all) / 2
      let rest = max(0, all) - half
      return automatic == "SAME_UPPER" ? .init(half, rest) : .init(rest, half)
    }
    places.vertical = edges(
      input.shape[2], stride.vertical, dilation.vertical, kernel.vertical, &added.vertical,
      wanted[0])
    places.horizontal = edges(
      input.shape[3], stride.horizontal, dilation.horizontal, kernel.horizontal,
      &added.horizontal, wanted[1])
    return (places, added)
  }
}
