// SPDX-License-Identifier: MIT
import HengeBackend
internal import CHengeCairo

extension Failure {
  static func canvasSize(width: Int, height: Int, largest: Int) -> Failure {
    Failure(
      "E-range",
      "an image of \(width) x \(height) pixels cannot be drawn: each side must be 1 to \(largest)",
      parameter: "size")
  }

  static func coordinateNotFinite() -> Failure {
    Failure("E-range", "a coordinate or width to draw with is NaN, infinite or beyond 1,000,000")
  }

  /// What the drawing library reports, under the code of its kind.
  static func drawing(_ status: cairo_status_t) -> Failure {
    let reason = text(of: cairo.status_to_string(status))
    let code =
      switch status {
      case CAIRO_STATUS_NO_MEMORY: "E-memory"
      case CAIRO_STATUS_INVALID_MATRIX, CAIRO_STATUS_INVALID_SIZE: "E-range"
      default: "E-data"
      }
    return Failure(code, "drawing failed: \(reason)")
  }
}
