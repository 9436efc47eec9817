// SPDX-License-Identifier: MIT
import HengeTestSupport
import Testing

@testable import HengeShell

@Suite struct HelpRequestTests {
  @Test func `a question is what begins with a question mark, or is a name with one behind it`() {
    let questions: [(String, HelpRequest)] = [
      ("?", HelpRequest("")),
      ("  ?  ", HelpRequest("")),
      ("??", HelpRequest("", wantsSource: true)),
      ("?mean", HelpRequest("mean")),
      ("? mean", HelpRequest("mean")),
      ("mean?", HelpRequest("mean")),
      ("mean ?", HelpRequest("mean")),
      ("??mean", HelpRequest("mean", wantsSource: true)),
      ("mean??", HelpRequest("mean", wantsSource: true)),
      ("?mean?", HelpRequest("mean")),
      ("?mean(x)", HelpRequest("mean")),
      ("?.mean", HelpRequest("mean")),
      ("?x.mean()", HelpRequest("x.mean")),
      ("r.inner[0].x?", HelpRequest("r.inner[0].x")),
      ("?E-shape", HelpRequest("E-shape")),
      ("e-shape?", HelpRequest("e-shape")),
      ("?:save", HelpRequest(":save")),
      ("?|>", HelpRequest("|>")),
      ("?how to load an image?", HelpRequest("how to load an image")),
      ("help", HelpRequest("")),
      ("help()", HelpRequest("")),
      ("help(mean)", HelpRequest("mean")),
      ("help mean", HelpRequest("mean")),
      ("help(\"mean\")", HelpRequest("mean")),
      ("dir(x)", HelpRequest("x")),
      ("doc mean", HelpRequest("mean")),
    ]
    for (entry, request) in questions {
      #expect(HelpRequest(entry: entry) == request, "\(entry)")
    }
  }

  @Test func `a program that holds a question mark is the program it was`() {
    let programs = [
      "", "x = a ? b", "x = a ? b : c", "x = a?", "f(x)?", "\"really?\"", "# why?", "x\n?y", "1?",
      "a?.b", "x..y?", "x[?", "helper(x)", "help = 3", "help(a, b)", "directory", "E-1?",
      "a + b?", "print(\"?\")",
    ]
    for entry in programs { #expect(HelpRequest(entry: entry) == nil, "\(entry)") }
    #expect(HelpRequest(entry: "help(mean)", isDefined: { $0 == "help" }) == nil)
  }

  @Test func `the words with which other prompts are left leave this one, unless they are names`() {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    for entry in ["quit", "exit", "exit()", " quit ( ) "] {
      #expect(PromptHelp.isFarewell(entry, in: runner.interpreter), "\(entry)")
    }
    for entry in ["quit = 1", "exit(1)", "quits", "x = exit()", ""] {
      #expect(!PromptHelp.isFarewell(entry, in: runner.interpreter), "\(entry)")
    }
    runner.run("quit = 3")
    #expect(!PromptHelp.isFarewell("quit", in: runner.interpreter))
  }
}
