// SPDX-License-Identifier: MIT
internal import Glibc

/// A folder for what outlives a process: journals and the history of entries, or results.
public struct StateFolder {
  /// Its absolute path; none where the environment names no folder that can be used.
  public let path: String?
  /// Why there is none, where that is worth knowing.
  public let trouble: String?

  /// What outlives a process: what is the user's, or what can be made again.
  public enum Kind: Sendable {
    /// Journals and history: `$XDG_STATE_HOME/henge`, or `~/.local/state/henge`.
    case state
    /// Results: `$XDG_CACHE_HOME/henge`, or `~/.cache/henge`.
    case cache

    var places: [(variable: String, rest: String)] {
      switch self {
      case .state: [("XDG_STATE_HOME", "/henge"), ("HOME", "/.local/state/henge")]
      case .cache: [("XDG_CACHE_HOME", "/henge"), ("HOME", "/.cache/henge")]
      }
    }
  }

  /// The folder of this kind.
  ///
  /// A relative path is ignored, as the specification of these variables requires: it would depend
  /// on where henge is started.
  public init(_ kind: Kind = .state) {
    for (name, rest) in kind.places {
      guard let value = getenv(name), value.pointee != 0 else { continue }
      guard let text = String(validatingCString: value) else {
        (path, trouble) = (nil, "\(name) is not UTF-8")
        return
      }
      if text.hasPrefix("/") {
        (path, trouble) = (text + rest, nil)
        return
      }
      if name == "HOME" {
        (path, trouble) = (nil, "HOME is a relative path, \(text)")
        return
      }
    }
    (path, trouble) = (nil, nil)
  }

  /// The names in `folder` that begin with `prefix`, in order; none where it cannot be read.
  package static func names(in folder: String, prefix: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(prefix) { names.append(name) }
    }
    return names.sorted()
  }
}
