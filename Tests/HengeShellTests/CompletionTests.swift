// SPDX-License-Identifier: MIT
import Glibc
import HengeLanguage
import HengeTestSupport
import Testing

@testable import HengeShell

/// A session with some values, in a folder with some files.
final class CompletionSession {
  let folder = TemporaryFolder()
  let runner: ScriptRunner
  let completion: PromptCompletion

  static let program = """
    zeta = zeros(3x4)
    r = (lr=0.1, label="a", inner=(deep=zeros(2x2), text="t"))
    A = faces("anime", 3)
    t = table(age=[1, 2], name=["p", "q"])
    dv = difference_vector(A, A)
    words = ["one", "two"]
    mixed = [zeros(2x2), "text"]
    fn area(height, width=2, *, unit="px") { height * width }
    double = v => v * 2
    m = sequential(conv(3, 4), relu(), conv(4, 2))
    """

  init(files: [String] = []) {
    runner = ScriptRunner(folder: folder.path)
    runner.run(CompletionSession.program)
    for file in files {
      if file.hasSuffix("/") {
        mkdir("\(folder.path)/\(file)", 0o755)
      } else {
        fclose(fopen("\(folder.path)/\(file)", "w"))
      }
    }
    let path = folder.path
    completion = PromptCompletion(
      runner.interpreter, workingFolder: path, commands: ["cd", "who", "time", "save", "set"])
  }

  deinit { folder.remove() }

  /// What a text with `‸` for the cursor becomes with each candidate, the suffix in braces; at
  /// most ten.
  func results(_ marked: String) -> [String] {
    let parts = marked.split(separator: "‸", omittingEmptySubsequences: false).map(String.init)
    let found = completion.completions(of: parts.joined(), at: parts[0].utf8.count)
    let before = String(decoding: Array(parts[0].utf8)[..<found.replaceFrom], as: UTF8.self)
    let all = found.candidates.map { candidate in
      before + candidate.text + (candidate.suffix.isEmpty ? "" : "{\(candidate.suffix)}")
    }
    return all.count <= 10 ? all : all.prefix(3) + ["… \(all.count > 40 ? "many" : "some")"]
  }
}

