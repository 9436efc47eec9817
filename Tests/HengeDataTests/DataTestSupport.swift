// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeCPU
import HengeImage
import HengeTensor
import HengeThreads
import Testing

@testable import HengeData

/// A loader with its own budget, threads and cache.
func makeLoader(
  threads: Int = 2, cache: Int = 100_000_000, budget: Int = 2_000_000_000,
  interrupt: Interrupt = Interrupt(), note: @escaping (String) -> Void = { _ in }
) -> PictureLoader {
  let memory = MemoryBudget(limit: budget)
  let pool = Pool(threads: threads)
  return PictureLoader(
    backend: CPUBackend(pool: pool, budget: memory, interrupt: interrupt), budget: memory,
    pool: pool, interrupt: interrupt, cache: PixelCache(limit: cache, budget: memory), note: note)
}

/// A new folder, removed with everything in it when `body` returns.
func inFolder<R>(_ body: (String) throws -> R) throws -> R {
  var template = Array("/tmp/henge-data-XXXXXX".utf8CString)
  let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
  defer { removeAll(folder) }
  return try body(folder)
}

private func removeAll(_ path: String) {
  if let stream = opendir(path) {
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      var name = entry.pointee.d_name
      let bytes = withUnsafeBytes(of: &name) { Array($0.prefix { $0 != 0 }) }
      guard bytes != [46], bytes != [46, 46] else { continue }
      let child = Array("\(path)/".utf8) + bytes + [0]
      child.withUnsafeBytes { raw in
        guard let child = raw.bindMemory(to: CChar.self).baseAddress else { return }
        var status = stat()
        if lstat(child, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
          removeAll(String(cString: child))
        } else {
          unlink(child)
        }
      }
    }
  }
  rmdir(path)
}

func makeFolder(_ path: String) throws { #expect(mkdir(path, 0o700) == 0) }

func write(_ bytes: [UInt8], to path: String) throws {
  let file = try #require(fopen(path, "wb"))
  #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
  fclose(file)
}

/// A picture whose bytes depend on `seed` and the place.
func pattern(_ seed: Int, height: Int = 8, width: Int = 8, channels: Int = 3) -> Pixels {
  let bytes = (0..<height * width * channels).map { UInt8(truncatingIfNeeded: $0 * 7 + seed * 31) }
  return Pixels(height: height, width: width, channels: channels, bytes: bytes)
}

func writePNG(_ pixels: Pixels, to path: String) throws {
  try write(encodePNG(pixels, budget: MemoryBudget(limit: 100_000_000)), to: path)
}

/// Writes `count` pictures 8x8 into `folder`, called `00.png` and so on.
func writePatterns(_ count: Int, to folder: String) throws {
  for index in 0..<count {
    try writePNG(pattern(index), to: "\(folder)/\(index < 10 ? "0" : "")\(index).png")
  }
}

/// The failure that `body` must throw.
func failure(_ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation)
  -> Failure?
{
  #expect(throws: Failure.self, sourceLocation: sourceLocation) { try body() }
}

/// Where the test data lies, or nil where there is none.
let sharedData: String? = access("../shared/data/README.md", R_OK) == 0 ? "../shared/data" : nil

extension Tensor {
  /// The same numbers with other signs.
  func negated() throws -> Tensor {
    try Tensor.combine(.multiply, .tensor(self), .scalar(.num(-1)))
  }
}
