// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend

/// Where a session reads and writes files.
///
/// A relative path in a script's own text is relative to that script; at the prompt, with `-e` and
/// on standard input to the working directory. Writes go under the output folder. A read looks
/// first among the files that this run wrote, under the names that it wrote them.
public struct Paths {
  /// The working directory, absolute.
  public private(set) var workingFolder: String
  /// Where relative writes go, absolute.
  public private(set) var outputFolder: String
  /// Whether the command line named the output folder: relative paths then must not leave it.
  private let isOutputFenced: Bool
  /// Whether absolute paths must not leave it either.
  public var isWholeOutputFenced = false
  /// The folder, absolute, below which files are written instead of at their own paths, so that a process
  /// reads what it wrote while another one owns the files; nil for none.
  public var mirror: String?
  /// Whether files are written at their own paths for a while, although there is a mirror.
  var writesPastMirror = false
  private var written: Set<String> = []
  /// How often a file was written.
  public private(set) var writes = 0
  private var folders: Set<String> = []
  /// Relative paths that were read, as they were given, since ``takeReads()``.
  private var reads: Set<String> = []
  /// The files and folders that were read and not written by this run, in the order in which they
  /// were first read.
  public private(set) var inputs: [Input] = []
  private var knownInputs: Set<Input> = []
  /// What relative paths of texts were resolved to before anything was read.
  private var resolved: Set<String> = []

  /// A file or folder that was read.
  public struct Input: Hashable, Sendable {
    /// Its absolute path.
    public let file: String
    /// Whether a relative path named it, so that a copy in another place has another one.
    public let isNamedRelatively: Bool
  }

  /// Paths below `workingFolder`, which must be absolute; writes go to `outputFolder`.
  public init(workingFolder: String, outputFolder: String? = nil) {
    self.workingFolder = Paths.normalised(workingFolder)
    self.outputFolder = Paths.absolute(outputFolder ?? ".", from: workingFolder)
    isOutputFenced = outputFolder != nil
  }

  /// Makes the absolute `folder` the working directory, to which relative writes go as well unless the
  /// command line named their folder.
  public mutating func move(to folder: String) {
    workingFolder = Paths.normalised(folder)
    if !isOutputFenced { outputFolder = workingFolder }
  }

  /// Whether a relative `path` names a file that this run wrote in `folder`: never where the command
  /// line named the folder of all files.
  public func hasWritten(_ path: String, in folder: String) -> Bool {
    !isOutputFenced && !path.hasPrefix("/")
      && ours(Paths.absolute(path, from: folder)) != nil
  }

  /// Where a file is written.
  private func mirrored(_ file: String) -> String {
    writesPastMirror ? file : mirror.map { $0 + file } ?? file
  }

  /// Where this run wrote a file; nil where it did not.
  private func ours(_ file: String) -> String? {
    if let mirror, written.contains(mirror + file) { return mirror + file }
    return written.contains(file) ? file : nil
  }

  /// The file that reading `path` means for a text in `folder` (none: the working directory).
  public mutating func toRead(_ path: String, from folder: String?) -> String {
    if let ours = ours(Paths.absolute(path, from: outputFolder)) { return ours }
    let base = base(folder)
    folders.insert(base)
    if !path.isEmpty, !path.hasPrefix("/") { reads.insert(path) }
    let file = Paths.absolute(path, from: base)
    if mirror != nil, let ours = ours(file) { return ours }
    if !path.isEmpty {
      read(
        Input(file: file, isNamedRelatively: !path.hasPrefix("/") || isBelowResolved(file)))
    }
    return file
  }

  /// Remembers that this run reads `input`.
  mutating func read(_ input: Input) {
    if knownInputs.insert(input).inserted { inputs.append(input) }
  }

  /// The absolute path of `path` for a text in `folder`, which is not read yet.
  mutating func resolve(_ path: String, from folder: String?) -> String {
    let own = Paths.absolute(path, from: outputFolder)
    if ours(own) != nil { return own }
    let file = Paths.absolute(path, from: base(folder))
    if !path.hasPrefix("/") {
      reads.insert(path)
      resolved.insert(file)
    }
    return file
  }

  /// Takes back the resolving of a path to `file`, which is not used after all.
  public mutating func forgetResolving(to file: String) { resolved.remove(file) }

  /// Remembers that a relative path was resolved to `file`.
  public mutating func resolved(to file: String) { resolved.insert(file) }

  /// The folder to which paths of a text in `folder` are relative.
  private func base(_ folder: String?) -> String {
    folder.map { Paths.absolute($0, from: workingFolder) } ?? workingFolder
  }

