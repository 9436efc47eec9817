// SPDX-License-Identifier: MIT
internal import HengeBackend

/// The coefficients of a blend of instance and layer normalization, in double precision.
///
/// With the statistics known, the blend is affine in each channel of each group:
/// `y = (x - mean) · factor + offset` with `factor = scale · (rho · i + (1 - rho) · I)` and
/// `offset = shift + scale · (1 - rho) · I · (mean - M)`, where i is the channel's 1 / deviation, and M and
/// I are mean and 1 / deviation of the whole group. So is its gradient at x, once the sums of the
/// gradients over the group are known. What walks over all elements is the same as for other normalizations.
struct Blend {
  private let backend: CPUBackend
  private let groups: Int
  private let length: Int
  private let channels: Int
  /// Rows for each group, `[G, 6, C]`: see ``Row``.
  private let table: UnsafeMutablePointer<Double>
  /// `[C]`.
  private let rho: UnsafeMutablePointer<Double>
  /// M and I of each group, `[G, 2]`.
  private let whole: UnsafeMutablePointer<Double>
  private let buffers: [Buffer]

  private enum Row: Int, CaseIterable {
    case center
    case inverse
    case factor
    case offset
    case scale
    case shift
  }

  init(_ backend: CPUBackend, sizes: [Int], rho: View, scale: View?, shift: View?) throws {
    self.backend = backend
    (groups, length, channels) = (sizes[0], sizes[1], sizes[2])
    let rows = Row.allCases.count
    let table = try backend.allocate(groups * rows * channels, .f64)
    let mixing = try backend.allocate(channels, .f64)
    let whole = try backend.allocate(2 * groups, .f64)
    try backend.convert(rho, to: View(mixing), rounding: .nearest)
    for (row, given, initial) in [(Row.scale, scale, 1.0), (.shift, shift, 0)] {
      let to = View(
        table, offset: row.rawValue * channels, sizes: [groups, channels],
        strides: [rows * channels, 1])
      guard let given else {
        try backend.fill(to, with: .num(initial))
        continue
      }
      let each =
        given.sizes.count == 2
        ? given
        : View(given.buffer, offset: given.offset, sizes: to.sizes, strides: [0, given.strides[0]])
      try backend.convert(each, to: to, rounding: .nearest)
    }
    self.table = backend.elements(table)
    self.rho = backend.elements(mixing)
    self.whole = backend.elements(whole)
    buffers = [table, mixing, whole]
  }

  private func row(_ row: Row, of g: Int) -> UnsafeMutablePointer<Double> {
    table + (g * Row.allCases.count + row.rawValue) * channels
  }

  /// The means of the channels of group `g`.
  func center(of g: Int) -> UnsafeMutablePointer<Double> { row(.center, of: g) }
  /// The factors of the distances from the means.
  func factor(of g: Int) -> UnsafeMutablePointer<Double> { row(.factor, of: g) }
  /// The offsets.
  func offset(of g: Int) -> UnsafeMutablePointer<Double> { row(.offset, of: g) }

  /// Computes the statistics of group `g` from its channels' means, which are in `center(of:)`, and
  /// the sums of the squared distances from them.
  func setStatistics(of g: Int, squares: UnsafePointer<Double>, epsilon: Double) {
    let (mean, inverse) = (row(.center, of: g), row(.inverse, of: g))
    let (count, all) = (Double(length), Double(length * channels))
    var (sum, square) = (0.0, 0.0)
    for c in 0..<channels {
      inverse[c] = 1 / (squares[c] / (count - 1) + epsilon).squareRoot()
      sum += mean[c]
      square += squares[c]
    }
    let average = sum / Double(channels)
    for c in 0..<channels { square += count * (mean[c] - average) * (mean[c] - average) }
    whole[2 * g] = average
    whole[2 * g + 1] = 1 / (square / (all - 1) + epsilon).squareRoot()
  }

  /// Stores the statistics of group `g` as `[C + 1]`: those of the channels, then those of the group.
  func store<T: BinaryFloatingPoint>(
    _ g: Int, _ mean: UnsafeMutablePointer<T>, _ inverse: UnsafeMutablePointer<T>
  ) {
    let (own, rate) = (row(.center, of: g), row(.inverse, of: g))
    let start = g * (channels + 1)
    for c in 0..<channels {
      mean[start + c] = T(own[c])
      inverse[start + c] = T(rate[c])
    }
    mean[start + channels] = T(whole[2 * g])
    inverse[start + channels] = T(whole[2 * g + 1])
  }

