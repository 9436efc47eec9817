// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage

/// The file in which a session keeps its entries, so that they outlive the process.
///
/// Each entry is on the disk before it runs, and what became of it is written after. A session that
/// ends well removes its file. While it lives it holds a lock on the file, which tells its file from
/// those of sessions that were killed.
public final class Journal {
  private let descriptor: Int32
  /// Where it is.
  public let path: String

  /// Begins the journal of a session in `workingFolder`; none where no file can be made.
  public init?(folder: String, seed: UInt64?, workingFolder: String, outputFolder: String?) {
    guard Journal.makeFolder(folder) else { return nil }
    // It gets its name once it is locked, so that nobody takes it for a dead session's.
    let temporary = "\(folder)/.journal-\(getpid())"
    let descriptor = open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    var path = "\(folder)/journal-\(getpid())"
    var suffix = 1
    while access(path, F_OK) == 0 {
      suffix += 1
      path = "\(folder)/journal-\(getpid())-\(suffix)"
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, rename(temporary, path) == 0 else {
      unlink(temporary)
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    self.path = path
    append(["session", seed.map(String.init) ?? "", workingFolder, outputFolder ?? ""])
  }

  deinit { close(descriptor) }

  /// The folder for journals: below `XDG_STATE_HOME`, or the home.
  public static var folder: String? {
    if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") { return "\(state)/henge" }
    return environment("HOME").map { "\($0)/.local/state/henge" }
  }

  private static func makeFolder(_ folder: String) -> Bool {
    var path = ""
    for part in folder.split(separator: "/") {
      path += "/\(part)"
      if mkdir(path, 0o700) != 0, errno != EEXIST { return false }
    }
    return true
  }

  // MARK: Writing

  /// Keeps an entry before it runs, so that it is on the disk when the process is killed by it.
  func begin(_ entry: Entry) {
    append([
      "entry", String(entry.number), entry.source.name, entry.source.folder ?? "", entry.text,
    ])
    fdatasync(descriptor)
  }

  /// Keeps what became of an entry.
  func end(_ entry: Entry) {
    switch entry.outcome {
    case .good: append(["good", String(entry.number)])
    case .nothing: append(["nothing", String(entry.number)])
    case .did(let lines): append(["did", String(entry.number), lines.joined(separator: "\n")])
    }
  }

  /// Keeps that the entries from `number` on were undone.
  func wentBack(to number: Int) { append(["back", String(number)]) }

  /// Removes the journal of a session that ends well.
  func end() { unlink(path) }

  private func append(_ fields: [String]) {
    let line = fields.map(Journal.escaped).joined(separator: "\t") + "\n"
    _ = writeAll(Array(line.utf8), to: descriptor)
  }

  private static func escaped(_ field: String) -> String {
    var result = ""
    for scalar in field.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