  private func isBelowResolved(_ file: String) -> Bool {
    resolved.contains { file == $0 || file.hasPrefix($0 == "/" ? "/" : $0 + "/") }
  }

  /// The relative paths read since the last call, sorted.
  public mutating func takeReads() -> [String] {
    defer { reads = [] }
    return reads.sorted()
  }

  /// The folder that reading `path` means; one in which this run wrote files comes first.
  public mutating func folderToRead(_ path: String, from folder: String?) -> String {
    let ours = mirrored(Paths.absolute(path, from: outputFolder))
    if written.contains(where: { $0.hasPrefix(ours + "/") }) { return ours }
    return toRead(path, from: folder)
  }

  /// The file that writing `path` means.
  ///
  /// Throws `E-path` for a relative path that leaves the folder of `--out`, and `E-file` where that
  /// folder would be below a working directory that is gone: nothing makes it again by chance.
  public func toWrite(_ path: String) throws -> String {
    guard !path.utf8.contains(0) else {
      throw Failure(
        "E-file", "\(quotedPath(path)): a path cannot contain a zero byte", parameter: "path")
    }
    let file = Paths.absolute(path, from: outputFolder)
    let inside = outputFolder == "/" ? "/" : outputFolder + "/"
    guard !path.hasPrefix("/") || isWholeOutputFenced else { return mirrored(file) }
    guard !isOutputFenced || file.hasPrefix(inside) || file == outputFolder else {
      throw Failure(
        "E-path",
        "\(quotedPath(path)) leaves the folder that --out names",
        suggestion: "a path below that folder, or an absolute one",
        parameter: "path")
    }
    guard !outputFolder.hasPrefix(workingFolder) || access(workingFolder, F_OK) == 0 else {
      throw Failure(
        "E-file",
        "the working directory \(workingFolder) no longer exists, so \(path) cannot be written",
        suggestion: "start henge again in a folder that exists, or write to an absolute path")
    }
    return mirrored(file)
  }

  /// Remembers that this run wrote `file`, an absolute path.
  public mutating func wrote(_ file: String) {
    written.insert(file)
    writes += 1
    let before = knownInputs.count
    for isRelative in [false, true] {
      knownInputs.remove(Input(file: file, isNamedRelatively: isRelative))
    }
    if knownInputs.count < before { inputs.removeAll { $0.file == file } }
  }

  /// The absolute `file` as seen from the absolute `folder`.
  public static func relative(_ file: String, to folder: String) -> String {
    let (target, base) = (file.split(separator: "/"), folder.split(separator: "/"))
    var common = 0
    while common < min(target.count, base.count), target[common] == base[common] { common += 1 }
    // Files that share nothing with the folder have their own names.
    guard common > 0, base.count - common < 6 else { return file }
    let path = Array(repeating: "..", count: base.count - common) + target[common...]
    return path.isEmpty ? "." : path.joined(separator: "/")
  }

  /// `path` unchanged when it is absolute, else below `folder`; `.` and `..` are resolved.
  public static func absolute(_ path: String, from folder: String) -> String {
    normalised(path.hasPrefix("/") ? path : folder + "/" + path)
  }

  private static func normalised(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}

extension Paths {
  /// A message about files with their paths relative to the folders that texts of this run read
  /// from and write to, as the texts themselves name them.
  public func shown(in message: String) -> String {
    var result = message
    let all = folders.union([workingFolder, outputFolder]).subtracting(["/"])
    for folder in all.sorted(by: { $0.utf8.count > $1.utf8.count }) {
      // A script's text cannot name the folder of --out, and calls the others ".".
      let isOutput = folder == outputFolder && folder != workingFolder
      let place =
        isOutput
        ? "the output folder"
        : folder == workingFolder ? "the current folder" : "the script's folder"
      result = result.replacing(" in \"\(folder)\"", with: " in \(place)")
      if !isOutput { result = result.replacing("\"\(folder)\"", with: "\".\"") }
      result = result.replacing("\"\(folder)/", with: "\"")
    }
    return result
  }

  /// `file` as messages name it: relative when it is below the working directory.
  public func shown(_ file: String) -> String {
    let prefix = workingFolder + "/"
    return file.hasPrefix(prefix) ? String(file.dropFirst(prefix.count)) : file
  }
}

extension String {
  /// With `other` in place of each `part`.
  fileprivate func replacing(_ part: String, with other: String) -> String {
    var result = ""
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(part) {
        result += other
        rest = rest.dropFirst(part.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}
