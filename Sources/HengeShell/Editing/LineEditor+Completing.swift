// SPDX-License-Identifier: MIT
internal import CHengeEditor

extension LineEditor {
  /// The number of candidates above which the user is asked before listing them, as where the list is
  /// higher than the window.
  private static let manyCandidates = 100

  /// Completes the text before the cursor: inserts the part that all candidates share, or lists
  /// them.
  func complete() {
    let now = line
    // At the beginning of a line there is nothing to complete: Tab indents.
    guard now.lastBeforeCursor != nil else { return change { $0.insert("  ") } }
    let completions = assistance.completions(now.text, now.cursorInBytes)
    let candidates = completions.candidates
    let start = min(now.index(ofByte: completions.replaceFrom), now.cursor)
    guard let first = candidates.first else { return beep() }
    let typed = now.characters[start..<now.cursor]
    var shared = Array(LineEditor.sharedBeginning(of: candidates.lazy.map(\.text)).unicodeScalars)
    if candidates.count == 1 { shared += Array(first.suffix.unicodeScalars) }
    if shared.count > typed.count || (candidates.count == 1 && shared != Array(typed)) {
      return change { line in
        _ = line.remove(start..<now.cursor)
        line.insert(shared)
      }
    }
    guard candidates.count > 1 else { return }
    list(candidates.map(\.label))
  }

  /// The beginning that all `texts` have in common, in whole characters.
  ///
  /// It is compared byte by byte: a folder may have many thousand names.
  static func sharedBeginning(of texts: some Sequence<String>) -> String {
    var shared: [UInt8]?
    for var text in texts {
      text.withUTF8 { bytes in
        guard let known = shared else {
          shared = Array(bytes)
          return
        }
        var count = 0
        let most = min(known.count, bytes.count)
        while count < most, known[count] == bytes[count] { count += 1 }
        guard count < known.count else { return }
        // Never between the bytes of one character.
        while count > 0, known[count] & 0xC0 == 0x80 { count -= 1 }
        shared = Array(known[..<count])
      }
    }
    return String(decoding: shared ?? [], as: UTF8.self)
  }

  /// The height of the window.
  private func rows() -> Int {
    var columns: Int32 = 0
    var rows: Int32 = 0
    henge_terminal_size(&columns, &rows)
    return Int(rows)
  }

  /// Lists names in columns that fit the window.
  private func list(_ labels: [String]) {
    func isWanted() -> Bool { confirm("show all \(labels.count)? (y/n) ") }
    if labels.count > LineEditor.manyCandidates, !isWanted() { return }
    let lines = LineEditor.columns(labels.map(Frame.printable), width: painter.columns)
    // The entry below them has a row, too.
    if labels.count <= LineEditor.manyCandidates, lines.count >= rows(), !isWanted() { return }
    list(lines: lines)
  }

  private func list(lines: [String]) {
    finish()
    send(lines.map { $0 + "\r\n" }.joined())
  }

  /// Asks a question below the entry; whether the answer was `y`.
  private func confirm(_ question: String) -> Bool {
    finish()
    send(question)
    defer { send("\r\u{1b}[K") }
    while ending == nil {
      switch keyboard.next() {
      case .character(0x03):
        cancel()
        return false
      case .character(let key):
        return key == 0x79 || key == 0x59 || key == 0x20 || key == 0x09
      case .signals(let signals): heed(signals)
      case .end: leave()
      case .nothing: continue
      }
    }
    return false
  }

  /// `labels` in as few lines as fit `width`, read downwards.
  static func columns(_ labels: [String], width: Int) -> [String] {
    let widths = labels.map(Frame.width(of:))
    let columnWidth = (widths.max() ?? 0) + 2
    let count = max(1, (width + 1) / columnWidth)
    let rows = (labels.count + count - 1) / count
    return (0..<rows).map { row in
      var text = ""
      for index in stride(from: row, to: labels.count, by: rows) {
        let isLast = index + rows >= labels.count
        text += labels[index]
        if !isLast { text += String(repeating: " ", count: columnWidth - widths[index]) }
      }
      return text
    }
  }
}
