// SPDX-License-Identifier: MIT
import Glibc
import HengeSession
import HengeTestSupport
import Testing

@testable import HengeShell

/// A file of `Tests/Sessions/prompt`: what is typed, and what stands on the screen after it.
///
/// Lines beginning `henge> ` are typed, `…> ` goes on with them, and what follows is expected.
/// Tests/Terminal/test_sessions.py runs the same files by pipe and on a pseudo-terminal.
struct SessionFile: CustomTestStringConvertible, Sendable {
  let path: String
  var testDescription: String { path.split(separator: "/").last.map(String.init) ?? path }

  static let all: [SessionFile] = {
    let folder =
      "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Sessions/prompt"
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".txt") { names.append(name) }
    }
    return names.sorted().map { SessionFile(path: "\(folder)/\($0)") }
  }()

  /// The entries, each with the lines that it prints.
  func exchanges() throws -> [(typed: String, printed: String)] {
    var exchanges: [(typed: String, printed: [Substring])] = []
    let text = String(decoding: try readAll(path), as: UTF8.self)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("henge> ") {
        exchanges.append((String(line.dropFirst(7)), []))
      } else if !exchanges.isEmpty, line.drop(while: { $0 == " " }).hasPrefix("…> ") {
        exchanges[exchanges.count - 1].typed += "\n" + line.drop { $0 == " " }.dropFirst(3)
      } else if !exchanges.isEmpty {
        exchanges[exchanges.count - 1].printed.append(line)
      }
    }
    if exchanges.last?.printed.last == "" { exchanges[exchanges.count - 1].printed.removeLast() }
    return exchanges.map { ($0.typed, $0.printed.joined(separator: "\n")) }
  }
}

@Suite struct SessionFileTests {
  @Test(arguments: SessionFile.all)
  func `a session in memory prints what its file says`(_ file: SessionFile) throws {
    let typed = try TypedSession(frontEnd: TypedSession.atPrompt)
    for (entry, printed) in try file.exchanges() {
      #expect(try typed.type(entry) == printed, "\(entry)")
    }
  }

  @Test func `there are sessions to run`() { #expect(SessionFile.all.count >= 4) }
}
