// SPDX-License-Identifier: MIT

import Glibc

/// A Markdown page, its ```` ```henge ```` blocks, and what the page says that they print.
struct Document {
  /// One example.
  struct Block {
    /// The line of the page on which the code begins, from 1.
    let line: Int
    let code: String
    /// The lines of the ```` ```text ```` block right behind it, from 0; nil when there is none.
    let output: Range<Int>?
  }

  let path: String
  private(set) var lines: [String]
  let blocks: [Block]

  /// Reads the page at `path`.
  init(_ path: String) {
    self.path = path
    let lines = Document.read(path).split(separator: "\n", omittingEmptySubsequences: false)
    self.lines = lines.map(String.init)
    blocks = Document.blocks(self.lines)
  }

  /// The page's name below the project's folder.
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// What the page says that `block` prints; nil when it says nothing.
  func output(of block: Block) -> String? {
    block.output.map { lines[$0].joined(separator: "\n") }
  }

  /// Writes the page with `outputs`, one for each block that has a place for it.
  func rewrite(_ outputs: [String]) {
    var lines = lines
    for (block, output) in zip(blocks, outputs).reversed() {
      guard let range = block.output else { continue }
      let new =
        output.isEmpty ? [] : output.split(separator: "\n", omittingEmptySubsequences: false)
      lines.replaceSubrange(range, with: new.map(String.init))
    }
    guard let file = fopen(path, "wb") else { return }
    defer { fclose(file) }
    fputs(lines.joined(separator: "\n"), file)
  }

  private static func blocks(_ lines: [String]) -> [Block] {
    var blocks: [Block] = []
    var index = 0
    while index < lines.count {
      guard lines[index].hasPrefix("```") else {
        index += 1
        continue
      }
      let language = lines[index].dropFirst(3)
      let start = index + 1
      let end = lines[start...].firstIndex { $0.hasPrefix("```") } ?? lines.count
      index = end + 1
      guard language == "henge" else { continue }
      let code = lines[start..<end].joined(separator: "\n") + "\n"
      let next = lines[min(index, lines.count)...].firstIndex { !$0.isEmpty }
      var output: Range<Int>?
      if let next, lines[next] == "```text" {
        let close = lines[(next + 1)...].firstIndex { $0.hasPrefix("```") } ?? lines.count
        output = next + 1..<close
      }
      blocks.append(Block(line: start + 1, code: code, output: output))
    }
    return blocks
  }

  private static func read(_ path: String) -> String {
    guard let file = fopen(path, "rb") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