  /// Takes the statistics of all groups as they were stored, so that a backward pass computes with the
  /// numbers of the forward pass.
  func restore<T: BinaryFloatingPoint>(
    _ mean: UnsafeMutablePointer<T>, _ inverse: UnsafeMutablePointer<T>
  ) {
    for g in 0..<groups {
      let (own, rate) = (row(.center, of: g), row(.inverse, of: g))
      let start = g * (channels + 1)
      for c in 0..<channels {
        own[c] = Double(mean[start + c])
        rate[c] = Double(inverse[start + c])
      }
      whole[2 * g] = Double(mean[start + channels])
      whole[2 * g + 1] = Double(inverse[start + channels])
      setAffine(of: g)
    }
  }

  /// Computes `factor(of:)` and `offset(of:)` from the statistics.
  func setAffine(of g: Int) {
    let (mean, inverse) = (row(.center, of: g), row(.inverse, of: g))
    let (scale, shift) = (row(.scale, of: g), row(.shift, of: g))
    let (factor, offset) = (row(.factor, of: g), row(.offset, of: g))
    let (average, rate) = (whole[2 * g], whole[2 * g + 1])
    for c in 0..<channels {
      factor[c] = scale[c] * (rho[c] * inverse[c] + (1 - rho[c]) * rate)
      offset[c] = shift[c] + scale[c] * (1 - rho[c]) * rate * (mean[c] - average)
    }
  }

  /// The parts of a normalization in single precision with the stored statistics.
  func work(_ mean: Buffer, _ inverse: Buffer) throws -> Normalization {
    restore(backend.elements(mean, Float.self), backend.elements(inverse, Float.self))
    let centers = try backend.allocate(groups * channels, .f32)
    let ones = try backend.allocate(groups * channels, .f32)
    func view(_ row: Row) -> View {
      View(
        buffers[0], offset: row.rawValue * channels, sizes: [groups, channels],
        strides: [Row.allCases.count * channels, 1])
    }
    try backend.convert(
      view(.center), to: View(centers, sizes: [groups, channels]), rounding: .nearest)
    try backend.fill(View(ones), with: .num(1))
    return try Normalization(
      backend, sizes: [groups, length, channels], scale: view(.factor), shift: view(.offset),
      mean: centers, inverse: ones)
  }

  /// From the sums over group `g` of the gradients and of their products with `x - mean`, `[2, C]`:
  /// adds the gradients at the parameters, `[3, C]` for shift, scale and rho, and leaves in `sums` what
  /// the gradient at x is made of.
  func addGradients(
    of g: Int, _ sums: UnsafeMutablePointer<Double>, to parameters: UnsafeMutablePointer<Double>
  ) {
    let (mean, inverse, scale) = (row(.center, of: g), row(.inverse, of: g), row(.scale, of: g))
    let (average, rate) = (whole[2 * g], whole[2 * g + 1])
    let products = sums + channels
    // The sums over the whole group for the layer's part: of its gradients, and of their products with
    // the normalized elements.
    var (sum, product) = (0.0, 0.0)
    for c in 0..<channels {
      let own = inverse[c] * products[c]
      let layer = rate * (products[c] + (mean[c] - average) * sums[c])
      parameters[c] += sums[c]
      parameters[channels + c] += rho[c] * own + (1 - rho[c]) * layer
      parameters[2 * channels + c] += scale[c] * (own - layer)
      sum += (1 - rho[c]) * scale[c] * sums[c]
      product += (1 - rho[c]) * scale[c] * layer
    }
    let (count, all) = (Double(length), Double(length * channels))
    let (level, slope) = (rate * sum / all, rate * rate * product / (all - 1))
    for c in 0..<channels {
      let part = rho[c] * scale[c] * inverse[c]
      let own = inverse[c] * products[c]
      sums[c] = part * sums[c] / count + level + (mean[c] - average) * slope
      products[c] = part * inverse[c] * own / (count - 1) + slope
    }
  }
}
