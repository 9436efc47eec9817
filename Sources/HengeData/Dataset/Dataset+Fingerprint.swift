// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeImage
import HengeTensor

extension Dataset {
  /// What tells this dataset's content from another's: 64 hexadecimal digits, computed once.
  ///
  /// SHA-256 over the number of items, the range, and for each item in order its shape and the
  /// SHA-256 of its bytes: pixels as bytes `[H, W, C]` where they come from pictures, `f32`
  /// `[C, H, W]` otherwise. No path or time enters.
  public func fingerprint() throws -> String {
    try fingerprintMemo.get {
      let whole = try SHA256()
      try whole.update(Array("henge dataset 1\n\(count) items, range \(range)\n".utf8)[...])
      for block in blocks {
        let items = try items(block)
        for digest in try loader.map(items.count, { try Dataset.digest(items[$0]) }) {
          try whole.update(digest[...])
        }
      }
      return try whole.hexDigest()
    }
  }

  private static func digest(_ item: Item) throws -> [UInt8] {
    switch item {
    case .picture(let pixels):
      return try digest(pixels)
    case .tensor(let tensor):
      let hash = try SHA256()
      try hash.update(Array("f32 \(tensor.shape)\n".utf8)[...])
      try tensor.withBytes { try hash.update($0) }
      return try hash.digest()
    }
  }

  /// The SHA-256 of a picture's shape and bytes.
  static func digest(_ pixels: Pixels) throws -> [UInt8] {
    let hash = try SHA256()
    try hash.update(Array("u8 \(pixels.height)x\(pixels.width)x\(pixels.channels)\n".utf8)[...])
    try pixels.bytes.withUnsafeBytes { try hash.update($0) }
    return try hash.digest()
  }
}
