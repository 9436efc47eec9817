// SPDX-License-Identifier: MIT
internal import CHengeEditor
internal import Glibc

/// Reads entries on a terminal: libedit stores the line and handles the keys, henge draws.
///
/// An entry may have many lines. Enter submits a complete entry; a paste is one edit; Up and Down
/// move within an entry before they go through the history.
public final class LineEditor: EntryReader {
  /// How the reading of an entry ended.
  enum Ending {
    case submitted(String)
    case cancelled
    case ended
  }

  let console: Console
  let assistance: Assistance
  var keyboard = Keyboard()
  var painter = Painter()
  var past = SharedHistory()
  var number = 1
  var ending: Ending?

  /// What Up and Down do next: where they are in the history, and what was typed before.
  struct Walk {
    var index: Int
    var prefix: String
    var typed: Line
    var shown: Line
  }
  var walk: Walk?

  /// What undo goes back to, oldest first, and the line as it was before the last key.
  var undoable: [Line] = []
  var lastLine = Line()
  /// The cut texts, oldest first, and the position of the last yank while it can be replaced by an
  /// older one.
  var killed: [[Unicode.Scalar]] = []
  var yanked: (range: Range<Int>, index: Int)?
  /// The line after a cut; another cut at the same place extends it.
  var lineAfterKill: Line?
  /// What the history suggests for the line, as it was asked last.
  var suggestion = HistorySuggestion()

  private var handle: OpaquePointer?
  private var offered: Line?
  /// The first row of the entry that is shown, where it is taller than the terminal.
  var top = 0
  private var failure: (any Error)?
  private let isReflowing: Bool
  private let appearance: () -> TypingAppearance

  var editor: OpaquePointer? { handle }

  /// An editor on the terminal; `nil` if the terminal cannot move its cursor; then use a
  /// `PlainReader`.
  ///
  /// `appearance` is asked at the beginning of each entry.
  public init?(
    _ console: Console, _ assistance: Assistance,
    appearance: @escaping () -> TypingAppearance
  ) {
    self.console = console
    self.assistance = assistance
    self.appearance = appearance
    isReflowing = LineEditor.terminalReflows()
    guard !LineEditor.isTooLarge(console), henge_choose_locale(), henge_signals_begin() else {
      return nil
    }
    henge_signals_end()
    let calls = henge_editor_calls(
      context: Unmanaged.passUnretained(self).toOpaque(),
      read: { context, character in
        guard let context, let character else { return -1 }
        let editor = Unmanaged<LineEditor>.fromOpaque(context).takeUnretainedValue()
        guard let next = editor.nextCharacter() else { return -1 }
        character.pointee = next
        return 1
      },
      act: { context, command, key in
        guard let context, let command = KeyCommand(rawValue: Int(command)) else { return 0 }
        let editor = Unmanaged<LineEditor>.fromOpaque(context).takeUnretainedValue()
        editor.act(command)
        return Int32(
          editor.ending == nil ? henge_answer_refresh.rawValue : henge_answer_newline.rawValue)
      })
    handle = henge_editor_open(calls)
    guard handle != nil else { return nil }
    for (key, command) in KeyCommand.emacsKeys { bind(key, command) }
    keyboard.passesUnknown = LineEditor.hasOwnKeys()
    guard henge_editor_source(handle) else { return nil }
    for command in KeyCommand.allCases {
      bind(String(Unicode.Scalar(command.character) ?? " "), command)
    }
    let isVi = henge_editor_is_vi(handle)
    for key in isVi ? KeyCommand.forbiddenViKeys : KeyCommand.forbiddenKeys {
      henge_editor_bind(handle, key, 0, "ed-unassigned", isVi)
    }
    for (key, command) in KeyCommand.mandatoryKeys { bind(key, command) }
    if isVi {
      for command in KeyCommand.allCases {
        bind(String(Unicode.Scalar(command.character) ?? " "), command, isAlternative: true)
      }
      for (key, command) in KeyCommand.viKeys { bind(key, command, isAlternative: true) }
    }
  }

