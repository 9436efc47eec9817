// SPDX-License-Identifier: MIT
internal import HengeLanguage

extension Help {
  /// What to type first; each runs as it stands, in this order.
  static let firstSteps: [(code: String, text: String)] = [
    ("1 + 1", "an expression shows its value"),
    ("x = arange(6).reshape(2x3)", "a name is made by assigning"),
    ("A = faces(\"anime\", 100)", "henge draws them; images(\"dir\") reads yours"),
    ("grid(A[0:8]) |> show", "look at some of them"),
    ("B = faces(\"photo\", 100)", "a second set"),
    ("t = difference_vector(A, B)", "a trainer that turns one into the other"),
    ("t.step(100)", "train it; t.vector is what it has learnt"),
    ("save_png(t(A[0]), \"map.png\")", "apply it, and keep the picture"),
  ]

  /// One screen: what to type first, what there is, how to ask on.
  func overview(_ page: inout HelpPage) {
    page.line("henge: pictures, tensors and the translation of one into the other")
    page.gap()
    page.entries(Help.firstSteps.map { ($0.code, $0.text) })
    page.gap()
    page.entries([
      ("?mean  ?x  ??f", "a built-in; a value; the text of a function of yours"),
      ("?language  ?for", "how programs are written"),
      ("?E-shape", "what an error means, and how to mend it"),
      ("apropos(\"resize\")", "all that mentions a word"),
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
