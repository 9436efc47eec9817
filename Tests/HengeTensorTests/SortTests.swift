// SPDX-License-Identifier: MIT
import HengeBackend
import HengeTensor
import HengeTestSupport
import Testing

/// Rows long enough to be sorted byte by byte, or in runs that are merged, with everything that makes floats awkward.
@Suite struct SortTests {
  /// Stable, NaN last in either direction, -0 equal to 0.
  private func expected(_ values: [Double], descending: Bool) -> [Double] {
    values.indices.sorted { i, j in
      let (x, y) = (values[i], values[j])
      if x.isNaN || y.isNaN { return x.isNaN == y.isNaN ? i < j : y.isNaN }
      if x == y { return i < j }
      return descending ? x > y : x < y
    }.map(Double.init)
  }

  private func awkward(_ count: Int, whole: Bool) -> [Double] {
    var stream = RandomStream(seed: 5, name: "sort")
    let special = [0.0, -0.0, .infinity, -.infinity, .nan, -.nan, 1e-40, -1e-40, 3.4e38, -3.4e38]
    return (0..<count).map { _ in
      if whole { return Double(stream.next(below: 256)) }
      let choice = stream.next(below: 30)
      if choice < special.count { return Double(Float(special[choice])) }
      return choice < 20 ? Double(stream.next(below: 5)) - 2 : Double(Float(stream.normal()))
    }
  }

  @Test(arguments: [ElementType.f32, .f64, .u8], [511, 512, 2048, 70_000])
  func `long rows are sorted stably, NaN last`(type: ElementType, length: Int) throws {
    for tested in TestedBackend.all { try expectSorted(type, length, on: tested.make()) }
  }

  private func expectSorted(_ type: ElementType, _ length: Int, on backend: any Backend) throws {
    let values = awkward(2 * length, whole: type == .u8)
    let x = try Tensor(values, Shape([2, length]), on: backend).cast(to: type)
    for descending in [false, true] {
      let order = try x.argsorted(axis: 1, descending: descending).doubles()
      let sorted = try x.sorted(axis: 1, descending: descending).doubles()
      for row in 0..<2 {
        let part = Array(values[row * length..<(row + 1) * length])
        let places = expected(part, descending: descending)
        let stretch = row * length..<(row + 1) * length
        #expect(Array(order[stretch]) == places)
        #expect(
          sorted[stretch].map(\.bitPattern.isNaNPattern)
            == places.map { part[Int($0)].bitPattern.isNaNPattern })
        #expect(
          sorted[stretch].filter { !$0.isNaN }.map(\.bitPattern)
            == places.map { part[Int($0)] }.filter { !$0.isNaN }.map(\.bitPattern))
      }
    }
  }
}

extension UInt64 {
  fileprivate var isNaNPattern: Bool { Double(bitPattern: self).isNaN }
}
