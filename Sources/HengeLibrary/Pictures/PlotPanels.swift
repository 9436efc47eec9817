// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeImage
internal import HengeLanguage

/// The built-in that puts plots into one figure.
func panels(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "panels",
      "Puts several plots into one figure, row by row, each in a panel of the same size. The figure is shown and saved as a plot is.",
      Parameter("plots", "A list of plots, made by plot(), hist(), bars(), scatter() or panels()."),
      Parameter("cols", "Number of panels per row.", default: 2, isKeywordOnly: true),
      titleParameter,
      examples: [
        Example(
          """
          p = plot([3, 1, 2], title="losses")
          q = hist(randn(100), bins=10, title="values")
          print(panels([p, q]))
          #=> plot of 13 points in 2 panels
          """)
      ],
      seeAlso: ["plot", "hist", "save_png", "grid"], errors: ["E-arg", "E-range"]
    ) { (plots: [PlotObject], cols: Int, title: String) in
      guard !plots.isEmpty else {
        throw Failure(
          "E-arg", "there are no plots for a figure",
          suggestion: "panels([plot([1, 2]), plot([2, 1])])", parameter: "plots")
      }
      guard plots.count <= 100 else {
        throw Failure(
          "E-range", "a figure has at most 100 panels, not \(plots.count)", parameter: "plots")
      }
      guard (1...16).contains(cols) else {
        throw Failure("E-range", "`cols` must be 1 to 16, not \(cols)", parameter: "cols")
      }
      var figure = Plot()
      figure.panels = plots.map(\.plot)
      figure.columns = cols
      figure.title = title
      return PlotObject(figure, session.budget)
    }.alsoCalled("subplots", "subplot", "facets", "figure of several plots")
  ]
}
