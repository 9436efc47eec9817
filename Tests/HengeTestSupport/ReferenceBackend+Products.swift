// SPDX-License-Identifier: MIT
public import HengeBackend

extension ReferenceBackend {
  /// Multiplies matrices `[batch…, m, k]` and `[batch…, k, n]` into `[batch…, m, n]`.
  public func multiply(_ a: View, _ b: View, into out: Buffer) throws -> ArithmeticFault? {
    let rank = a.sizes.count
    let (m, k, n) = (a.sizes[rank - 2], a.sizes[rank - 1], b.sizes[rank - 1])
    let (x, y) = (values(a), values(b))
    var fault: ArithmeticFault?
    for index in 0..<out.count {
      let (matrix, row, column) = (index / (m * n), index / n % m, index % n)
      var sum = Scalar.int(0)
      for l in 0..<k {
        let (p, q) = (x[(matrix * m + row) * k + l], y[(matrix * k + l) * n + column])
        if out.type == .i64 {
          let (product, tooLarge) = p.integer.multipliedReportingOverflow(by: q.integer)
          let (total, overflow) = sum.integer.addingReportingOverflow(product)
          if tooLarge || overflow { fault = .overflow }
          sum = .int(total)
        } else {
          sum = .num(sum.double + p.double * q.double)
        }
      }
      set(out, index, sum)
    }
    return fault
  }

  /// Adds `weights[k, n] * rows[n, …]`, for n in order, to `sums[k, …]`.
  public func addWeighted(_ rows: View, by weights: View, to sums: Buffer) throws {
    let (x, w) = (values(rows), values(weights))
    let (groups, count) = (weights.sizes[0], weights.sizes[1])
    guard groups > 0, sums.count > 0 else { return }
    let width = sums.count / groups
    for index in 0..<sums.count {
      var sum = element(sums, index).double
      for n in 0..<count {
        sum += w[index / width * count + n].double * x[n * width + index % width].double
      }
      set(sums, index, .num(sum))
    }
  }

  /// Turns bytes `[N, H, W, C]` into planes `[N, C, H, W]` of `f32`.
  public func planes(from pixels: View, low: Float, high: Float, into out: Buffer) throws {
    let turned = pixels.ordered([0, 3, 1, 2])
    let (low, high) = (Double(low), Double(high))
    store(values(turned).map { .num(low + $0.double * (high - low) / 255) }, in: out)
  }

  /// Turns planes `[N, C, H, W]` of `f32` into bytes `[N, H, W, C]`; returns how many were clipped.
  public func pixels(
    from planes: View, low: Float, high: Float, into bytes: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    let (low, high) = (Double(low), Double(high))
    var clipped = 0
    for (place, value) in values(planes.ordered([0, 2, 3, 1])).enumerated() {
      let byte = ((value.double - low) * 255 / (high - low)).rounded(.toNearestOrEven)
      if !(0...255).contains(byte) { clipped += 1 }
      bytes[place] = byte.isNaN ? 0 : UInt8(min(255, max(0, byte)))
    }
    return clipped
  }
}

extension View {
  /// The same view with its axes in another order.
  func ordered(_ order: [Int]) -> View {
    View(buffer, offset: offset, sizes: order.map { sizes[$0] }, strides: order.map { strides[$0] })
  }
}
