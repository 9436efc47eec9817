// SPDX-License-Identifier: MIT
internal import HengeBackend

/// The kind of a file, detected from its first bytes: names may be wrong, so `load` uses the
/// contents.
public enum FileKind: Sendable, CaseIterable {
  // In the order in which they are tried.
  /// An image, of a format that is read or not.
  case picture
  /// One numpy array.
  case npy
  /// A zip archive: `.npz`, or PyTorch's `.pth` since 1.6.
  case zip
  /// HDF5: Keras's `.h5`.
  case hdf5
  /// Named arrays with a JSON header; henge's own format.
  case safetensors
  /// A Python pickle: PyTorch's `.pth` before 1.6.
  case pickle
  /// A network with its operators: ONNX.
  case onnx
  /// Readable text: CSV, JSON, a script.
  case text
  /// Any other file.
  case unknown

  /// All that sets a kind apart, in one place.
  private struct Facts {
    /// The kind in words, with its article.
    let words: String
    /// Whether a file that starts so is of the kind.
    let recognizes: (Start) -> Bool

    init(_ words: String, recognizes: @escaping (Start) -> Bool) {
      self.words = words
      self.recognizes = recognizes
    }
  }

  private var facts: Facts {
    switch self {
    case .picture: Facts("an image") { PictureFormat(of: $0.bytes) != nil }
    case .npy: Facts("a .npy array") { $0.has(NpyHeader.mark) }
    case .zip:
      Facts("a zip archive") {
        $0.has(Array("PK".utf8) + [3, 4]) || $0.has(Array("PK".utf8) + [5, 6])
      }
    case .hdf5:
      Facts("an HDF5 file") { $0.has([0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A]) }
    case .safetensors: Facts("a safetensors file") { $0.isSafetensors }
    // Protocol 2 to 5: what torch.save and pickle.dump write.
    case .pickle:
      Facts("a Python pickle") {
        $0.bytes.count > 2 && $0.bytes[0] == 0x80 && (2...5).contains($0.bytes[1])
      }
    case .onnx: Facts("an ONNX network") { $0.isONNX }
    case .text: Facts("text") { $0.isText }
    case .unknown: Facts("something unknown") { _ in true }
    }
  }

  /// The kind of a file that begins with `bytes`; 4,096 of them are enough.
  public static func detect(_ bytes: some RandomAccessCollection<UInt8>) -> FileKind {
    let head = Array(bytes.prefix(4096))
    let start = Start(bytes: head, isWhole: head.count == bytes.count)
    return allCases.first { $0.facts.recognizes(start) } ?? .unknown
  }

  /// What a file that begins with `bytes` is, with its article: `a JPEG image`.
  static func words(of bytes: some RandomAccessCollection<UInt8>) -> String {
    PictureFormat(of: bytes.prefix(4096))?.words ?? detect(bytes).facts.words
  }
}

/// The first bytes of a file.
private struct Start {
  let bytes: [UInt8]
  /// Whether they are all.
  let isWhole: Bool

  func has(_ mark: [UInt8]) -> Bool { bytes.starts(with: mark) }

  var isSafetensors: Bool {
    guard bytes.count >= 10, bytes[8] == UInt8(ascii: "{") else { return false }
    return littleEndian(bytes[..<8]) <= UInt64(Safetensors.longestHeader)
  }

  /// A message of Protocol Buffers without a mark: field 1 is the version of the format, a small number,
  /// and field 2 to 8 or 14 of `ModelProto` follows.
  var isONNX: Bool {
    guard bytes.count > 2, bytes[0] == 1 << 3, (1..<128).contains(bytes[1]) else { return false }
    let (field, wireType) = (bytes[2] >> 3, bytes[2] & 7)
    return field == 5 ? wireType == 0 : wireType == 2 && ([2, 3, 4, 6, 7, 8, 14].contains(field))
  }

  var isText: Bool {
    guard !bytes.isEmpty else { return false }
    let controls = bytes.contains { $0 < 32 && ![9, 10, 12, 13].contains($0) }
    guard !controls else { return false }
    // The 4,096th byte may fall inside a character: up to three bytes may be missing.
    let shortest = isWhole ? bytes.count : max(1, bytes.count - 3)
    return (shortest...bytes.count).contains {
      String(validating: bytes[..<$0], as: UTF8.self) != nil
    }
  }
}

/// The number `bytes` (at most eight) spell, least significant first.
func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}
