// SPDX-License-Identifier: MIT
public import HengeBackend

extension ReferenceBackend {
  /// Decomposes the symmetric `a [n, n]` by Jacobi's rotations.
  public func eigen(_ a: View, values: Buffer, vectors: Buffer) throws -> Bool {
    let n = a.sizes[0]
    var m = self.values(a).map(\.double)
    guard m.allSatisfy(\.isFinite) else { return false }
    var v = (0..<n * n).map { $0 / max(1, n) == $0 % max(1, n) ? 1.0 : 0 }
    for _ in 0..<60 {
      for p in 0..<n {
        for q in (p + 1)..<max(p + 1, n) where m[p * n + q] != 0 {
          let theta = (m[q * n + q] - m[p * n + p]) / (2 * m[p * n + q])
          let sign = theta < 0 ? -1.0 : 1
          let t = sign / (abs(theta) + (theta * theta + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          let s = t * c
          for k in 0..<n {
            let (x, y) = (m[k * n + p], m[k * n + q])
            (m[k * n + p], m[k * n + q]) = (c * x - s * y, s * x + c * y)
          }
          for k in 0..<n {
            let (x, y) = (m[p * n + k], m[q * n + k])
            (m[p * n + k], m[q * n + k]) = (c * x - s * y, s * x + c * y)
            let (z, w) = (v[p * n + k], v[q * n + k])
            (v[p * n + k], v[q * n + k]) = (c * z - s * w, s * z + c * w)
          }
        }
      }
    }
    let order = (0..<n).sorted { (m[$0 * n + $0], $0) < (m[$1 * n + $1], $1) }
    store(order.map { .num(m[$0 * n + $0]) }, in: values)
    store(order.flatMap { row in (0..<n).map { .num(v[row * n + $0]) } }, in: vectors)
    return true
  }
}
