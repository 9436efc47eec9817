// SPDX-License-Identifier: MIT
import Glibc
import HengeLanguage
import HengeTestSupport
import Testing

@testable import HengeShell

@Suite struct HintTests {
  private func hint(_ marked: String, _ session: CompletionSession, room: Int = 200) -> String? {
    let parts = marked.split(separator: "‸", omittingEmptySubsequences: false).map(String.init)
    return session.completion.hint(for: parts.joined(), at: parts[0].utf8.count, room: room)
  }

  @Test func `the signature of the call being typed shows the current parameter`() {
    let session = CompletionSession()
    let table: [(String, String?)] = [
      ("round(‸", "round(<x: num>, digits: int = 0) -> num"),
      ("round(2.5‸", "round(<x: num>, digits: int = 0) -> num"),
      ("round(2.5, ‸", "round(x: num, <digits: int = 0>) -> num"),
      ("round(digits=‸", "round(x: num, <digits: int = 0>) -> num"),
      ("2.5 |> round(‸", "round(x: num, <digits: int = 0>) -> num"),
      ("round(2.5, 1)‸", nil),
      ("split(\"a b\", ‸", "split(text: str, <separator: str | none = none>) -> list of str"),
      ("\"a b\".split(‸", "split(<separator: str | none = none>) -> list of str"),
      ("print(1, 2, ‸", "print(<*values: any>, sep: str = \" \", end: str = \"\\n\") -> none"),
      ("print(1, end=‸", "print(*values: any, sep: str = \" \", <end: str = \"\\n\">) -> none"),
      ("area(‸", "area(<height>, width=…, unit=…)"),
      ("area(3, width=‸", "area(height, <width=…>, unit=…)"),
      ("print(round([1, ‸", "round(<x: num>, digits: int = 0) -> num"),
      (
        "zeta.sum(‸",
        "sum(<axis: int | list of int | none = none>, keepdims: bool = false) -> tensor"
      ),
      // Of the built-ins of one name, the one that takes what stands at the cursor.
      (
        "load(\"a‸",
        "load(<path: str>, part: str | none = none, range: list of num = [-1.0, 1.0], "
          + "upright: bool = false)"
      ),
      ("zeta‸", "zeta: f32 3x4"),
      ("r.lr‸", "lr: num 0.1"),
      ("area‸", "area: fn area(height, width=…, *, unit=…)"),
      ("keys‸", "keys(record: record) -> list of str"),
      ("keys(r‸", "keys(<record: record>) -> list of str   r: record of 3"),
      ("zeta.T‸", "x.T: tensor   (x: tensor)"),
      ("ze‸ta", nil),
      ("nothing‸", nil),
      ("nothing(‸", nil),
      ("# round(‸", nil),
      ("x = 1‸", nil),
      ("‸", nil),
    ]
    for (text, expected) in table { #expect(hint(text, session) == expected, "\(text)") }
  }

  @Test func `what is called without being a function has a hint, wherever it lies`() {
    let session = CompletionSession()
    session.runner.run("c = cyclegan(A, A, base=1, blocks=0, layers=1); held = (net=m, all=[m])")
    let model = "train: bool | none = none, precise: bool = false) -> tensor"
    let table: [(String, String?)] = [
      ("m(‸", "m(<x: tensor>, \(model)"),
      ("c.g_ab(‸", "m(<x: tensor>, \(model)"),
      (
        "held.net(zeta, ‸",
        "m(x: tensor, \(model)"
      ),
      (
        "held.all[0](zeta, precise=‸",
        "m(x: tensor, train: bool | none = none, <precise: bool = false>) -> tensor"
      ),
      ("dv(‸", "t(<x: tensor>) -> tensor"),
      ("zeta(‸", nil),
      ("c(‸", nil),
    ]
    for (text, expected) in table { #expect(hint(text, session) == expected, "\(text)") }
    // What it gives is known, too.
    #expect(
      session.results("c.g_ab(zeta).resh‸")
        == session.results("zeta.resh‸").map {
          $0.replacing("zeta", with: "c.g_ab(zeta)")
        })
    #expect(session.results("c.g_ab(zeta).resh‸").count == 1)
  }

  @Test func `lines that were read at an earlier key give the hints that reading all again gives`()
  {
    let session = CompletionSession()
    let texts = [
      "x = [\n  1,  # round(\n  round(2.5, 1), zeta.sum(1,\n  2)\n]\nx.",
      "fn f(n) {\n  if n > 1 { return round(n,\n 2) }\n}\nf(3",
      "t = \"\"\"a\nround(\n\"\"\"\nround(",
      "a = \"open\nround(2,\n\"more",
      "r.lr |>\n  round(\n  digits=",
      "print(f\"{round(2,\n",
      "zeta\n  .sum(\n",
    ]
    var seen = 0
    for text in texts {
      // One session knows the lines above from the key before, the other reads all of it anew.
      let interpreter = session.runner.interpreter
      func fresh() -> PromptCompletion {
        PromptCompletion(interpreter, workingFolder: session.folder.path, commands: [])
      }
      let typist = fresh()
      for end in 0...text.utf8.count {
        let typed = String(decoding: Array(text.utf8)[..<end], as: UTF8.self)
        let expected = fresh().hint(for: typed, at: end, room: 200)
        #expect(typist.hint(for: typed, at: end, room: 200) == expected, "\(typed)")
        seen += expected == nil ? 0 : 1
      }
      // And back, as when it is deleted.
      for end in (0...text.utf8.count).reversed() {
        let typed = String(decoding: Array(text.utf8)[..<end], as: UTF8.self)
        let expected = fresh().completions(of: typed, at: end)
        #expect(typist.completions(of: typed, at: end) == expected, "\(typed)")
      }
    }
    #expect(seen > 60)
  }

  @Test func `a hint is fitted to the room and left out where there is none`() {
    let session = CompletionSession()
    let call = "images(\"a\", 64x64, ‸"
    let fitted = [300, 160, 100, 79, 60, 40, 20, 8].map { hint(call, session, room: $0) }
    #expect(
      fitted == [
        """
        images(folder: str, size: shape | none = none, <fit: "stretch" | "cover" | "contain" = \
        "stretch">, channels: "rgb" | "gray" | "rgba" = "rgb", range: list of num = [-1.0, 1.0], \
        limit: int | none = none, recursive: bool = false, errors: "stop" | "skip" = "stop", \
        upright: bool = false) -> dataset
        """,
        """
        images(folder, size=…, <fit: "stretch" | "cover" | "contain" = "stretch">, channels=…, \
        range=…, limit=…, recursive=…, errors=…, upright=…) -> dataset
        """,
        "images(…, <fit: \"stretch\" | \"cover\" | \"contain\" = \"stretch\">, …)",
        "images(…, <fit: \"stretch\" | \"cover\" | \"contain\" = \"stretch\">, …)",
        "images(…, <fit: \"stretch\" | \"cover\" | \"contain\">, …)",
        "<fit: \"stretch\" | \"cover\" | \"contain\">",
        "<fit>", "<fit>",
      ])
    for room in 0..<120 {
      for text in ["images(\"a\", ‸", "zeta‸", "sheet([], ‸", "area(1, ‸"] {
        if let hint = hint(text, session, room: room) { #expect(TextWidth.of(hint) <= room) }
      }
    }
    #expect(hint(call, session, room: 3) == nil)
  }
}

/// A domain value that counts how often it is asked for something.
final class Watched: Object, HasMembers, Indexable, Iterable, Displayed, Callable {
  nonisolated(unsafe) static var asked = 0

