// SPDX-License-Identifier: MIT
import HengeTestSupport
import Testing

/// Saves the session, runs the script in a new one, and compares every name's bytes and what is drawn
/// next.
func expectReplay(of typed: TypedSession) throws {
  let expected = try typed.bytes()
  #expect(try typed.type(":save replay.henge").contains("saved in replay.henge"))
  let drawn = try typed.type("rand(3)")
  let other = try TypedSession(in: typed.folder)
  #expect(try other.type(":load replay.henge").contains("E-") == false)
  #expect(try other.bytes() == expected)
  #expect(try other.type("rand(3)") == drawn)
}
