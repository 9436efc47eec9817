// SPDX-License-Identifier: MIT
public import HengeBackend

extension ReferenceBackend {
  /// Makes `axis` of `x` anew, each output a weighted sum of inputs.
  public func resample(_ x: View, axis: Int, _ sums: Resampling, into out: Buffer) throws {
    var sizes = x.sizes
    sizes[axis] = sums.outputs
    for output in 0..<sums.outputs {
      var values = [Double](repeating: 0, count: out.count / max(1, sums.outputs))
      for term in Int(sums.starts[output])..<Int(sums.starts[output + 1]) {
        let entry = self.values(x.entry(Int(sums.positions[term]), along: axis))
        for (index, value) in entry.enumerated() {
          values[index] += sums.weights[term] * value.double
        }
      }
      let places = self.places(View(out, sizes: sizes).entry(output, along: axis))
      for (place, value) in zip(places, values) { set(out, place, .num(value)) }
    }
  }

  /// The largest element under each place of a kernel, and where it lies.
  public func maxPool(
    _ x: View, _ places: Convolution, kernelHeight: Int, kernelWidth: Int, into out: Buffer,
    indices: Buffer?
  ) throws {
    let (channels, height, width) = (x.sizes[1], x.sizes[2], x.sizes[3])
    let size = places.outputSize(
      height: height, width: width, kernelHeight: kernelHeight, kernelWidth: kernelWidth)
    let rows = places.inputRows(height: height, outputs: size.height, kernel: kernelHeight)
    let columns = places.inputColumns(width: width, outputs: size.width, kernel: kernelWidth)
    var at = 0
    for n in 0..<x.sizes[0] {
      for p in 0..<size.height {
        for q in 0..<size.width {
          for c in 0..<channels {
            var best: (value: Double, place: Int)?
            for row in rows[p * kernelHeight..<(p + 1) * kernelHeight] where row >= 0 {
              for column in columns[q * kernelWidth..<(q + 1) * kernelWidth] where column >= 0 {
                let value = number(x, [n, c, row, column])
                let wins =
                  best.map { value > $0.value || (value.isNaN && !$0.value.isNaN) } ?? true
                if wins { best = (value, row * width + column) }
              }
            }
            set(out, at, .num(best?.value ?? 0))
            if let indices { set(indices, at, .int(best?.place ?? 0)) }
            at += 1
          }
        }
      }
    }
  }

  /// Each channel with its own kernel.
  public func convolveByChannel(
    _ x: View, _ weight: View, bias: View?, _ places: Convolution, into out: Buffer
  ) throws {
    let (kernelHeight, kernelWidth) = (weight.sizes[2], weight.sizes[3])
    let size = places.outputSize(
      height: x.sizes[2], width: x.sizes[3], kernelHeight: kernelHeight, kernelWidth: kernelWidth)
    let rows = places.inputRows(height: x.sizes[2], outputs: size.height, kernel: kernelHeight)
    let columns = places.inputColumns(width: x.sizes[3], outputs: size.width, kernel: kernelWidth)
    var at = 0
    for n in 0..<x.sizes[0] {
      for (p, q) in (0..<size.height).flatMap({ p in (0..<size.width).map { (p, $0) } }) {
        for c in 0..<x.sizes[1] {
          var sum = bias.map { number($0, [c]) } ?? 0
          for r in 0..<kernelHeight where rows[p * kernelHeight + r] >= 0 {
            for s in 0..<kernelWidth where columns[q * kernelWidth + s] >= 0 {
              let place = [n, c, rows[p * kernelHeight + r], columns[q * kernelWidth + s]]
              sum += number(weight, [c, 0, r, s]) * number(x, place)
            }
          }
          set(out, at, .num(sum))
          at += 1
        }
      }
    }
  }
}
