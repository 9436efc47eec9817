// SPDX-License-Identifier: MIT
internal import CHengeEditor
internal import Glibc

/// What comes from the terminal: bytes as characters, sequences as commands, signals.
struct Keyboard {
  /// What a wait ended with.
  enum Event: Equatable {
    /// A character, or a ``KeyCommand/character``.
    case character(UInt32)
    /// The signals that came meanwhile.
    case signals(Signals)
    /// A key that does nothing.
    case nothing
    /// The terminal is closed.
    case end
  }

  struct Signals: OptionSet {
    let rawValue: UInt32
    static let interrupt = Signals(rawValue: henge_signal_interrupt.rawValue)
    static let resize = Signals(rawValue: henge_signal_resize.rawValue)
    static let resume = Signals(rawValue: henge_signal_continue.rawValue)
    static let terminate = Signals(rawValue: henge_signal_terminate.rawValue)
    static let hangUp = Signals(rawValue: henge_signal_hangup.rawValue)
  }

  /// Whether sequences that no command has go to libedit, whose user may have bound them; otherwise
  /// they do nothing.
  var passesUnknown = false

  private var returned: UInt32?
  private var bytes: [UInt8] = []
  private var position = 0
  private var signals: Signals = []
  private var hasEnded = false

  /// How long the parts of one sequence may take to arrive.
  private static let sequencePause: Int32 = 25
  /// The longest pause within a paste, in milliseconds; after it the paste counts as complete.
  private static let pastePause: Int32 = 5000

  /// Whether something can be had without waiting.
  mutating func isReady() -> Bool {
    if returned != nil || position < bytes.count || hasEnded || !signals.isEmpty { return true }
    return fill(waiting: 0)
  }

  /// Removes Ctrl-C and everything before it from the typed input; returns whether there was one.
  ///
  /// It may have arrived as a character, while the terminal was still in the editor's mode.
  mutating func takeInterrupt() -> Bool {
    _ = fill(waiting: 0)
    if signals.contains(.interrupt) {
      signals = []
      return true
    }
    guard let index = bytes[position...].lastIndex(of: 0x03) else { return false }
    position = index + 1
    return true
  }

  /// Forgets the signals that came.
  mutating func forgetSignals() {
    _ = fill(waiting: 0)
    signals = []
  }

  /// Lets `character` be the next event again.
  mutating func putBack(_ character: UInt32) { returned = character }

  /// Waits for the next event.
  mutating func next() -> Event {
    while true {
      if !signals.isEmpty {
        defer { signals = [] }
        return .signals(signals)
      }
      if let character = returned {
        returned = nil
        return .character(character)
      }
      if position < bytes.count {
        return character().map(Event.character) ?? .nothing
      }
      if hasEnded { return .end }
      _ = fill(waiting: -1)
    }
  }

  /// Reads what there is within some milliseconds; whether something came.
  private mutating func fill(waiting milliseconds: Int32) -> Bool {
    if position == bytes.count {
      bytes.removeAll(keepingCapacity: true)
      position = 0
    }
    var isReadable = false
    signals.formUnion(Signals(rawValue: UInt32(henge_wait(milliseconds, &isReadable))))
    guard isReadable else { return !signals.isEmpty }
    let old = bytes.count
    let part = 4096
    bytes.append(contentsOf: repeatElement(0, count: part))
    let count = bytes.withUnsafeMutableBytes { buffer in
      read(0, buffer.baseAddress?.advanced(by: old), part)
    }
    bytes.removeLast(part - max(0, count))
    if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) { hasEnded = true }
    return true
  }

  private func byte(at offset: Int) -> UInt8? {
    position + offset < bytes.count ? bytes[position + offset] : nil
  }

  /// The byte at `offset` after the position; waits as long as an escape sequence may take.
  private mutating func awaitedByte(at offset: Int) -> UInt8? {
    while position + offset >= bytes.count {
      guard grows(within: Keyboard.sequencePause) else { return nil }
    }
    return byte(at: offset)
  }

  /// Takes one character, or `nil` for what is none.
  private mutating func character() -> UInt32? {
    let first = bytes[position]
    if first == 0x1b { return escape() }
    guard first >= 0x80 else {
      position += 1
      return UInt32(first)
    }
    let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
    _ = awaitedByte(at: length - 1)
    var decoder = UTF8()
    var iterator = bytes[position...].prefix(4).makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
      position += 1
      return 0xfffd
    }
    position += UTF8.width(scalar)
    return (0x80..<0xa0).contains(scalar.value) ? nil : scalar.value
  }

  /// Takes Escape and the sequence that it begins.
  private mutating func escape() -> UInt32? {
    guard let second = awaitedByte(at: 1) else {
      position += 1
      return 0x1b
    }
    var length = 2
    if second == UInt8(ascii: "[") {
      var final = awaitedByte(at: length)
      while let byte = final, (0x20..<0x40).contains(byte), length < 32 {
        length += 1
        final = awaitedByte(at: length)
      }
      if let byte = final, (0x40..<0x7f).contains(byte) { length += 1 }
    } else if second == UInt8(ascii: "O"), awaitedByte(at: 2) != nil {
      length = 3
    }
    let sequence = String(decoding: bytes[(position + 1)..<(position + length)], as: UTF8.self)
    if let command = KeyCommand.sequences[sequence] {
      position += length
      return command.character
    }
    guard length > 2, !passesUnknown else {
      position += 1
      return 0x1b
    }
    position += length
    return nil
  }

  /// Reads the text of a paste after its start mark, up to the end mark.
  ///
  /// An end mark inside the text does not end it: as long as another one has arrived, with no start
  /// mark between them, the text continues. Otherwise the text after the mark would be treated as
  /// typed, and run.
  mutating func paste() -> [UInt8] {
    let end = Array("\u{1b}[201~".utf8)
    bytes.removeFirst(position)
    position = 0
    var scanned = 0
    while true {
      if let mark = find(end, from: scanned) {
        while grows(within: 10) {}
        let begin = find(Array("\u{1b}[200~".utf8), from: mark) ?? bytes.count
        var last = mark
        while let next = find(end, from: last + end.count), next < begin { last = next }
        defer { position = last + end.count }
        return Array(bytes[position..<last])
      }
      scanned = max(0, bytes.count - end.count)
      guard grows(within: Keyboard.pastePause) else {
        defer { position = bytes.count }
        return bytes
      }
    }
  }

  /// Whether bytes come within some milliseconds.
  private mutating func grows(within milliseconds: Int32) -> Bool {
    let before = bytes.count - position
    if !hasEnded { _ = fill(waiting: milliseconds) }
    return bytes.count - position > before
  }

  private func find(_ mark: [UInt8], from start: Int) -> Int? {
    var index = start
    while let found = bytes[min(index, bytes.count)...].firstIndex(of: mark[0]) {
      if bytes[found...].starts(with: mark) { return found }
      index = found + 1
    }
    return nil
  }
}
