// SPDX-License-Identifier: MIT
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A path as messages show it: in quotes, control characters escaped, long ones shortened in the middle.
public func quotedPath(_ path: String) -> String {
  var shown = ""
  for scalar in path.unicodeScalars {
    shown +=
      scalar.value < 32 || scalar.value == 127 ? scalar.escaped(asASCII: false) : String(scalar)
  }
  if shown.count > 200 { shown = "\(shown.prefix(90))…\(shown.suffix(90))" }
  return "\"\(shown)\""
}

extension Failure {
  /// An E-file error about the file at `path`: `"x.png": what`.
  public static func file(
    _ path: String, _ what: String, notes: [String] = [], suggestion: String? = nil
  ) -> Failure {
    Failure("E-file", "\(quotedPath(path)): \(what)", notes: notes, suggestion: suggestion)
  }

  /// Throws `E-file` for a path with a zero byte, at which the system would cut it: another file.
  public static func refuseZeroByte(in path: String) throws {
    guard !path.utf8.contains(0) else {
      throw Failure.file(path, "a path cannot contain a zero byte")
    }
  }

  /// E-file for a path that does not exist: names the missing part and suggests the most similar
  /// name in its folder.
  static func missingFile(_ path: String, kind: String = "file") -> Failure {
    let (folder, name) = firstMissing(path)
    let suggestion = nearestName(to: name, among: namesInFolder(folder))
    let place = folder == "." ? "the current folder" : quotedPath(folder)
    return .file(
      path, "there is no such \(kind)",
      notes: folder == "." && name == path ? [] : ["there is no \(quotedPath(name)) in \(place)"],
      suggestion: suggestion.map { quotedPath(replacing(name, in: folder, of: path, by: $0)) })
  }

  /// The system refused to open or read the file or folder at `path` with `code`, an `errno`.
  public static func refusedFile(_ path: String, code: Int32, kind: String = "file") -> Failure {
    switch code {
    case ENOENT: missingFile(path, kind: kind)
    case ENOTDIR: .file(path, "a part of this path is a file, not a folder")
    case EACCES, EPERM: .file(path, "may not be read: permission denied")
    case ELOOP: .file(path, "its links lead round in a circle")
    case ENAMETOOLONG: .file(path, "the path is too long (\(path.utf8.count) bytes)")
    case EMFILE, ENFILE: .file(path, "too many files are open")
    default: .file(path, "cannot be read: \(String(cString: strerror(code)))")
    }
  }
}

/// The deepest folder of `path` that exists, and the first part after it, which does not.
private func firstMissing(_ path: String) -> (folder: String, name: String) {
  var folder = path.hasPrefix("/") ? "/" : "."
  for part in path.split(separator: "/") {
    let next = joined(folder, String(part))
    var status = stat()
    if stat(next, &status) != 0 { return (folder, String(part)) }
    folder = next
  }
  return (folder, path)
}

private func joined(_ folder: String, _ name: String) -> String {
  folder == "." ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
}

/// `path` with `other` instead of its first missing part `name` in `folder`.
private func replacing(
  _ name: String, in folder: String, of path: String, by other: String
) -> String {
  let depth = folder == "." ? 0 : folder.split(separator: "/").count
  let rest = path.split(separator: "/").dropFirst(depth + 1)
  return ([joined(folder, other)] + rest.map(String.init)).joined(separator: "/")
}

/// The names in `folder`, at most 20,000: enough to suggest one, and no wait in a huge folder.
private func namesInFolder(_ folder: String) -> [String] {
  guard let stream = opendir(folder) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while names.count < 20_000, let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
      field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)) {
        String(cString: $0)
      }
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names
}