@Suite struct CompletionTests {
  @Test func `names, members and arguments are completed from what is declared and what is there`()
  {
    let session = CompletionSession()
    let table: [(String, [String])] = [
      // Names: built-ins, variables, words.
      ("zet‸", ["zeta"]),
      ("zero‸s", ["zero_pad{(}", "zeros{(}"]),
      ("y = lins‸", ["y = linspace{(}"]),
      ("dou‸", ["double{(}"]),
      ("whi‸", ["while"]),
      ("x = contin‸", []),
      ("fn ze‸", []),
      ("for ze‸", []),
      ("zeta an‸", ["zeta and"]),
      ("total = 1; 2 + tot‸", ["total = 1; 2 + total"]),
      ("fn f(weight, height) { wei‸", ["fn f(weight, height) { weight"]),
      ("for index in 0..3 { ind‸", ["for index in 0..3 { index"]),
      ("(first, second) => fir‸", ["(first, second) => first"]),
      // Nothing is named in comments, numbers and checks.
      ("x = 1 # ze‸", []),
      ("1 + 1  #=> ze‸", []),
      ("12‸", []),
      ("3x‸", []),
      // Members by type: a tensor, a record, a table, a trainer, a string, a shape.
      ("zeta.sha‸", ["zeta.shape"]),
      ("zeta.num‸", ["zeta.numel"]),
      ("zeta.resh‸", ["zeta.reshape{(}"]),
      ("zeta.resh‸(3)", ["zeta.reshape"]),
      ("zeta.spl‸", []),
      ("r.l‸", ["r.label", "r.len{(}", "r.lr"]),
      (
        "r.inner.‸",
        [
          "r.inner.bars{(}", "r.inner.deep", "r.inner.dict{(}", "… some",
        ]
      ),
      ("r.inner.deep.sha‸", ["r.inner.deep.shape"]),
      ("dv.ve‸", ["dv.vector"]),
      ("dv.st‸", ["dv.step{(}"]),
      ("words[0].spl‸", ["words[0].split{(}"]),
      ("mixed[-2].sha‸", ["mixed[-2].shape"]),
      ("mixed[1].sha‸", []),
      ("r[\"inner\"].de‸", ["r[\"inner\"].deep"]),
      ("\"a b\".spl‸", ["\"a b\".split{(}"]),
      ("(3x4).num‸", ["(3x4).numel"]),
      ("A[0].sha‸", ["A[0].shape"]),
      ("A[0:2].samp‸", ["A[0:2].sample{(}"]),
      ("t[0].ke‸", ["t[0].keys{(}"]),
      // Results of calls by their declaration alone.
      ("zeros(3x4).sha‸", ["zeros(3x4).shape"]),
      ("zeros(3x4).T.dty‸", ["zeros(3x4).T.dtype"]),
      ("faces(\"anime\", 5).samp‸", ["faces(\"anime\", 5).sample{(}"]),
      ("A.mean().sha‸", ["A.mean().shape"]),
      ("(zeta + 1).sha‸", ["(zeta + 1).shape"]),
      ("zeta.shape.num‸", ["zeta.shape.numel"]),
      ("area(2).‸", []),
      ("y = zeros(3x4)\ny.sha‸", ["y = zeros(3x4)\ny.shape"]),
      ("zeta |> .sha‸", ["zeta |> .shape"]),
      ("zeta |> resh‸", ["zeta |> reshape"]),
      ("zeta |> resize(2x2) |> .sha‸", ["zeta |> resize(2x2) |> .shape"]),
      // Arguments by name, without those that are given.
      (
        "zeros(3x4, dt‸", ["zeros(3x4, dtype="]
      ),
      ("zeros(dtype=\"f32\", dty‸", []),
      // Where nothing is typed: what the call takes, and what the session has.
      ("dv.step(‸", ["dv.step(n=", "dv.step(every=", "dv.step(watch=", "… some"]),
      ("zeta.mean(ax‸", ["zeta.mean(axis="]),
      ("mean(zeta, keep‸", ["mean(zeta, keepdims="]),
      ("zeta |> mean(ax‸", ["zeta |> mean(axis="]),
      ("area(3, wid‸", ["area(3, width="]),
      ("area(3, 4, uni‸", ["area(3, 4, unit="]),
      ("area(3, 4, widt‸", []),
      ("set(r, lab‸", ["set(r, label="]),
      ("sorted(words, by=len‸", ["sorted(words, by=len"]),
      // Choices in strings, and the keys of records and tables.
      ("faces(\"a‸", ["faces(\"anime{\"}"]),
      ("faces(\"a‸\"", ["faces(\"anime"]),
      ("zeros(3, dtype=\"f‸", ["zeros(3, dtype=\"f32{\"}", "zeros(3, dtype=\"f64{\"}"]),
      ("faces(style=‸", ["faces(style=\"anime\"", "faces(style=\"photo\""]),
      ("zeta.resize(2x2, \"bil‸", ["zeta.resize(2x2, \"bilinear{\"}"]),
      ("r[\"l‸", ["r[\"lr{\"]}", "r[\"label{\"]}"]),
      ("r['la‸", ["r['label{']}"]),
      ("t[\"na‸", ["t[\"name{\"]}"]),
      ("unknown[\"na‸", []),
      ("has(r, \"la‸", ["has(r, \"label{\"}"]),
      ("t.sort(\"a‸", ["t.sort(\"age{\"}"]),
      ("m[\"conv1.w‸", ["m[\"conv1.weight{\"]}"]),
      // A layer gives something, a weight does not.
      ("tap(m, zeta, \"conv‸", ["tap(m, zeta, \"conv1{\"}", "tap(m, zeta, \"conv2{\"}"]),
      ("m.tap(zeta, \"out‸", ["m.tap(zeta, \"output{\"}"]),
      ("tap(m, zeta)[\"conv1‸", ["tap(m, zeta)[\"conv1{\"]}"]),
      ("m.tap(zeta)[\"re‸", ["m.tap(zeta)[\"relu1{\"]}"]),
      ("y = tap(m, zeta)\ny[\"out‸", ["y = tap(m, zeta)\ny[\"output{\"]}"]),
      ("tap(m, zeta).conv2‸", ["tap(m, zeta).conv2"]),
      ("tap(m, zeta, \"conv1\")[\"‸", []),
      ("m.para‸", ["m.params"]),
      // Text within f-strings is a program again.
      ("f\"{zet‸", ["f\"{zeta"]),
      ("f\"a {r.l‸", ["f\"a {r.label", "f\"a {r.len{(}", "f\"a {r.lr"]),
      ("f\"{r[\"la‸", ["f\"{r[\"label{\"]}"]),
      ("f\"{zeta} zet‸", []),
      // A mistake before the cursor ends nothing.
      ("x = $ ? 1.\ny = zet‸", ["x = $ ? 1.\ny = zeta"]),
      ("s = \"open\nzet‸", ["s = \"open\nzeta"]),
      // Without a match: letters of the other size, a part of a name, a near name.
      ("ZET‸", ["zeta"]),
      ("zeta.umel‸", ["zeta.numel"]),
      ("zeta.shpae‸", ["zeta.shape"]),
      // Requests to the shell.
      (":sa‸", [":save"]),
      (":s‸", [":save", ":set"]),
      ("?linsp‸", ["?linspace"]),
      ("?E-sh‸", ["?E-shape"]),
      ("?tens‸", ["?tensor", "?tensors"]),
      ("?r.inner.de‸", ["?r.inner.deep"]),
    ]
    for (text, expected) in table {
      #expect(session.results(text) == expected, "\(text)")
    }
  }

