// SPDX-License-Identifier: MIT
import HengeFiles
import HengeTestSupport
import Testing

@testable import HengeJupyter

@Suite(.serialized) struct KernelTests {
  @Test func `a cell has its outputs between busy and idle`() throws {
    let client = try TestClient()
    let (reply, published) = try client.run("print(\"zwei Äpfel 🍎\"); 6 * 7")
    #expect(reply["status"] == .string("ok"))
    #expect(reply["execution_count"] == .integer(1))
    #expect(
      published.types == ["status", "execute_input", "stream", "execute_result", "status"])
    #expect(published.first?.content["execution_state"] == .string("busy"))
    #expect(published.stream("stdout") == "zwei Äpfel 🍎\n")
    #expect(published.result == "42")
    #expect(published.last?.parent["session"] == .string("client é"))
    #expect(try client.end())
  }

  @Test func `an error is one message, and cells behind it are not run`() throws {
    let client = try TestClient()
    // They wait before it fails.
    _ = try client.send("execute_request", client.cell("!sleep 0.3"))
    let first = try client.send("execute_request", client.cell("1 + nothing"))
    let second = try client.send("execute_request", client.cell("2"))
    let (reply, published) = try client.answer(to: first)
    #expect(reply["status"] == .string("error"))
    #expect(reply["ename"] == .string("E-name"))
    #expect(published.types == ["status", "execute_input", "error", "status"])
    var other = try client.receive("shell")
    while other.parent["msg_id"]?.asText != second { other = try client.receive("shell") }
    #expect(other.content["status"] == .string("aborted"))
    #expect(try client.run("1 + 1").published.result == "2")
    // Unless the client wants them to be.
    let third = try client.send(
      "execute_request", client.cell("nothing", ["stop_on_error": .bool(false)]))
    let fourth = try client.send("execute_request", client.cell("4"))
    #expect(try client.answer(to: third).reply["status"] == .string("error"))
    #expect(try client.answer(to: fourth).reply["status"] == .string("ok"))
    #expect(try client.end())
  }

  @Test func `what a silent cell prints is not published`() throws {
    let client = try TestClient()
    let (reply, published) = try client.run("print(1); 2", ["silent": .bool(true)])
    #expect(reply["status"] == .string("ok"))
    #expect(published.types == ["status", "status"])
    for code in [":clear", "!echo wrong >&2", "1 + nothing"] {
      #expect(
        try client.run(code, ["silent": .bool(true)]).published.types == ["status", "status"])
    }
    #expect(try client.end())
  }

  @Test func `expressions of the client are evaluated after the cell`() throws {
    let client = try TestClient()
    let (reply, _) = try client.run(
      "x = 3", ["user_expressions": .of(["a": .string("x * 2"), "b": .string("nothing")])])
    let values = reply["user_expressions"]
    #expect(values?["a"]?["data"]?["text/plain"] == .string("6"))
    #expect(values?["b"]?["ename"] == .string("E-name"))
    #expect(try client.end())
  }

  @Test func `a cell that runs is interrupted by control, and the session lives`() throws {
    let client = try TestClient()
    let id = try client.send("execute_request", client.cell("n = 0; while true { n = n + 1 }"))
    while try client.receive("iopub").type != "execute_input" {}
    let (answer, published) = try client.ask("interrupt_request", .empty, on: "control")
    #expect(answer["status"] == .string("ok"))
    // Whoever shows one status for all requests sees that the cell still runs.
    #expect(published.types == ["status", "status"])
    let (reply, _) = try client.answer(to: id)
    #expect(reply["ename"] == .string("E-interrupt"))
    #expect(try client.run("1 + 1").published.result == "2")
    // An interrupt without a cell is meant for none.
    _ = try client.ask("interrupt_request", .empty, on: "control")
    #expect(try client.run("1 + 1").published.result == "2")
    #expect(try client.end())
  }

  @Test func `names complete while a cell runs, and after it with what it defined`() throws {
    let client = try TestClient()
    _ = try client.run("number_of_apples = 3")
    let id = try client.send(
      "execute_request", client.cell("number_of_pears = 4; while true { 1 }"))
    let request = JSON.of(["code": .string("é = number_of"), "cursor_pos": .integer(13)])
    let (reply, _) = try client.ask("complete_request", request)
    #expect(reply["matches"] == .array([.string("number_of_apples")]))
    #expect(reply["cursor_start"] == .integer(4))
    #expect(reply["cursor_end"] == .integer(13))
    let types = reply["metadata"]?["_jupyter_types_experimental"]
    #expect(
      types
        == .array([
          .of([
            "text": .string("number_of_apples"), "type": .string("int"), "start": .integer(4),
            "end": .integer(13),
          ])
        ]))
    _ = try client.ask("interrupt_request", .empty, on: "control")
    #expect(try client.answer(to: id).reply["ename"] == .string("E-interrupt"))
    let (later, _) = try client.ask("complete_request", request)
    #expect(
      later["matches"] == .array([.string("number_of_apples"), .string("number_of_pears")]))
    #expect(try client.end())
  }

  @Test func `help is found for names, members and calls around the cursor`() throws {
    let client = try TestClient()
    _ = try client.run("x = zeros(2x3)")
    func inspect(_ code: String) throws -> JSON {
      try client.ask("inspect_request", .of(["code": .string(code)])).reply
    }
    #expect(try inspect("zeros")["data"]?["text/plain"]?.asText?.contains("zeros(") == true)
    #expect(try inspect("x.shape")["found"] == .bool(true))
    #expect(try inspect("resize(x, ")["data"]?["text/plain"]?.asText?.contains("resize(") == true)
    #expect(
      try inspect("x")["data"]?["text/plain"]?.asText?.hasPrefix("x is a tensor: f32 2x3") == true)
    #expect(try inspect("nothing_here")["found"] == .bool(false))
    #expect(try client.end())
  }

  @Test func `questions show a page, commands print, and clear asks the client`() throws {
    let client = try TestClient()
    let (reply, published) = try client.run("?zeros")
    guard case .array(let payload)? = reply["payload"] else {
      Issue.record("no payload")
      return
    }
    #expect(payload.first?["source"] == .string("page"))
    #expect(payload.first?["data"]?["text/plain"]?.asText?.contains("zeros(") == true)
    #expect(published.types == ["status", "execute_input", "status"])
    #expect(try client.run(":pwd").published.stream("stdout").hasSuffix("\n"))
    #expect(try client.run(":clear").published.types.contains("clear_output"))
    let shown = try client.run("!echo é; echo wrong >&2; exit 3").published
    #expect(shown.stream("stdout") == "é\n")
    #expect(shown.stream("stderr") == "wrong\nnote: the command ended with status 3\n")
    // It has no input, and says so rather than waiting.
    #expect(try client.run("!read line || echo none").published.stream("stdout") == "none\n")
    #expect(try client.end())
  }

  @Test func `images have their size, tables HTML, and text is always there`() throws {
    let client = try TestClient()
    let shown = try client.run("show(zeros(3x8x4))").published.first { $0.type == "display_data" }
    #expect(shown?.content["data"]?["text/plain"] == .string("image 8x4, 3 channels"))
    #expect(shown?.content["metadata"]?["image/png"]?["height"] == .integer(256))
    #expect(shown?.content["metadata"]?["image/png"]?["width"] == .integer(128))
    let plot = try client.run("plot([1, 2, 4])").published.first { $0.type == "execute_result" }
    #expect(plot?.content["data"]?["image/svg+xml"]?.asText?.hasPrefix("<svg") == true)
    let table = try client.run("table((a=[1, 2]))").published.first { $0.type == "execute_result" }
    #expect(table?.content["data"]?["text/html"]?.asText?.contains("<table>") == true)
    #expect(try client.end())
  }

  @Test func `other keys, repeated messages and damaged ones are ignored`() throws {
    let client = try TestClient()
    let other = try Signer(key: Array("another key".utf8))
    var frames = client.frames("kernel_info_request", JSON.empty.utf8)
    frames[1] = other.signature(of: frames[2...])
    try client.send(frames, on: "shell")
    let good = client.frames("kernel_info_request", JSON.empty.utf8)
    try client.send(good, on: "shell")
    try client.send(good, on: "shell")
    try client.send(client.frames("execute_request", Array("{\"code\": ".utf8)), on: "shell")
    #expect(try client.receive("shell").type == "kernel_info_reply")
    // Another thread reads this one: sent before, it might be the first.
    try client.send(good, on: "control")
    #expect(throws: TestClient.Diagnosis.self) {
      try client.receive("shell", milliseconds: 300)
    }
    #expect(throws: TestClient.Diagnosis.self) {
      try client.receive("control", milliseconds: 10)
    }
    #expect(try client.end())
  }

  @Test func `ten megabytes of output arrive whole, in few messages`() throws {
    let client = try TestClient()
    let id = try client.send(
      "execute_request",
      client.cell("line = \"0123456789\" * 100; for i in 0..10000 { print(line) }"))
    let published = try client.published(of: id)
    #expect(published.stream("stdout").utf8.count == 10_010_000)
    #expect(published.count < 60)
    #expect(try client.end())
  }

  @Test func `a kernel without a key takes unsigned messages`() throws {
    let client = try TestClient(key: "")
    #expect(try client.run("1 + 1").published.result == "2")
    #expect(try client.end())
  }

  @Test func `a busy kernel ends when a client asks`() throws {
    let client = try TestClient()
    _ = try client.send("execute_request", client.cell("while true { 1 }"))
    while try client.receive("iopub").type != "execute_input" {}
    #expect(try client.end())
  }
}
