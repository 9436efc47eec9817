// SPDX-License-Identifier: MIT
public import HengeBackend

extension Plot {
  /// The plot as an SVG document of `width` x `height` units.
  ///
  /// The bytes depend on the plot and the size alone: no time, no font, no number of this machine.
  /// Throws what the budget's owner stops by.
  public func svg(width: Int = 640, height: Int = 400, budget: MemoryBudget) throws -> String {
    let figure = try PlotFigure(
      self, width: Double(width), height: Double(height), budget: budget)
    let name = title.isEmpty ? "plot" : title
    var text = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
        + "viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-label=\"\(escaped(name))\" "
        + "font-family=\"'DejaVu Sans', Verdana, sans-serif\">",
      "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>\n",
    ].joined(separator: "\n")
    try budget.inStretches(figure.shapes.count, weighing: 1024) { stretch in
      for shape in figure.shapes[stretch] { text += try element(shape, budget) + "\n" }
    }
    return text + "</svg>\n"
  }

  private func element(_ shape: PlotFigure.Shape, _ budget: MemoryBudget) throws -> String {
    switch shape {
    case .line(let points, let colour, let width, let dashes):
      let pattern = dashes.map(short).joined(separator: " ")
      return
        "<polyline points=\"\(places(points))\" fill=\"none\" stroke=\"\(hex(colour))\" "
        + "stroke-width=\"\(short(width))\""
        + (dashes.isEmpty ? "" : " stroke-dasharray=\"\(pattern)\"")
        + " stroke-linejoin=\"round\" stroke-linecap=\"round\"/>"
    case .area(let points, let colour, let opacity):
      return
        "<polygon points=\"\(places(points))\" fill=\"\(hex(colour))\"\(faintness(opacity))/>"
    case .dot(let centre, let radius, let colour, let opacity):
      return
        "<circle cx=\"\(short(centre.x))\" cy=\"\(short(centre.y))\" r=\"\(short(radius))\" "
        + "fill=\"\(hex(colour))\"\(faintness(opacity))/>"
    case .box(let corner, let width, let height, let colour):
      return
        "<rect x=\"\(short(corner.x))\" y=\"\(short(corner.y))\" width=\"\(short(width))\" "
        + "height=\"\(short(height))\" fill=\"\(hex(colour))\"/>"
    case .picture(let picture, let corner, let width, let height):
      let data = base64(try encodePNG(picture, budget: budget))
      return
        "<image x=\"\(short(corner.x))\" y=\"\(short(corner.y))\" width=\"\(short(width))\" "
        + "height=\"\(short(height))\" preserveAspectRatio=\"none\" "
        + "href=\"data:image/png;base64,\(data)\"/>"
    case .text(let text, let point, let size, let colour, let anchor, let isBold, let angle):
      let place =
        switch anchor {
        case .start: ""
        case .middle: " text-anchor=\"middle\""
        case .end: " text-anchor=\"end\""
        }
      let (x, y) = (short(point.x), short(point.y))
      return
        "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(short(size))\""
        + (isBold ? " font-weight=\"bold\"" : "") + place
        + (angle == 0 ? "" : " transform=\"rotate(\(short(angle)) \(x) \(y))\"")
        + " fill=\"\(hex(colour))\">\(escaped(text))</text>"
    }
  }

  private func places(_ points: [Point]) -> String {
    points.map { "\(short($0.x)),\(short($0.y))" }.joined(separator: " ")
  }

  private func faintness(_ opacity: Double) -> String {
    opacity == 1 ? "" : " fill-opacity=\"\(short(opacity))\""
  }

  private func hex(_ colour: UInt32) -> String {
    let digits = String(colour, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
  }

  /// Two decimals at most.
  private func short(_ number: Double) -> String {
    let hundredths = Int((number * 100).rounded())
    let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    return "\(sign)\(whole)."
      + (rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)")
  }

  /// The text with XML's special characters escaped, and characters not allowed in XML as spaces.
  private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default:
        let isForbidden =
          scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
          || scalar.value & 0xFFFE == 0xFFFE
        result.unicodeScalars.append(isForbidden ? " " : scalar)
      }
    }
    return result
  }
}