  @Test func `strings are completed by the files of the folder, quoted as the string asks`() {
    let session = CompletionSession(files: [
      "faces/", "faces/one.png", "faces/two.png", "fish.txt", "a \"b\".png", "with space.png",
      ".hidden", "back\\slash", "Upper.png", "brace{.txt",
    ])
    let home = getenv("HOME").map { String(cString: $0) } ?? ""
    let table: [(String, [String])] = [
      ("load(\"fi‸", ["load(\"fish.txt{\"}"]),
      ("load(\"fi‸\")", ["load(\"fish.txt"]),
      ("load(\"f‸", ["load(\"faces/", "load(\"fish.txt{\"}"]),
      ("load(\"faces/‸", ["load(\"faces/one.png{\"}", "load(\"faces/two.png{\"}"]),
      ("load(\"faces/t‸", ["load(\"faces/two.png{\"}"]),
      ("load(\"./faces/t‸", ["load(\"./faces/two.png{\"}"]),
      ("load(\"\(session.folder.path)/fi‸", ["load(\"\(session.folder.path)/fish.txt{\"}"]),
      ("load(\"a‸", ["load(\"a \\\"b\\\".png{\"}"]),
      ("load('a‸", ["load('a \"b\".png{'}"]),
      ("load(r\"a‸", []),
      ("load(\"back‸", ["load(\"back\\\\slash{\"}"]),
      ("load(f\"brace‸", ["load(f\"brace{{.txt{\"}"]),
      ("load(\"\"\"fi‸", ["load(\"\"\"fish.txt{\"\"\"}"]),
      ("load(\".h‸", ["load(\".hidden{\"}"]),
      ("load(\"upp‸", ["load(\"Upper.png{\"}"]),
      ("load(\"nothing‸", []),
      ("load(\"~‸", ["load(\"\(home)/"]),
      ("import \"fi‸", ["import \"fish.txt{\"}"]),
      ("x == \"fi‸", ["x == \"fish.txt{\"}"]),
      (":save fi‸", [":save fish.txt{ }"]),
      (":cd fi‸", []),
      (":save wi‸", [":save with\\ space.png{ }"]),
      ("!ls with\\ sp‸", ["!ls with\\ space.png{ }"]),
      ("!ls faces/o‸", ["!ls faces/one.png{ }"]),
    ]
    for (text, expected) in table {
      #expect(session.results(text) == expected, "\(text)")
    }
    #expect(
      session.completion.completions(of: "load(\"", at: 6).candidates.map(\.label) == [
        "Upper.png", "a \"b\".png", "back\\slash", "brace{.txt", "faces/", "fish.txt",
        "with space.png",
      ])
  }
}
