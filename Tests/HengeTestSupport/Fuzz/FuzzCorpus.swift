// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage

/// The programs that are mutated: shipped scripts, sessions, wrong programs, blocks of the
/// documentation, and the built-ins' own examples.
struct FuzzCorpus {
  /// Each of a few statements, as they stand in a script.
  let snippets: [String]
  /// Names, numbers and symbols to put in the place of others.
  let tokens: [String]

  /// The project's scripts and blocks of code.
  static func texts() -> [String] {
    let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    var texts: [String] = []
    for folder in ["Scripts/paper", "Tests", "Docs"] {
      for path in FuzzCorpus.files(below: "/\(root)/\(folder)") {
        let text = FuzzCorpus.read(path)
        if path.hasSuffix(".henge") { texts.append(text) }
        if path.hasSuffix(".md") { texts += FuzzCorpus.blocks(of: text) }
      }
    }
    return texts
  }

  /// Cuts `texts` and the examples of `library`.
  init(_ texts: [String], _ library: Library) {
    let examples = library.builtins.flatMap { $0.examples.map(\.code) }
    snippets = (texts + examples).flatMap(FuzzCorpus.cut)
    tokens = Array(Set(snippets.flatMap(FuzzTokens.split)))
      .filter { !$0.allSatisfy(\.isWhitespace) && $0.utf8.count < 200 }.sorted()
  }

  /// Portions of a script that end where its brackets are closed.
  private static func cut(_ text: String) -> [String] {
    var snippets: [String] = []
    var snippet = ""
    var depth = 0
    var count = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("#! ") { break }
      snippet += line + "\n"
      for byte in line.utf8 {
        if "([{".utf8.contains(byte) { depth += 1 }
        if ")]}".utf8.contains(byte) { depth -= 1 }
      }
      count += line.hasPrefix("#") || line.isEmpty ? 0 : 1
      if depth <= 0 && count >= 4 {
        snippets.append(snippet)
        (snippet, depth, count) = ("", 0, 0)
      }
    }
    if count > 0 { snippets.append(snippet) }
    return snippets
  }

  /// The texts between ```` ```henge ```` fences.
  private static func blocks(of text: String) -> [String] {
    var blocks: [String] = []
    var block: String?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if let whole = block { blocks.append(whole) }
        block = line == "```henge" && block == nil ? "" : nil
      } else if let open = block {
        block = open + line + "\n"
      }
    }
    return blocks
  }

  private static func files(below folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(folder + "/" + name) }
    }
    return names.sorted().flatMap { path in
      path.hasSuffix(".henge") || path.hasSuffix(".md") ? [path] : files(below: path)
    }
  }

  private static func read(_ path: String) -> String {
    guard let file = fopen(path, "rb") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 400_000)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}

/// A coarse lexer, which works on any text.
enum FuzzTokens {
  /// The tokens of `text` and what stands between them; together they are the text.
  static func split(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    var tokens: [String] = []
    var start = 0
    while start < bytes.count {
      var end = start + 1
      let kind = self.kind(bytes[start])
      if kind == .quote {
        while end < bytes.count, bytes[end] != bytes[start], bytes[end] != 10 { end += 1 }
        end = min(bytes.count, end + 1)
      } else if kind != .symbol {
        while end < bytes.count, self.kind(bytes[end]) == kind { end += 1 }
      }
      tokens.append(String(decoding: bytes[start..<end], as: UTF8.self))
      start = end
    }
    return tokens
  }

  private enum Kind { case word, space, quote, symbol }

  private static func kind(_ byte: UInt8) -> Kind {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...: .word
    case 9, 10, 13, 32: .space
    case 34, 39: .quote
    default: .symbol
    }
  }
}

/// The texts of the project, read once and cut once for all worlds of a process.
final class FuzzScripts {
  private let texts = FuzzCorpus.texts()
  private var corpus: FuzzCorpus?

  /// The programs to mutate, with the examples of `library`.
  func corpus(with library: Library) -> FuzzCorpus {
    let whole = corpus ?? FuzzCorpus(texts, library)
    corpus = whole
    return whole
  }
}
