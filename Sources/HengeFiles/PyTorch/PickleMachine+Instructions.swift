// SPDX-License-Identifier: MIT
import HengeBackend

extension PickleMachine {
  /// Does the instruction `code`; false if it is none that henge knows [CPython pickletools].
  mutating func perform(_ code: UInt8) throws -> Bool {
    if try performConstant(code) { return true }
    if try performContainer(code) { return true }
    switch code {
    case 0x80:  // PROTO
      let version = try reader.byte()
      guard (2...5).contains(version) else {
        throw Failure.badPickle(path, "protocol \(version); 2 to 5 are read")
      }
    case 0x95: _ = try reader.take(8)  // FRAME: its length says nothing that is needed
    case UInt8(ascii: "("): mark()
    case UInt8(ascii: "0"):  // POP, which may take a mark
      if (try? top()) == nil { _ = try popToMark() } else { _ = try pop() }
    case UInt8(ascii: "1"): _ = try popToMark()
    case UInt8(ascii: "2"): push(try top())
    case UInt8(ascii: "q"): try remember(reader.unsigned(1))
    case UInt8(ascii: "r"): try remember(reader.unsigned(4))
    case 0x94: try remember()
    case UInt8(ascii: "h"): try recall(reader.unsigned(1))
    case UInt8(ascii: "j"): try recall(reader.unsigned(4))
    case UInt8(ascii: "c"):
      push(.global(try PickleGlobal(reader.line(), reader.line(), path: path)))
    case 0x93: try stackGlobal()
    case UInt8(ascii: "R"), 0x81:  // REDUCE and NEWOBJ: a callable or a class, and its arguments
      let arguments = try pop()
      try reduce(pop(), arguments)
    case UInt8(ascii: "b"):
      _ = try pop()
      try ignoreState(of: top())
    case UInt8(ascii: "Q"): try persistent(pop())
    case UInt8(ascii: "i"):  // INST
      throw Failure.refusedGlobal(path, "\(try reader.line()).\(try reader.line())")
    default: return false
    }
    return true
  }

  private mutating func performConstant(_ code: UInt8) throws -> Bool {
    switch code {
    case UInt8(ascii: "N"): push(.none)
    case 0x88: push(.bool(true))
    case 0x89: push(.bool(false))
    case UInt8(ascii: "J"): push(.integer(try reader.int32()))
    case UInt8(ascii: "K"): push(.integer(Int(try reader.unsigned(1))))
    case UInt8(ascii: "M"): push(.integer(Int(try reader.unsigned(2))))
    case 0x8A: push(.integer(try reader.long(reader.unsigned(1))))
    case 0x8B: push(.integer(try reader.long(reader.unsigned(4))))
    case UInt8(ascii: "G"): push(.number(try reader.float64()))
    case 0x8C, UInt8(ascii: "U"): try pushText(reader.unsigned(1))
    case UInt8(ascii: "X"), UInt8(ascii: "T"): try pushText(reader.unsigned(4))
    case 0x8D: try pushText(reader.unsigned(8))
    case UInt8(ascii: "C"): try pushBytes(reader.unsigned(1))
    case UInt8(ascii: "B"): try pushBytes(reader.unsigned(4))
    case 0x8E, 0x96: try pushBytes(reader.unsigned(8))
    default: return false
    }
    return true
  }

  private mutating func pushText(_ count: UInt64) throws {
    let text = try reader.text(count)
    try charge(text.utf8.count)
    push(.string(text))
  }

  private mutating func pushBytes(_ count: UInt64) throws {
    _ = try reader.take(count)
    push(.bytes)
  }

  private mutating func performContainer(_ code: UInt8) throws -> Bool {
    switch code {
    case UInt8(ascii: ")"): push(PickleContainer(.tuple))
    case UInt8(ascii: "]"): push(PickleContainer(.list))
    case UInt8(ascii: "}"): push(PickleContainer(.dictionary))
    case 0x8F: push(PickleContainer(.set))
    case UInt8(ascii: "t"): push(PickleContainer(.tuple, try popToMark()))
    case UInt8(ascii: "l"): push(PickleContainer(.list, try popToMark()))
    case 0x91: push(PickleContainer(.set, try popToMark()))
    case 0x85: push(PickleContainer(.tuple, try pop(1)))
    case 0x86: push(PickleContainer(.tuple, try pop(2)))
    case 0x87: push(PickleContainer(.tuple, try pop(3)))
    case UInt8(ascii: "d"):
      let pairs = try popToMark()
      push(PickleContainer(.dictionary))
      try set(pairs, in: slot(top(), .dictionary))
    case UInt8(ascii: "a"):
      let item = try pop(1)
      append(item, to: try slot(top(), .list))
    case UInt8(ascii: "e"):
      let items = try popToMark()
      append(items, to: try slot(top(), .list))
    case 0x90:
      let items = try popToMark()
      append(items, to: try slot(top(), .set))
    case UInt8(ascii: "s"):
      let pair = try pop(2)
      try set(pair, in: slot(top(), .dictionary))
    case UInt8(ascii: "u"):
      let pairs = try popToMark()
      try set(pairs, in: slot(top(), .dictionary))
    default: return false
    }
    return true
  }

  private mutating func stackGlobal() throws {
    let parts = try pop(2)
    guard case .string(let module) = parts[0], case .string(let name) = parts[1] else {
      throw Failure.badPickle(path, "the name of a global is \(words(parts[1])), not a str")
    }
    push(.global(try PickleGlobal(module, name, path: path)))
  }

  /// BUILD: attributes such as `_metadata`, which say nothing about the weights.
  private func ignoreState(of value: PickleValue) throws {
    if case .container(let slot) = value, containers[slot].kind == .dictionary { return }
    throw Failure.badPickle(path, "it sets attributes of \(words(value))")
  }
}
