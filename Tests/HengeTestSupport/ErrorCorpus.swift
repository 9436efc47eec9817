// SPDX-License-Identifier: MIT

import Glibc
public import HengeLanguage

/// A folder of wrong programs, each with the message it must end in.
///
/// A file holds the program and, from the first line that begins with `#! ` on, the rendered
/// diagnostic with that mark before every line. With `HENGE_UPDATE=1` in the environment the
/// messages are written anew, for a person to read.
public struct ErrorCorpus {
  /// A case whose message is not the expected one.
  public struct Difference: Equatable, CustomStringConvertible {
    /// The file's name.
    public let name: String
    /// What the file holds.
    public let expected: String
    /// What `render` gave; `no error` if it gave none.
    public let found: String

    /// Both texts, one below the other.
    public var description: String { "\(name)\n--- expected\n\(expected)\n--- found\n\(found)" }
  }

  private let folder: String
  private static let mark = "#! "

  /// The folders of wrong programs in `folder` beside the test file `file`.
  public static func topics(in folder: String, beside file: String = #filePath) -> [String] {
    TestFiles.names(in: ErrorCorpus(folder, beside: file).folder)
  }

  /// The corpus in `folder` beside the test file `file`.
  public init(_ folder: String, beside file: String = #filePath) {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    self.folder = parts.joined(separator: "/") + "/" + folder
  }

  /// The names of the cases, sorted.
  public var names: [String] { TestFiles.names(in: folder).filter { $0.hasSuffix(".henge") } }

  /// The cases whose message differs from what `render` makes of their program; `render` gives
  /// nil for a program without an error.
  public func differences(_ render: (Source) -> String?) -> [Difference] {
    let isUpdating = getenv("HENGE_UPDATE").map { String(cString: $0) == "1" } ?? false
    var differences: [Difference] = []
    for name in names {
      let path = folder + "/" + name
      let (program, expected) = ErrorCorpus.split(read(path))
      let found = render(Source(name: name, text: program)) ?? "no error"
      if isUpdating {
        let lines = found.split(separator: "\n", omittingEmptySubsequences: false)
        let message = lines.map { ErrorCorpus.mark + $0 + "\n" }.joined()
        write(program + Array(message.utf8), path)
      } else if found != expected {
        differences.append(Difference(name: name, expected: expected, found: found))
      }
    }
    return differences
  }

  /// The program of a case and the message behind it.
  private static func split(_ bytes: [UInt8]) -> (program: [UInt8], expected: String) {
    let mark = Array(mark.utf8)
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    let first = lines.firstIndex { $0.starts(with: mark) } ?? lines.endIndex
    let start = first < lines.endIndex ? lines[first].startIndex : bytes.endIndex
    lines.removeFirst(first)
    if lines.last?.isEmpty == true { lines.removeLast() }
    let message = lines.map { String(decoding: $0.dropFirst(mark.count), as: UTF8.self) }
    return (Array(bytes[..<start]), message.joined(separator: "\n"))
  }

  private func read(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes += chunk[..<count]
    }
    return bytes
  }

  private func write(_ bytes: [UInt8], _ path: String) {
    guard let file = fopen(path, "wb") else { return }
    defer { fclose(file) }
    _ = fwrite(bytes, 1, bytes.count, file)
  }
}
