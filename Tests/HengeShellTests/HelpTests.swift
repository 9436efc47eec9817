// SPDX-License-Identifier: MIT
import Glibc
import HengeLanguage
import HengeTestSupport
import Testing

@testable import HengeShell

/// Help in a session with some values.
struct HelpSession {
  let folder = TemporaryFolder()
  let runner: ScriptRunner
  let help: Help

  init(_ program: String = "") {
    runner = ScriptRunner(folder: folder.path)
    runner.run(program, name: "[1]")
    help = Help(
      runner.interpreter, keys: [.init("Ctrl-A", "to the line's beginning")],
      commands: [.init(":who", "Lists the names."), .init(":save f.henge", "Writes a script.")])
  }

  /// The answer to an entry, or the error that it is.
  func answer(_ entry: String, width: Int = 80) -> String {
    guard let request = HelpRequest(entry: entry) else { return "no question" }
    do { return try help.answer(request, width: width) } catch {
      return Renderer(width: width).render(runner.interpreter.diagnostic(for: error))
    }
  }
}

@Suite struct HelpTests {
  @Test func `the pages of some names are these`() {
    let session = HelpSession(HelpPages.program)
    defer { session.folder.remove() }
    for (entry, page) in HelpPages.golden {
      #expect(session.answer(entry) == page, "\(entry)")
    }
  }

  @Test func `names of other programs and in other letters are found`() {
    let session = HelpSession()
    defer { session.folder.remove() }
    #expect(session.answer("?FID") == session.answer("?fid"))
    #expect(
      session.answer("?torch.nn.Conv2d") == "In henge: conv(3, 16)\n\n" + session.answer("?conv"))
    #expect(session.answer("?nn.ReLU").hasPrefix("In henge: relu()\n"))
    #expect(session.answer("?E-nonsense").hasPrefix("E-name: there is no error code E-nonsense\n"))
    #expect(session.answer("?E-shap").contains("?E-shape"))
    #expect(session.answer("?:nonsense").hasPrefix("E-name: there is no command :nonsense\n"))
    #expect(session.answer("?x").hasPrefix("E-name: there is no help for `x`\n"))
  }

  @Test func `a list shows the first sentence, whatever it cites`() {
    let session = HelpSession()
    defer { session.folder.remove() }
    let page = session.answer("?trainers", width: 100)
    #expect(page.contains("CycleGAN [Zhu et al. 2017]: learns to translate"))
  }

  @Test func `a word that much mentions gives a page that fits a window, the group first`() {
    let session = HelpSession()
    defer { session.folder.remove() }
    let lines = session.answer("?data").split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines.prefix(5) == [
        "there is no page named data; these mention it:", "", "  ?datasets  a group of built-ins",
        "  ?E-data    unsuitable data", "",
      ])
    let library = session.runner.interpreter.library
    let all = library.table(library.builtins(about: "data"), width: 78).count
    #expect(lines.suffix(2) == ["", "\(all - 15) more: apropos(\"data\")"])
    #expect(lines.count == 22)
  }

  @Test(arguments: [40, 60, 80, 100])
  func `every page fits its width`(width: Int) {
    let session = HelpSession("x = zeros(3x4); r = (lr=0.1, a=x); A = faces(\"anime\", 3)")
    defer { session.folder.remove() }
    for name in HelpIndex(session.runner.interpreter).names + ["", "+", "|>", ":save", ":"] {
      let page = session.answer("?" + name, width: width)
      #expect(!page.hasPrefix("E-name: there is no help"), "\(name)")
      // Code is never broken, so that it can be copied: a narrow terminal wraps it.
      guard width >= 80 else { continue }
      for line in page.split(separator: "\n") {
        #expect(TextWidth.of(String(line)) <= width, "\(name): \(line)")
      }
    }
  }

  /// The examples of a page are typed as it shows them: what follows them is what they show.
  @Test func `every built-in's page has its examples, which show what the page says`() {
    let session = HelpSession()
    defer { session.folder.remove() }
    let library = session.runner.interpreter.library
    var wrong: [String] = []
    for builtin in library.builtins {
      let page = session.answer("?" + builtin.name)
      for example in builtin.examples {
        var lone = HelpPage(width: 80)
        lone.example(example)
        if !page.contains(lone.text) { wrong.append("\(builtin.name) lacks \(example.code)") }
        let typed = lone.lines.filter { $0.hasPrefix("  henge> ") || $0.hasPrefix("      …> ") }
        var entries: [String] = []
        for line in typed {
          if line.hasPrefix("  henge> ") {
            entries.append(String(line.dropFirst(9)))
          } else {
            entries[entries.count - 1] += "\n" + line.dropFirst(9)
          }
        }
        let folder = TemporaryFolder()
        defer { folder.remove() }
        let runner = ScriptRunner(folder: folder.path)
        for (entry, code) in zip(example.entries, entries) {
          let output = runner.run(code)
          if !entry.matches(output) { wrong.append("\(builtin.name): \(code)\n\(output)") }
        }
        if entries.count != example.entries.count { wrong.append("\(builtin.name): \(entries)") }
      }
    }
    #expect(wrong.joined(separator: "\n") == "")
  }

  @Test func `what the overview says to type first runs in its order`() {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    for step in Help.firstSteps { #expect(runner.failure(of: step.code) == nil, "\(step.code)") }
    let overview = HelpSession().answer("?")
    #expect(overview.split(separator: "\n", omittingEmptySubsequences: false).count <= 23)
  }

  @Test func `every word of the language has a page whose example runs`() {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    for page in SyntaxPage.all {
      let runner = ScriptRunner(folder: folder.path)
      for entry in page.example.entries {
        let output = runner.run(entry.code)
        #expect(entry.matches(output), "\(page.form): \(output)")
      }
    }
  }
}

@Suite struct KeyTableTests {
  @Test func `every command that a key is bound to is in the table, under the name of the key`() {
    let table = KeyCommand.table
    for command in KeyCommand.allCases where command != .paste && command != .closeBrace {
      #expect(table.contains { $0.text == command.summary }, "\(command)")
    }
    func keys(_ command: KeyCommand) -> String? {
      table.first { $0.text == command.summary }?.name
    }
    #expect(keys(.enter) == "Enter")
    #expect(keys(.newline) == "Alt-Enter")
    #expect(keys(.up) == "Up")
    #expect(keys(.lineStart) == "Home Ctrl-A")
    #expect(keys(.killWordBehind) == "Alt-D")
    #expect(keys(.killWordBefore) == "Ctrl-W Alt-Backspace")
    #expect(keys(.editOutside) == "Ctrl-X Ctrl-E")
    #expect(keys(.undo) == "Ctrl-_ Ctrl-X Ctrl-U")
    #expect(keys(.complete) == "Tab")
  }
}