  override class var kind: String { "watched" }
  var memberNames: [String] { ["first", "second"] }
  func member(_ name: String) throws -> Value? {
    Watched.asked += 1
    return .int(1)
  }
  func element(at subscripts: [Subscript]) throws -> Value {
    Watched.asked += 1
    return .int(1)
  }
  func makeIterator() throws -> () throws -> Value? {
    Watched.asked += 1
    return { nil }
  }
  var knownCount: Int? { 3 }
  var text: String {
    Watched.asked += 1
    return "watched"
  }
  func displays(width: Int) throws -> [Display] {
    Watched.asked += 1
    return []
  }
}

@Suite struct CompletionPropertyTests {
  @Test func `completion and hints run nothing and ask no value for what it computes`() throws {
    let session = CompletionSession()
    try session.runner.interpreter.define("w", .object(Watched()))
    try session.runner.interpreter.define("holder", Value(fields: [("w", .object(Watched()))]))
    session.runner.run("fn loud() { print(\"ran\") }")
    let texts = [
      "w.", "w.fi", "w.first.", "w.first", "w[0].", "w[\"", "w()", "w().", "w(", "holder.w.",
      "holder.w.first.", "loud().", "loud(", "(w + 1).", "w |> .", "w |> loud() |> .", "len(w).",
      "[x for x in w].", "y = w.first\ny.", "f\"{w.first.", "set(holder, ",
    ]
    for text in texts {
      _ = session.completion.completions(of: text, at: text.utf8.count)
      _ = session.completion.hint(for: text, at: text.utf8.count, room: 80)
    }
    #expect(Watched.asked == 0)
    #expect(session.results("w.fi‸") == ["w.first"])
    #expect(session.results("w.first.‸") == [])
    #expect(session.runner.output == "")
  }

  @Test func `any beginning of any script of the project is completed at a place within it`() {
    let session = CompletionSession()
    var count = 0
    for path in Scripts.all {
      let text = Scripts.read(path)
      let bytes = Array(text.utf8)
      var cursor = 0
      while cursor <= bytes.count {
        let start = cursor > 6000 ? cursor - 6000 : 0
        let part = String(decoding: bytes[start..<cursor], as: UTF8.self)
        let found = session.completion.completions(of: part, at: part.utf8.count)
        _ = session.completion.hint(for: part, at: part.utf8.count, room: 60)
        count += 1
        #expect((0...part.utf8.count).contains(found.replaceFrom), "\(path) at \(cursor)")
        cursor += bytes.count > 3000 ? 23 : bytes.count > 300 ? 13 : 3
      }
    }
    #expect(count > 10_000)
  }

  /// How long it takes is measured by `Scripts/bench prompt`; the prompt stops reading after a while.
  @Test func `a folder of 15,000 files is read, each file once`() {
    let names = (0..<15_000).map { "picture-\($0 * 7919 % 15_000).png" }
    let session = CompletionSession(files: names)
    for beginning in ["picture-1", "picture-77", "nothing"] {
      let found = FolderNames(
        of: session.folder.path, startingWith: beginning, patience: Int.max / 2)
      #expect(found.isWhole)
      let expected = names.filter { $0.hasPrefix(beginning) }.sorted()
      #expect(found.entries.map(\.name) == expected, "\(beginning): \(found.entries.count)")
    }
  }
}

/// The scripts that the project holds.
private enum Scripts {
  static var all: [String] {
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    return ["/Docs", "/Scripts", "/Tests"].flatMap { scripts(below: root + $0) }
  }

  private static func scripts(below folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var paths: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(".") { continue }
      if entry.pointee.d_type == UInt8(DT_DIR) { paths += scripts(below: folder + "/" + name) }
      if name.hasSuffix(".henge") { paths.append(folder + "/" + name) }
    }
    return paths.sorted()
  }

  static func read(_ path: String) -> String {
    guard let file = fopen(path, "rb") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    return String(decoding: bytes, as: UTF8.self)
  }
}