  deinit { henge_editor_close(handle) }

  private func bind(_ key: String, _ command: KeyCommand, isAlternative: Bool = false) {
    henge_editor_bind(handle, key, Int32(command.rawValue), command.libeditName, isAlternative)
  }

  /// The most cells of a terminal: libedit has a buffer with several bytes for each.
  private static let mostCells = 4_000_000

  /// Whether the terminal reports an impossible size; prints a note if so.
  private static func isTooLarge(_ console: Console) -> Bool {
    var columns: Int32 = 0
    var rows: Int32 = 0
    henge_terminal_size(&columns, &rows)
    guard Int(columns) * Int(rows) > mostCells else { return false }
    try? console.note(
      "the terminal reports \(columns) columns and \(rows) rows; editing keys are off"
    )
    return true
  }

  /// Whether the user has a file of key bindings.
  private static func hasOwnKeys() -> Bool {
    if getenv("EDITRC") != nil { return true }
    guard let home = getenv("HOME") else { return false }
    return access(String(cString: home) + "/.editrc", R_OK) == 0
  }

  /// Whether the terminal breaks its lines anew when it becomes narrower.
  static func terminalReflows() -> Bool {
    let signs = [
      "TMUX", "VTE_VERSION", "KITTY_WINDOW_ID", "WT_SESSION", "TERM_PROGRAM", "KONSOLE_VERSION",
      "ALACRITTY_WINDOW_ID",
    ]
    return signs.contains { getenv($0) != nil }
  }

  // MARK: An entry

  /// Puts `text` into the line of the next entry.
  public func offer(_ text: String) { offered = Line(text) }

  /// Edits an entry until it is submitted.
  public func read(_ number: Int) throws -> String? {
    self.number = number
    while true {
      switch try edit() {
      case .submitted(let text):
        if keyboard.takeInterrupt() { raise(SIGINT) }
        return text
      case .cancelled: continue
      case .ended: return nil
      }
    }
  }

  private func edit() throws -> Ending {
    ending = nil
    failure = nil
    walk = nil
    undoable = []
    yanked = nil
    suggestion = HistorySuggestion()
    look = appearance()
    painter.isColoured = look.isColoured
    top = 0
    lastLine = Line()
    _ = henge_signals_begin()
    // A signal that came just before is not the editor's, and waits for no key.
    fatalSignal = console.termination
    begin()
    if fatalSignal == nil { henge_editor_run(handle) } else { leave() }
    send("\u{1b}[?2004l")
    henge_signals_end()
    if let failure { throw failure }
    if let signal = fatalSignal {
      // Dies as if it had not been caught, with the terminal as it was found.
      Glibc.signal(signal, SIG_DFL)
      raise(signal)
    }
    let ending = ending ?? .ended
    if case .submitted(let text) = ending { past.add(text) }
    if let note = past.takeNote() { try console.note(note) }
    return ending
  }

  private var fatalSignal: Int32?
  var look = TypingAppearance()

  /// Begins in the first column of a new row, because the previous output may not end in a newline.
  private func begin() {
    var columns: Int32 = 0
    var rows: Int32 = 0
    henge_terminal_size(&columns, &rows)
    painter.columns = Int(columns)
    painter.forget()
    let blanks = String(repeating: " ", count: painter.columns - 1)
    send(blanks + "\r\u{1b}[J\u{1b}[?2004h")
  }

  /// The current line, stored by libedit.
  var line: Line {
    get {
      var length = 0
      var cursor = 0
      guard let buffer = henge_editor_line(handle, &length, &cursor) else { return Line() }
      let characters = [Unicode.Scalar](unsafeUninitializedCapacity: length) { characters, count in
        for index in 0..<length {
          let character = Unicode.Scalar(UInt32(bitPattern: buffer[index])) ?? "\u{fffd}"
          characters.initializeElement(at: index, to: character)
        }
        count = length
      }
      return Line(characters, cursor: cursor)
    }
    set {
      let values = newValue.characters.map { $0.value == 0 ? 0xfffd : $0.value }
      henge_editor_replace(handle, values, values.count, newValue.cursor)
    }
  }

