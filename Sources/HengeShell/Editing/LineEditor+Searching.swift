// SPDX-License-Identifier: MIT

extension LineEditor {
  /// Searches the history for what is typed, entry by entry: Ctrl-R goes to older ones, Ctrl-S to
  /// newer; Enter submits, Ctrl-G goes back to the line as it was, any other key takes what was
  /// found and does what it does.
  func search(_ first: Int) {
    past.load()
    let typed = line
    var pattern = ""
    var index = first < 0 ? past.history.entries.count : -1
    var isFound = true

    func find(_ direction: Int, from start: Int) {
      guard !pattern.isEmpty else { return }
      let found = past.history.nearest(to: start, direction) { $0.contains(part: pattern) }
      isFound = found != nil
      guard let found else { return beep() }
      index = found
      var shown = Line(past.history.entries[found])
      shown.cursor = shown.text.offset(ofPart: pattern) ?? 0
      line = shown
    }

    while ending == nil {
      if !keyboard.isReady() {
        paint(mark: "(search `\(Frame.printable(pattern))`\(isFound ? "" : ": nothing")) ")
      }
      switch keyboard.next() {
      case .signals(let signals): heed(signals)
      case .end: leave()
      case .nothing: continue
      case .character(0x03): cancel()
      case .character(0x07):
        line = typed
        return
      case .character(0x12), .character(KeyCommand.searchBackward.character): find(-1, from: index)
      case .character(0x13): find(1, from: index)
      case .character(0x7f), .character(0x08):
        guard pattern.popLast() != nil else { beep(); continue }
        // What is left is looked for anew.
        index = first < 0 ? past.history.entries.count : -1
        if pattern.isEmpty { line = typed } else { find(first, from: index) }
      case .character(0x0d), .character(0x0a): return submitFound()
      case .character(KeyCommand.paste.character):
        // A paste belongs to the line, not to the search.
        line = typed
        return act(.paste)
      case .character(0x1b): return
      case .character(let value) where value >= 0xa0 || (0x20..<0x7f).contains(value):
        pattern.unicodeScalars.append(Unicode.Scalar(value) ?? "\u{fffd}")
        find(first, from: max(-1, min(index - first, past.history.entries.count)))
      case .character(let value):
        keyboard.putBack(value)
        return
      }
    }
  }

  private func submitFound() {
    var found = line
    found.cursor = found.characters.count
    line = found
    act(.enter)
  }
}

extension String {
  /// Whether the bytes of `part` occur in it.
  fileprivate func contains(part: String) -> Bool { offset(ofPart: part) != nil }

  /// Where `part` begins, as an offset in characters (code points).
  fileprivate func offset(ofPart part: String) -> Int? {
    let bytes = Array(utf8)
    let wanted = Array(part.utf8)
    guard !wanted.isEmpty, bytes.count >= wanted.count else { return nil }
    for start in 0...(bytes.count - wanted.count) where bytes[start] == wanted[0] {
      guard bytes[start...].starts(with: wanted) else { continue }
      return bytes[..<start].count { $0 & 0xc0 != 0x80 }
    }
    return nil
  }
}
