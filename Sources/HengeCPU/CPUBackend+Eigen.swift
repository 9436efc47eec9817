// SPDX-License-Identifier: MIT
internal import COpenBLAS
public import HengeBackend
internal import HengeThreads

extension CPUBackend {
  /// Decomposes the symmetric `a [n, n]` of `f64` by LAPACK's divide and conquer.
  public func eigen(_ a: View, values: Buffer, vectors: Buffer) throws -> Bool {
    let size = a.sizes[0]
    guard size > 0 else { return true }
    let copy = View(vectors, offset: 0, sizes: a.sizes, strides: [size, 1])
    try convert(a, to: copy, rounding: .nearest)
    // As LAPACK's page of dsyevd says for vectors and values.
    let (work, integers) = (1 + 6 * size + 2 * size * size, 3 + 5 * size)
    let room = try allocate(work, .f64)
    let places = try allocate((integers + 1) / 2, .f64)
    var (n, length, integerLength, status) = (
      Int32(clamping: size), Int32(clamping: work), Int32(clamping: integers), Int32(0)
    )
    try interrupt?.check()
    withExtendedLifetime((room, places)) {
      dsyevd_(
        "V", "U", &n, elements(vectors, Double.self), &n, elements(values, Double.self),
        elements(room, Double.self), &length,
        UnsafeMutableRawPointer(elements(places, Double.self)).assumingMemoryBound(to: Int32.self),
        &integerLength, &status, 1, 1)
    }
    return status == 0
  }
}
