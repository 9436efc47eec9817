// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeThreads

/// The pictures at `paths`, in that order, each brought to `layout`, decoded on all threads of `pool`.
///
/// A file that cannot be read is a failure in its place and stops no other. The results' bytes, when
/// `layout` has a size, are asked of `budget` first, and given back on return, when they become the
/// caller's. Throws `E-memory`, and `Interrupted` between files.
public func readPictures(
  _ paths: [String], as layout: PictureLayout, pool: Pool, budget: MemoryBudget,
  interrupt: Interrupt? = nil
) throws -> [Result<Pixels, Failure>] {
  let each = layout.size.map { $0.height * $0.width * layout.channels.count } ?? 0
  try budget.reserve(each * paths.count, for: "\(paths.count) pictures")
  defer { budget.release(each * paths.count) }
  // A block shares one reader, and so its decoder and weights.
  let filesPerBlock = 8
  let blocks = (paths.count + filesPerBlock - 1) / filesPerBlock
  var results = [Result<Pixels, Failure>?](repeating: nil, count: paths.count)
  try results.withUnsafeMutableBufferPointer { results in
    try pool.run(blocks: blocks) { block in
      let reader = PictureReader(budget: budget)
      let start = block * filesPerBlock
      for index in start..<min(start + filesPerBlock, paths.count) {
        try interrupt?.check()
        do {
          results[index] = .success(try reader.read(paths[index], as: layout))
        } catch let failure as Failure {
          results[index] = .failure(failure)
        }
      }
    }
  }
  return results.compactMap { $0 }
}
