// SPDX-License-Identifier: MIT
internal import CHengeLAPACK
public import HengeBackend
internal import HengeThreads

extension CPUBackend {
  /// Decomposes the symmetric `a [n, n]` of `f64` by LAPACK's divide and conquer.
  ///
  /// Throws `E-file` where OpenBLAS, which has it, is not installed.
  public func eigen(_ a: View, values: Buffer, vectors: Buffer) throws -> Bool {
    let size = a.sizes[0]
    guard size > 0 else { return true }
    if let reason = henge_lapack_open() {
      throw Failure("E-file", "eigenvalues are computed by LAPACK: \(String(cString: reason))")
    }
    let copy = View(vectors, offset: 0, sizes: a.sizes, strides: [size, 1])
    try convert(a, to: copy, rounding: .nearest)
    // The sizes required by LAPACK's dsyevd for vectors and values.
    let (work, integers) = (1 + 6 * size + 2 * size * size, 3 + 5 * size)
    let room = try allocate(work, .f64)
    let places = try allocate((integers + 1) / 2, .f64)
    try interrupt?.check()
    let status = withExtendedLifetime((room, places)) {
      henge_lapack_eigen(
        Int32(clamping: size), elements(vectors, Double.self), elements(values, Double.self),
        elements(room, Double.self), Int32(clamping: work),
        UnsafeMutableRawPointer(elements(places, Double.self)).assumingMemoryBound(to: Int32.self),
        Int32(clamping: integers))
    }
    return status == 0
  }
}
