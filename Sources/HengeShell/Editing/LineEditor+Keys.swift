// SPDX-License-Identifier: MIT
internal import HengeLanguage

extension LineEditor {
  /// Does what a key asks for.
  func act(_ command: KeyCommand) {
    if command != .yank && command != .yankOlder { yanked = nil }
    switch command {
    case .enter: enter()
    case .newline: breakLine()
    case .up: if !edit({ $0.move(by: -1) }) { recall(-1) }
    case .down: if !edit({ $0.move(by: 1) }) { recall(1) }
    case .previous: recall(-1)
    case .next: recall(1)
    case .oldest: recallEnd(-1)
    case .newest: recallEnd(1)
    case .lineStart: change { $0.cursor = $0.lineStart }
    case .lineEnd: if !takeSuggestion() { change { $0.cursor = $0.lineEnd } }
    case .right:
      if !takeSuggestion() { change { $0.cursor = min($0.cursor + 1, $0.characters.count) } }
    case .wordRight: if !takeSuggestion(isWord: true) { change { $0.cursor = $0.wordEnd } }
    case .deleteOrLeave: deleteOrLeave()
    case .killToLineEnd: kill { $0.cursor..<max($0.lineEnd, min($0.cursor + 1, $0.lineEnd + 1)) }
    case .killLine: kill { $0.lineStart..<$0.lineEnd }
    case .killWordBefore: kill { $0.wordStart..<$0.cursor }
    case .killWordBehind: kill { $0.cursor..<$0.wordEnd }
    case .yank: yank()
    case .yankOlder: yankOlder()
    case .undo: undo()
    case .paste: paste()
    case .searchBackward: search(-1)
    case .searchForward: search(1)
    case .complete: complete()
    case .editOutside: editOutside()
    case .closeBrace: closeBrace()
    case .clear: send(painter.clearScreen())
    case .left, .wordLeft, .deleteNext: break
    }
  }

  /// Changes the line.
  func change(_ body: (inout Line) -> Void) {
    var new = line
    body(&new)
    line = new
  }

  /// Changes the line if `body` could.
  private func edit(_ body: (inout Line) -> Bool) -> Bool {
    var new = line
    guard body(&new) else { return false }
    line = new
    return true
  }

  /// Takes what the history suggests, or its next word; returns false where it suggests nothing.
  private func takeSuggestion(isWord: Bool = false) -> Bool {
    let now = line
    guard let rest = suggestedRest(of: now, now.text) else { return false }
    var whole = Line(now.characters + Array(rest.unicodeScalars), cursor: now.cursor)
    let end = isWord ? whole.wordEnd : whole.characters.count
    whole = Line(Array(whole.characters[..<end]), cursor: end)
    line = whole
    return true
  }

  // MARK: Lines

  /// Submits an entry that is complete or invalid in any case; otherwise starts a new line.
  private func enter() {
    let now = line
    guard case .incomplete(let reason) = EntryText.completeness(of: now.text, number: number) else {
      return submit()
    }
    breakLine(indents: !reason.hasPrefix("a string"))
  }

  /// Starts a line with the indentation of the one before, or more after an open bracket.
  private func breakLine(indents: Bool = true) {
    change { line in
      let opens = ["{", "(", "["].contains(line.lastBeforeCursor)
      let width = indents ? line.indentation + (opens ? 2 : 0) : 0
      line.insert("\n" + String(repeating: " ", count: width))
    }
  }

  /// A brace at the beginning of its line is indented like its block.
  private func closeBrace() {
    change { line in
      if line.lastBeforeCursor == nil, line.cursor - line.lineStart >= 2, line.lineStart > 0 {
        _ = line.remove((line.cursor - 2)..<line.cursor)
      }
      line.insert("}")
    }
  }

  private func deleteOrLeave() {
    let now = line
    if now.characters.isEmpty { return leave() }
    guard now.cursor < now.characters.count else { return beep() }
    change { _ = $0.remove($0.cursor..<($0.cursor + 1)) }
  }

  /// Inserts a paste, as one edit.
  private func paste() {
    var text = PastedText.cleaned(keyboard.paste())
    if line.cursor == line.characters.count {
      while text.last == "\n" { text.removeLast() }
    }
    change { $0.insert(text) }
  }

  // MARK: Cutting

  /// Cuts a range; cuts that follow one another are yanked as one.
  private func kill(_ range: (Line) -> Range<Int>) {
    var new = line
    let follows = lineAfterKill == new
    let isForward = range(new).lowerBound == new.cursor
    let clamped = range(new).clamped(to: 0..<new.characters.count)
    let cut = new.remove(clamped)
    guard !cut.isEmpty else { return beep() }
    if follows, let last = killed.popLast() {
      killed.append(isForward ? last + cut : cut + last)
    } else {
      killed.append(cut)
      if killed.count > 30 { killed.removeFirst() }
    }
    line = new
    lineAfterKill = new
  }

  private func yank() {
    guard let text = killed.last else { return beep() }
    change { $0.insert(text) }
    yanked = (line.cursor - text.count..<line.cursor, killed.count - 1)
  }

  /// Changes what was yanked for what was cut before it.
  private func yankOlder() {
    guard let (range, index) = yanked, killed.count > 1 else { return beep() }
    let older = (index + killed.count - 1) % killed.count
    let text = killed[older]
    change { line in
      _ = line.remove(range)
      line.insert(text)
    }
    yanked = (range.lowerBound..<(range.lowerBound + text.count), older)
  }

  /// Goes back to the line before the last change.
  private func undo() {
    guard let earlier = undoable.popLast() else { return beep() }
    line = earlier
    lastLine = earlier
  }

  // MARK: The history

  /// Goes to the previous (-1) or next (1) entry that begins with the typed text.
  private func recall(_ direction: Int) {
    past.load()
    let now = line
    let begun =
      walk
      ?? Walk(
        index: past.history.entries.count,
        prefix: Line.text(now.characters[..<now.cursor]), typed: now, shown: now)
    let shown = begun.shown.text
    let found = past.history.nearest(to: begun.index, direction) {
      $0.utf8.starts(with: begun.prefix.utf8) && $0 != shown
    }
    if let found {
      show(Line(past.history.entries[found]), at: found, begun)
    } else if direction > 0, walk != nil {
      line = begun.typed
      walk = nil
    } else {
      beep()
    }
  }

  private func recallEnd(_ direction: Int) {
    past.load()
    guard let first = past.history.entries.first else { return beep() }
    let now = line
    let begun =
      walk ?? Walk(index: past.history.entries.count, prefix: "", typed: now, shown: now)
    if direction < 0 {
      show(Line(first), at: 0, begun)
    } else {
      line = begun.typed
      walk = nil
    }
  }

  private func show(_ new: Line, at index: Int, _ begun: Walk) {
    line = new
    walk = Walk(index: index, prefix: begun.prefix, typed: begun.typed, shown: new)
  }

  /// Edits the entry in the user's editor.
  private func editOutside() {
    var edited: String?
    let text = line.text
    outside { edited = ExternalEditor.edit(text) }
    if let edited { line = Line(edited) } else { beep() }
  }
}
