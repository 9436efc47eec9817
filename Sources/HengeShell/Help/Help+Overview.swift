// SPDX-License-Identifier: MIT
internal import HengeLanguage

extension Help {
  /// What to type first; a test runs these lines in order.
  static let firstSteps: [(code: String, text: String)] = [
    ("1 + 1", "an expression shows its value"),
    ("x = arange(6).reshape(2x3)", "assigning creates a name; this is a tensor"),
    ("A = faces(\"anime\", 100)", "a dataset; images(\"folder\") reads yours"),
    ("grid(A[0:8]) |> show", "look at some images"),
    ("B = faces(\"photo\", 100)", "a second dataset"),
    ("t = difference_vector(A, B)", "a trainer that translates A to B"),
    ("t.step(100)", "train it; t.vector is what it learned"),
    ("save_png(t(A[0]), \"map.png\")", "translate an image and save it"),
  ]

  /// One screen: first steps, groups of built-ins, commands, and how to get more help.
  func overview(_ page: inout HelpPage) {
    page.line("henge: a shell for image-to-image translation")
    page.gap()
    page.entries(Help.firstSteps.map { ($0.code, $0.text) })
    page.gap()
    page.entries([
      ("?mean  ?x  ??f", "a built-in; a value; the source of your function"),
      ("?language  ?for", "the syntax of the language"),
      ("?E-shape", "what an error means and how to fix it"),
      ("apropos(\"resize\")", "search the help for a word"),
    ])
    page.gap()
    page.names("groups", interpreter.library.topics.map { "?" + $0.name })
    if !commands.isEmpty { page.names("commands", ["?commands"] + commands.map(\.shortName)) }
    if !keys.isEmpty { page.names("keys", ["?keys", "Tab completes", "Ctrl-C stops"]) }
    page.names("leave", [":quit or Ctrl-D"])
  }
}

extension Help.Entry {
  /// The command without what follows it.
  fileprivate var shortName: String { name.split(separator: " ").first.map(String.init) ?? name }
}
