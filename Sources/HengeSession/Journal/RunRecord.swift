// SPDX-License-Identifier: MIT
internal import Glibc

/// A file in the state folder with the files to which a run of a script saves its trainers.
///
/// It is created before the first save and removed when the run ends normally. While the run is
/// alive it locks the file; an unlocked file belongs to a run that was killed or failed, and the
/// next run of that script reports what can be resumed.
public final class RunRecord {
  private let folder: String
  private let script: String
  private var file: (descriptor: Int32, path: String)?
  private var noted: Set<String> = []
  /// The records of earlier runs of this script that did not end well.
  private var earlier: [String] = []

  /// A record in `folder` of a run of `script`, an absolute path.
  public init(folder: String, script: String) {
    self.folder = folder
    self.script = script
  }

  deinit { if let file { close(file.descriptor) } }

  /// The files that earlier runs of the script saved to and did not end well, each once.
  public func unfinished() -> [String] {
    var files: [String] = []
    for name in StateFolder.names(in: folder, prefix: "run-") {
      let path = "\(folder)/\(name)"
      guard let record = RunRecord.read(path), record.script == script else { continue }
      earlier.append(path)
      files += record.files.filter { !files.contains($0) }
    }
    return files
  }

  /// Notes that the run saves to `path`, an absolute path.
  public func saves(to path: String) {
    guard noted.insert(path).inserted else { return }
    if file == nil { file = begin() }
    guard let file else { return }
    _ = writeAll(Array((RunRecord.line("saves", path)).utf8), to: file.descriptor)
    fdatasync(file.descriptor)
  }

  /// Removes the record of a run that ended well, and those of earlier ones.
  public func end() {
    if let file { unlink(file.path) }
    for path in earlier { unlink(path) }
  }

  private func begin() -> (Int32, String)? {
    guard (try? Journal.makeFolder(folder)) != nil else { return nil }
    var path = ""
    for number in 0..<1000 {
      path = "\(folder)/run-\(getpid())-\(number)"
      let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
      if descriptor < 0, errno == EEXIST { continue }
      guard descriptor >= 0 else { return nil }
      flock(descriptor, LOCK_EX | LOCK_NB)
      _ = writeAll(Array(RunRecord.line("run", script).utf8), to: descriptor)
      return (descriptor, path)
    }
    return nil
  }

  /// The contents of a record that no living run locks; `nil` for others, and for other files.
  private static func read(_ path: String) -> (script: String, files: [String])? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      flock(descriptor, LOCK_EX | LOCK_NB) == 0, let bytes = try? readAll(path)
    else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: "\t", maxSplits: 1).map(String.init)
    }
    guard let first = lines.first, first.count == 2, first[0] == "run" else { return nil }
    let files = lines.dropFirst().filter { $0.count == 2 && $0[0] == "saves" }.map {
      $0[1].unescapedLine
    }
    return (first[1].unescapedLine, files)
  }

  private static func line(_ word: String, _ path: String) -> String {
    "\(word)\t\(path.escapedLine)\n"
  }
}