  // MARK: Keys

  /// The next character for libedit; `nil` when the reading is over.
  private func nextCharacter() -> UInt32? {
    if let offered {
      line = offered
      self.offered = nil
    }
    noteChange()
    while ending == nil {
      if !keyboard.isReady() {
        paint()
        past.load()
        if let note = past.takeNote() {
          say(note)
          continue
        }
      }
      switch keyboard.next() {
      case .character(0x03): cancel()
      case .character(0x1a): suspend()
      case .character(let character): return character
      case .nothing: continue
      case .signals(let signals): heed(signals)
      case .end:
        // Ctrl-D is a key here: what ended is the terminal.
        fatalSignal = SIGHUP
        leave()
      }
    }
    return nil
  }

  /// Saves the line before a change for undo, and discards state that depends on the old line.
  private func noteChange() {
    let now = line
    defer { lastLine = now }
    guard now.characters != lastLine.characters else { return }
    if let walk, walk.shown.characters != now.characters { self.walk = nil }
    // Letters of one word are undone at once.
    let grows = now.characters.count == lastLine.characters.count + 1
    let isInWord =
      grows && now.cursor > 1 && now.cursor == lastLine.cursor + 1
      && now.characters[now.cursor - 1] != " " && now.characters[now.cursor - 2] != " "
    if isInWord, !undoable.isEmpty { return }
    undoable.append(lastLine)
    if undoable.count > 200 { undoable.removeFirst() }
    let held = undoable.reduce(0) { $0 + $1.characters.count }
    if held > 2_000_000 { undoable.removeFirst(undoable.count / 2) }
  }

  /// Answers signals that came while a key was waited for.
  func heed(_ signals: Keyboard.Signals) {
    if signals.contains(.terminate) { fatalSignal = SIGTERM }
    if signals.contains(.hangUp) { fatalSignal = SIGHUP }
    if fatalSignal != nil { return leave() }
    if signals.contains(.interrupt) { return cancel() }
    if signals.contains(.resume) {
      henge_editor_prepare(handle, false)
      henge_editor_prepare(handle, true)
      begin()
    }
    if signals.contains(.resize) {
      var columns: Int32 = 0
      var rows: Int32 = 0
      henge_terminal_size(&columns, &rows)
      send(painter.clear(forWidth: Int(columns), isReflowing: isReflowing))
    }
  }

  /// Cancels the entry.
  func cancel() {
    finish(behind: "^C")
    ending = .cancelled
  }

  /// Ends the session.
  func leave() {
    finish()
    ending = .ended
  }

  /// Submits the entry.
  func submit() {
    let text = line.text
    finish()
    ending = .submitted(text)
  }

  /// Suspends the process, as Ctrl-Z does elsewhere; returns when it is continued.
  private func suspend() {
    finish()
    send("\u{1b}[?2004l")
    henge_editor_prepare(handle, false)
    kill(0, SIGTSTP)
    keyboard.forgetSignals()
    henge_editor_prepare(handle, true)
    begin()
  }

  /// Leaves the editor for `body`, with the terminal as other programs expect it.
  func outside(_ body: () -> Void) {
    finish()
    send("\u{1b}[?2004l")
    henge_editor_prepare(handle, false)
    body()
    keyboard.forgetSignals()
    henge_editor_prepare(handle, true)
    begin()
  }

  // MARK: The screen

  /// Writes to the terminal at once; what goes wrong ends the reading.
  func send(_ text: String) {
    guard failure == nil else { return }
    do {
      try console.send(text)
    } catch {
      failure = error
      ending = .ended
    }
  }

  /// Prints a note above the entry.
  private func say(_ note: String) {
    send(painter.clear())
    do { try console.note(note) } catch { failure = error }
    begin()
  }

  /// Signals that a key had no effect.
  func beep() { send("\u{7}") }
}
