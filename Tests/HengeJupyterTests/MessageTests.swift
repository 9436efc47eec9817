// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import Testing

@testable import HengeJupyter

@Suite struct MessageTests {
  private let key = Array("key".utf8)

  @Test func `signatures are those of RFC 4231`() throws {
    // Test case 2.
    let signer = try Signer(key: Array("Jefe".utf8))
    let parts = ["what do ya ", "want for ", "nothing?", ""].map { Array($0.utf8) }
    #expect(
      String(decoding: signer.signature(of: parts), as: UTF8.self)
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(signer.accepts(signer.signature(of: parts), of: parts))
    #expect(!signer.accepts(signer.signature(of: parts), of: parts))
    #expect(!signer.accepts(Array(signer.signature(of: parts).dropLast()), of: parts))
  }

  @Test func `a message is read as it was written`() throws {
    let writer = MessageWriter(try Signer(key: key))
    let content = JSON.of(["code": .string("\"é\\ \u{1F34E}\n\u{1}")])
    let parent = Array("{\"a\":1}".utf8)
    let frames = writer.frames("x_request", to: [[1], [2, 3]], parent: parent, content)
    let request = try #require(Request(frames, Signer(key: key)))
    #expect(request.identities == [[1], [2, 3]])
    #expect(request.content == content)
    #expect(request.type == "x_request")
    #expect(request.replyType == "x_reply")
    #expect(frames[5] == parent)
  }

  @Test func `damaged messages are refused, whatever they are`() throws {
    let signer = try Signer(key: key)
    let writer = MessageWriter(signer)
    var random = RandomStream(seed: 7, name: "frames", position: 0)
    var read = 0
    for turn in 0..<20_000 {
      let content = JSON.of(["code": .string("x = \(turn)"), "silent": .bool(false)])
      var frames = writer.frames("execute_request", to: [[9]], parent: nil, content)
      for _ in 0..<Int(random.next() % 3 + 1) {
        let index = Int(random.next() % UInt64(frames.count))
        guard !frames[index].isEmpty else { continue }
        let place = Int(random.next() % UInt64(frames[index].count))
        switch random.next() % 4 {
        case 0: frames[index][place] = UInt8(truncatingIfNeeded: random.next())
        case 1: frames[index].removeLast(frames[index].count - place)
        case 2: frames.remove(at: index)
        default: frames.insert(frames[index], at: index)
        }
        if frames.isEmpty { frames = [[]] }
      }
      // Half of them are signed again, so that their JSON is read.
      if turn % 2 == 0, let mark = frames.firstIndex(of: Array("<IDS|MSG>".utf8)),
        frames.count >= mark + 6
      {
        frames[mark + 1] = signer.signature(of: frames[(mark + 2)..<(mark + 6)])
      }
      if Request(frames, signer) != nil { read += 1 }
    }
    #expect(read > 100)
    #expect(read < 15_000)
  }

  @Test func `nesting, doubled names and lone surrogates are no reason to end`() throws {
    let signer = try Signer(key: key)
    for text in [
      String(repeating: "[", count: 100_000), "{\"a\":1,\"a\":2}", "{\"a\":\"\\ud800\"}", "[]",
      "nul",
      "{\"code\":", "1e999", "",
    ] {
      let header = "{\"msg_id\":\"1\",\"msg_type\":\"execute_request\"}"
      let parts = [header, "{}", "{}", text].map { Array($0.utf8) }
      let frames = [Array("<IDS|MSG>".utf8), signer.signature(of: parts)] + parts
      #expect(Request(frames, signer) == nil, "\(text.prefix(20))")
    }
  }

  @Test func `offsets are counted in code points`() {
    let text = "aé🍎e\u{301}b"
    let bytes = [0, 1, 3, 7, 8, 10, 11]
    for (place, byte) in bytes.enumerated() {
      #expect(text.byteOffset(ofCodePoint: place) == byte)
      #expect(text.codePoint(atByte: byte) == place)
    }
    #expect(text.byteOffset(ofCodePoint: 99) == 11)
    #expect(text.byteOffset(ofCodePoint: -3) == 0)
    #expect(text.codePoint(atByte: 99) == 6)
  }

  @Test func `patterns of history`() {
    func matches(_ text: String, _ pattern: String) -> Bool {
      CellHistory.matches(
        Array(text.unicodeScalars)[...], Array(pattern.unicodeScalars)[...])
    }
    #expect(matches("x = 12", "x*"))
    #expect(matches("x = 12", "*1?"))
    #expect(matches("", "*"))
    #expect(matches("aXbXc", "a*X*c"))
    #expect(!matches("x = 12", "x"))
    #expect(!matches("x", "x?"))
    #expect(!matches(String(repeating: "a", count: 3000), String(repeating: "*a", count: 30) + "b"))
  }

  @Test func `connection files are read, and refused with the reason`() throws {
    let good = TestClient.connection("/tmp/x", key: "k")
    let connection = try ConnectionFile(Array(good.utf8), name: "c.json")
    #expect(connection.address(of: .shell) == "ipc:///tmp/x/socket-1")
    for (text, reason) in [
      (good.replacing("ipc", with: "udp"), "its transport is udp, not tcp or ipc"),
      (good.replacing("sha256", with: "md5"), "its signature_scheme is hmac-md5, not hmac-sha256"),
      (good.replacing("\"hb_port\": 5", with: "\"hb_port\": 1"), "two of its ports are the same"),
      (
        good.replacing("\"hb_port\": 5", with: "\"hb_port\": 70000"),
        "`hb_port` must be a number from 1 to 65535"
      ), ("[]", "it is no object"),
    ] {
      #expect(
        throws: Failure("E-file", "c.json is no connection file of Jupyter: \(reason)"),
        performing: { try ConnectionFile(Array(text.utf8), name: "c.json") })
    }
  }

  @Test func `what a place in a text asks about`() {
    func subjects(_ text: String) -> [String] {
      // `|` marks the cursor.
      let parts = text.split(separator: "|", omittingEmptySubsequences: false)
      return Assistant.subjects(in: parts.joined(), at: parts[0].utf8.count)
    }
    #expect(subjects("me|an(x)") == ["mean"])
    #expect(subjects("t.g_a|b(x)") == ["t.g_ab"])
    #expect(subjects("resize(x, |") == ["resize"])
    #expect(subjects("show(resize(x, 3|") == ["resize", "show"])
    #expect(subjects("f(a[1], g(2), |") == ["f"])
    #expect(subjects("1 + |2") == [])
    #expect(subjects("x = 1|") == [])
  }
}
