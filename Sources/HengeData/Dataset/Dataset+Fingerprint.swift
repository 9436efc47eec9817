// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeImage
import HengeTensor

extension Dataset {
  /// A hash of this dataset's content: 64 hexadecimal digits, computed once.
  ///
  /// SHA-256 over the number of items, the range, and for each item in order the SHA-256 of what it
  /// is made of: the bytes of its file and how they are laid out, how a face is drawn, what an
  /// augmentation is of and how, and else its pixels or numbers. No path or time enters, and little is
  /// decoded. Throws what reading files and images throws.
  public func fingerprint() throws -> String {
    try fingerprintMemo.get {
      let whole = try SHA256()
      try whole.update(Array("henge dataset 2\n\(count) items, range \(range)\n".utf8)[...])
      for block in blocks {
        for digest in try digests(Array(block)) { try whole.update(digest[...]) }
      }
      return try whole.hexDigest()
    }
  }

  /// A hash of each of the items at `places`: the SHA-256 of what it is made from and how,
  /// or of its content.
  func digests(_ places: [Int]) throws -> [[UInt8]] {
    var found = [[UInt8]](repeating: [], count: places.count)
    for (source, wanted) in bySource(places) {
      let indices = wanted.map(\.index)
      var digests: [[UInt8]]?
      switch source {
      case .pictures(let own):
        digests = try loader.map(indices.count) { try own.digest(of: indices[$0]) }
      case .tensors(let own): digests = try own.digests(indices)
      }
      if digests == nil {
        let items = try source.items(indices, loader)
        digests = try loader.map(items.count) { try Dataset.digest(items[$0]) }
      }
      for ((place, _), digest) in zip(wanted, digests ?? []) { found[place] = digest }
    }
    return found
  }

  static func digest(_ item: Item) throws -> [UInt8] {
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

  /// The SHA-256 of an image's shape and bytes.
  static func digest(_ pixels: Pixels) throws -> [UInt8] {
    let hash = try SHA256()
    try hash.update(Array("u8 \(pixels.height)x\(pixels.width)x\(pixels.channels)\n".utf8)[...])
    try pixels.bytes.withUnsafeBytes { try hash.update($0) }
    return try hash.digest()
  }
}
