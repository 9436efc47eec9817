// SPDX-License-Identifier: MIT
public import HengeBackend

extension Safetensors {
  /// The metadata of the file at `path`, without its arrays; throws `E-file` or `E-memory`.
  public static func metadata(of path: String, budget: MemoryBudget) throws -> [String: String] {
    let file = try RegularFile(path)
    var start = [UInt8](repeating: 0, count: min(8, file.size))
    try start.withUnsafeMutableBytes { try file.read(into: $0) }
    let length = littleEndian(start[...])
    let count = Int(min(length, UInt64(longestHeader)))
    let bytes = min(file.size, 8 + count)
    let reservation = try Reservation(bytes, of: budget, for: "the header of \(quotedPath(path))")
    defer { withExtendedLifetime(reservation) {} }
    var header = [UInt8](repeating: 0, count: bytes)
    try header.withUnsafeMutableBytes { try file.read(into: $0) }
    return try SafetensorsHeader(
      header[...], path: path, owner: reservation, budget: budget
    ).metadata
  }
}
