// SPDX-License-Identifier: MIT
import Glibc
import HengeLanguage
import HengeTestSupport
import Testing

/// A session as one sees it.
///
/// Lines beginning `henge> ` are typed, `…> ` goes on with them, and what follows is expected.
/// Tests/Terminal/test_sessions.py runs the same files by pipe and on a pseudo-terminal.
struct Transcript: CustomTestStringConvertible, Sendable {
  let name: String
  var testDescription: String { name }

  static let folder = LibraryScript.sessions + "/prompt"

  static let all: [Transcript] = {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".txt") { names.append(name) }
    }
    return names.sorted().map(Transcript.init)
  }()

  /// The entries, each with what it must show.
  func entries() throws -> [(typed: String, shown: String)] {
    let file = try #require(fopen("\(Transcript.folder)/\(name)", "rb"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 100_000)
    bytes.removeLast(100_000 - fread(&bytes, 1, 100_000, file))
    var entries: [(typed: String, shown: String)] = []
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      if line.hasPrefix("henge> ") {
        entries.append((String(line.dropFirst(7)), ""))
        continue
      }
      let rest = line.drop { $0 == " " }
      let last = entries.count - 1
      if rest.hasPrefix("…> ") {
        entries[last].typed += "\n" + rest.dropFirst(3)
      } else {
        entries[last].shown += line + "\n"
      }
    }
    return entries
  }
}

@Suite struct TranscriptTests {
  @Test(arguments: Transcript.all)
  func aSessionShowsWhatItsTranscriptSays(transcript: Transcript) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    for (index, entry) in try transcript.entries().enumerated() {
      #expect(runner.run(entry.typed, name: "[\(index + 1)]") == entry.shown, "\(entry.typed)")
    }
  }

  @Test func thereAreTranscriptsToRun() { #expect(Transcript.all.count >= 2) }
}
