// SPDX-License-Identifier: MIT

/// The formats of documents, which their names tell.
public enum DocumentFormat: CaseIterable, Sendable {
  /// A script whose cells begin with `# %%`.
  case percent
  /// Markdown whose fences of `henge` are cells.
  case markdown
  /// A Jupyter notebook.
  case notebook

  /// How names end, the longest first.
  public var endings: [String] {
    switch self {
    case .percent: [".henge"]
    case .markdown: [".henge.md", ".md"]
    case .notebook: [".ipynb"]
    }
  }

  /// Whether henge runs it as it is: a notebook is converted first.
  public var isRun: Bool { self != .notebook }

  /// The format of a file's name and the name without its ending; nil if it is no document's.
  public static func split(_ name: String) -> (stem: String, format: DocumentFormat)? {
    for format in allCases {
      for ending in format.endings where name.hasSuffix(ending) {
        return (String(name.dropLast(ending.count)), format)
      }
    }
    return nil
  }
}
