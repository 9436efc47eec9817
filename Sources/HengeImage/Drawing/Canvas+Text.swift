// SPDX-License-Identifier: MIT
internal import CHengeCairo

/// The size of a line of text before it is drawn, in pixels.
public struct TextExtent: Sendable, Equatable {
  /// From where the line begins to where a next one would.
  public let width: Double
  /// The font's height above the base line.
  public let ascent: Double
  /// The font's depth below the base line.
  public let descent: Double
}

/// The part of a line of text that is placed at the drawing point.
public enum TextAnchor: Sendable {
  /// Its beginning, its middle or its end.
  case start, middle, end
}

extension Canvas {
  /// The size `text` would have; the font is DejaVu Sans, or the system's own where that lacks.
  public func extent(of text: String, size: Double, bold: Bool = false) -> TextExtent {
    chooseFont(for: text, size: size, bold: bold)
    var font = cairo_font_extents_t()
    var line = cairo_text_extents_t()
    cairo.font_extents(context, &font)
    cairo.text_extents(context, Canvas.printable(text), &line)
    return TextExtent(width: line.x_advance, ascent: font.ascent, descent: font.descent)
  }

  /// Draws one line of `text` with its base line at `point`.
  public func text(
    _ text: String, at point: Point, size: Double, _ colour: Colour, anchor: TextAnchor = .start,
    bold: Bool = false
  ) {
    let width = anchor == .start ? 0 : extent(of: text, size: size, bold: bold).width
    let back =
      switch anchor {
      case .start: 0.0
      case .middle: width / 2
      case .end: width
      }
    chooseFont(for: text, size: size, bold: bold)
    use(.colour(colour)) {
      cairo.move_to(context, checked(point.x - back), checked(point.y))
      cairo.show_text(context, Canvas.printable(text))
      cairo.new_path(context)
    }
  }

  /// The characters of `text` that no installed font has, each as often as it comes.
  func undrawable(in text: String, size: Double, bold: Bool) -> [Character] {
    chooseFont(for: text, size: size, bold: bold)
    guard !hasGlyphs(for: text) else { return [] }
    return text.filter { !hasGlyphs(for: String($0)) }
  }

  /// Control characters would end the C string or draw as boxes.
  static func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 ? " " : $0 }))
  }

  /// Fonts in the order in which they are asked for a text: the one of all Latin text, and those
  /// that systems have for Japanese, Chinese and Korean.
  private static let families = [
    "DejaVu Sans", "Noto Sans CJK JP", "Noto Sans JP", "IPAexGothic", "IPAGothic", "Hiragino Sans",
    "Droid Sans Fallback", "WenQuanYi Zen Hei", "Unifont",
  ]

  /// Chooses the first font that has all of `text`, or the first of all.
  private func chooseFont(for text: String, size: Double, bold: Bool) {
    chooseFont(Canvas.families[0], size: size, bold: bold)
    // Every font has these, so that most texts need no search.
    guard text.unicodeScalars.contains(where: { $0.value >= 0x2000 }), !hasGlyphs(for: text)
    else { return }
    for family in Canvas.families.dropFirst() {
      chooseFont(family, size: size, bold: bold)
      if hasGlyphs(for: text) { return }
    }
    chooseFont(Canvas.families[0], size: size, bold: bold)
  }

  /// Whether the chosen font has a shape for every character.
  private func hasGlyphs(for text: String) -> Bool {
    var glyphs: UnsafeMutablePointer<cairo_glyph_t>?
    var count: Int32 = 0
    let status = cairo.scaled_font_text_to_glyphs(
      cairo.get_scaled_font(context), 0, 0, Canvas.printable(text), -1, &glyphs, &count, nil, nil,
      nil)
    guard status == CAIRO_STATUS_SUCCESS else { return false }
    defer { cairo.glyph_free(glyphs) }
    // Glyph 0 of a font stands for all characters that it lacks.
    return UnsafeBufferPointer(start: glyphs, count: Int(count)).allSatisfy { $0.index != 0 }
  }

  private func chooseFont(_ family: String, size: Double, bold: Bool) {
    cairo.select_font_face(
      context, family, CAIRO_FONT_SLANT_NORMAL,
      bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
    cairo.set_font_size(context, checked(size))
    // All set here, or the desktop's settings would decide and bytes differ between machines.
    let options = cairo.font_options_create()
    cairo.font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo.font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo.font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo.set_font_options(context, options)
    cairo.font_options_destroy(options)
  }
}
