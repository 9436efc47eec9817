// SPDX-License-Identifier: MIT
import Glibc

@testable import HengeLanguage

/// A world for tests: what was printed, and limits to run into.
final class TestHost: Host {
  struct Stopped: Error {}
  var printed = ""
  var budget = Int.max
  var checksUntilInterrupt = Int.max
  var files: [String: String] = [:]

  func print(_ text: String) { printed += text }

  func checkInterrupt() throws {
    checksUntilInterrupt -= 1
    if checksUntilInterrupt <= 0 { throw Stopped() }
  }

  func reserve(_ bytes: Int) throws {
    guard bytes <= budget else {
      throw Diagnostic("E-memory", "\(bytes) bytes are more than \(budget)")
    }
    budget -= budget == .max ? 0 : bytes
  }

  func refusal(for error: any Error) -> Refusal? {
    error is Stopped ? Refusal(Diagnostic("E-interrupt", "stopped")) : nil
  }

  func program(at path: String, importedFrom source: Source) throws -> Program {
    guard let text = files[path] else { throw Diagnostic("E-file", "no \(path)") }
    return try Parser.parse(Source(name: path, text: Array(text.utf8)))
  }
}

extension Interpreter {
  /// A session with the general built-ins.
  static func forTests(_ host: TestHost, _ topics: [Topic] = []) -> Interpreter {
    Interpreter(library: Library(topics + [.init("general", Library.general.builtins)]), host: host)
  }

  /// What the last statement of `text` echoes.
  func echo(_ text: String) throws -> String {
    let program = try Parser.parse(Source(name: "[1]", text: Array(text.utf8)))
    return try run(program).representation
  }

  /// The code of the error that `text` ends in; none when it runs.
  func code(_ text: String) -> String? {
    do {
      _ = try echo(text)
      return nil
    } catch { return (error as? Diagnostic)?.code ?? "not a diagnostic: \(error)" }
  }
}

/// The bytes of a file, or none.
func contents(of path: String) -> [UInt8]? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var result: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    guard count > 0 else { return result }
    result += buffer[..<count]
  }
}

/// The paths of a folder's files with this suffix, sorted.
func files(in folder: String, suffix: String) -> [String] {
  guard let directory = opendir(folder) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name.hasSuffix(suffix) { names.append(name) }
  }
  return names.sorted().map { "\(folder)/\($0)" }
}
