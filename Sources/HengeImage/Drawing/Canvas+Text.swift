// SPDX-License-Identifier: MIT
internal import CCairo

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
    chooseFont(size: size, bold: bold)
    var font = cairo_font_extents_t()
    var line = cairo_text_extents_t()
    cairo_font_extents(context, &font)
    cairo_text_extents(context, printable(text), &line)
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
    chooseFont(size: size, bold: bold)
    use(.colour(colour)) {
      cairo_move_to(context, checked(point.x - back), checked(point.y))
      cairo_show_text(context, printable(text))
      cairo_new_path(context)
    }
  }

  /// Control characters would end the C string or draw as boxes.
  private func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 ? " " : $0 }))
  }

  private func chooseFont(size: Double, bold: Bool) {
    cairo_select_font_face(
      context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
      bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
    cairo_set_font_size(context, checked(size))
    // All set here, or the desktop's settings would decide and bytes differ between machines.
    let options = cairo_font_options_create()
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_set_font_options(context, options)
    cairo_font_options_destroy(options)
  }
}
