// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeImage
internal import HengeThreads

/// Draws a live view: a line about the work, small curves in columns, the newest image below.
struct LivePicture {
  let title: String
  let view: LiveView

  init(title: String, _ view: LiveView) { (self.title, self.view) = (title, view) }

  private static let width = 640
  private static let margin = 10
  private static let titleHeight = 30
  private static let curveHeight = 58
  private static let columns = 3
  private static let ink = Colour(0.13, 0.13, 0.13)
  private static let soft = Colour(0.4, 0.4, 0.4)
  private static let line = Colour(0.0, 0.35, 0.7)

  private var curveRows: Int {
    (view.curves.count + LivePicture.columns - 1) / LivePicture.columns
  }

  /// Where the image begins.
  private var top: Int { LivePicture.titleHeight + curveRows * LivePicture.curveHeight }

  /// The columns at the left that the names of the image's rows take.
  private var left: Int { view.image.map { $0.rows.isEmpty ? 0 : 90 } ?? 0 }

  /// How the image is drawn: each pixel as a square of `zoom`, or only every `step`-th one.
  private func scale(of image: LiveView.Image) -> (zoom: Int, step: Int) {
    let room = LivePicture.width - left - 2 * LivePicture.margin
    let zoom = max(1, min(room / image.width, 256 / image.height))
    return (zoom, max(1, (image.width + room - 1) / room))
  }

  /// The drawing; throws as ``Canvas``.
  func pixels(budget: MemoryBudget) throws -> Pixels {
    let image = view.image.flatMap { image in
      image.width > 0 && image.height > 0
        && image.bytes.count == image.width * image.height * image.channels ? image : nil
    }
    let (zoom, step) = image.map(scale) ?? (1, 1)
    let rows = (image?.height ?? 0) / step * zoom
    let canvas = try Canvas(
      width: LivePicture.width, height: top + rows + (image == nil ? 0 : LivePicture.margin),
      budget: budget)
    canvas.fill(.colour(.white))
    canvas.text(
      title, at: Point(Double(LivePicture.margin), 19), size: 12.5, LivePicture.ink)
    for (index, curve) in view.curves.enumerated() { draw(curve, at: index, on: canvas) }
    if let image { drawNames(of: image, height: rows, on: canvas) }
    var pixels = try canvas.pixels()
    if let image { copy(image, zoom, step, into: &pixels) }
    return pixels
  }

  /// A curve with its name above and its last value beside that.
  private func draw(_ curve: LiveView.Curve, at index: Int, on canvas: Canvas) {
    let cell = Double(LivePicture.width - 2 * LivePicture.margin) / Double(LivePicture.columns)
    let x = Double(LivePicture.margin) + Double(index % LivePicture.columns) * cell
    let y =
      Double(LivePicture.titleHeight)
      + Double(index / LivePicture.columns * LivePicture.curveHeight)
    canvas.text(curve.name, at: Point(x, y + 11), size: 11, LivePicture.soft)
    canvas.text(
      curve.last, at: Point(x + cell - 14, y + 11), size: 11, LivePicture.ink, anchor: .end)
    let finite = curve.values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return }
    let (across, up) = (cell - 14, 32.0)
    let points = curve.values.enumerated().compactMap { place, value -> Point? in
      guard value.isFinite else { return nil }
      // Halves, as the difference of two finite numbers may not be finite.
      let half = high / 2 - low / 2
      let part = half > 0 ? (value / 2 - low / 2) / half : 0.5
      let step = curve.values.count > 1 ? Double(place) / Double(curve.values.count - 1) : 0
      return Point(x + step * across, y + 50 - part * up)
    }
    canvas.stroke(
      .lines([Point(x, y + 52), Point(x + across, y + 52)]), Colour(0.85, 0.85, 0.85), width: 1)
    if points.count > 1 { canvas.stroke(.lines(points), LivePicture.line, width: 1.6) }
  }

  private func drawNames(of image: LiveView.Image, height: Int, on canvas: Canvas) {
    for (index, name) in image.rows.enumerated() {
      let middle = Double((2 * index + 1) * height) / Double(2 * image.rows.count)
      canvas.text(
        name, at: Point(Double(LivePicture.margin), Double(top) + middle + 4), size: 11,
        LivePicture.soft)
    }
  }

  /// Copies the image.
  private func copy(_ image: LiveView.Image, _ zoom: Int, _ step: Int, into pixels: inout Pixels) {
    var bytes = pixels.bytes
    let x = LivePicture.margin + left
    for row in 0..<(image.height / step * zoom) {
      for column in 0..<(image.width / step * zoom) {
        let place = row / zoom * step * image.width + column / zoom * step
        let target = ((top + row) * pixels.width + x + column) * 3
        for channel in 0..<3 {
          bytes[target + channel] =
            image.bytes[place * image.channels + (image.channels == 3 ? channel : 0)]
        }
      }
    }
    pixels = Pixels(height: pixels.height, width: pixels.width, channels: 3, bytes: bytes)
  }
}
