// SPDX-License-Identifier: MIT

/// The history with its file: read while the prompt is idle, extended with each entry.
///
/// If the file cannot be used, the history is in memory only, with one note.
struct SharedHistory {
  private(set) var history = History()
  private var file = HistoryFile.standard()
  private var isLoaded = false
  private var note: String?

  /// The pending note, returned once.
  mutating func takeNote() -> String? {
    defer { note = nil }
    return note
  }

  /// Reads the file, the first time.
  mutating func load() {
    guard !isLoaded else { return }
    isLoaded = true
    use { file, history throws(HistoryFile.Refusal) in
      for entry in try file.read() { history.add(entry) }
    }
  }

  /// Adds an entry, here and to the file.
  mutating func add(_ entry: String) {
    load()
    guard history.add(entry) else { return }
    use { file, _ throws(HistoryFile.Refusal) in try file.append(entry) }
  }

  private mutating func use(
    _ body: (HistoryFile, inout History) throws(HistoryFile.Refusal) -> Void
  ) {
    guard let file else { return }
    do throws(HistoryFile.Refusal) {
      try body(file, &history)
    } catch {
      self.file = nil
      note = "the history is not saved: \(file.path): \(error.reason)"
    }
  }
}
