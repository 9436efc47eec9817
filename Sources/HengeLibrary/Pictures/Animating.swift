// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage

/// The built-in that makes films.
func animating(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "animate",
      """
      Saves images as a film, a GIF file. Each frame has up to 256 colors of its own; values outside \
      -1..1 are clipped, and a note reports how many. The same frames are always the same file.
      """,
      Parameter(
        "frames",
        "The frames in their order, all of one size: a list of images [C, H, W], a batch [N, C, H, W] or a dataset."
      ),
      Parameter("path", "Path of the file. A relative path is inside the output folder."),
      Parameter("fps", "Frames per second, 0.01..50.", default: 10.0, isKeywordOnly: true),
      Parameter(
        "loop", "Whether the film starts again at its end.", default: true, isKeywordOnly: true),
      Parameter(
        "zoom", "Magnification of each frame, an integer factor.", default: 1, isKeywordOnly: true),
      examples: [
        Example(
          """
          x = faces("anime", 2, size=32x32)
          frames = [(1 - s) * x[0] + s * x[1] for s in linspace(0, 1, 8)]
          animate(frames, "blend.gif", fps=8)
          exists("blend.gif")
          #=> true
          """)
      ],
      seeAlso: ["grid", "samples", "walk", "save_png"],
      errors: ["E-shape", "E-range", "E-file", "E-arg"]
    ) {
      (call: Call, frames: PictureList, path: String, fps: Double, loop: Bool, zoom: Int) in
      guard (0.01...50).contains(fps) else {
        throw Failure(
          "E-range", "`fps` must be 0.01 to 50, not \(fps)",
          notes: ["programs that show GIF files play faster films slowly"], suggestion: "fps=10",
          parameter: "fps")
      }
      let film = Film(
        montage: Montage(budget: session.budget).zoomed(zoom), seconds: 1 / fps, loops: loop)
      let done = try session.write(path, as: [".gif"], of: "a film") { file in
        try Failure.renaming(["x": "frames"]) { try film.write(frames, to: file, call) }
      }
      // A page shows some of the frames.
      try session.supplement?(.pixels(PixelDisplay(film.strip(), caption: path)))
      return done
    }.alsoCalled("animation", "gif", "video", "film", "movie")
  ]
}

/// A film that is being written.
private final class Film {
  private let montage: Montage
  private let seconds: Double
  private let loops: Bool
  private var size: PictureSize?
  /// Frames far apart, to be shown next to each other.
  private var shown: [Pixels] = []
  /// Of this many frames each, one is shown.
  private var step = 1
  private static let mostShown = 8

  init(montage: Montage, seconds: Double, loops: Bool) {
    (self.montage, self.seconds, self.loops) = (montage, seconds, loops)
  }

  func write(_ frames: PictureList, to path: String, _ call: Call) throws {
    let budget = montage.budget
    var clipped = 0
    try AtomicFile.replace(path, budget: budget) { file in
      var film: GIFWriter?
      var count = 0
      try frames.each(&clipped) { picture in
        let frame = try montage.row([picture])
        let writer = try film ?? begin(frame)
        film = writer
        try check(frame, count)
        try writer.add(frame, seconds: seconds)
        try file.append(writer.takeBytes())
        keep(frame, count)
        count += 1
      }
      guard let film else {
        throw Failure(
          "E-arg", "a film needs at least one frame", suggestion: "animate([x, y], \"x.gif\")",
          parameter: "frames")
      }
      try film.finish()
      try file.append(film.takeBytes())
    }
    if clipped > 0 { call.note("\(clipped) values were outside -1..1 and were clipped") }
  }

  private func begin(_ frame: Pixels) throws -> GIFWriter {
    let size = PictureSize(height: frame.height, width: frame.width)
    self.size = size
    return try GIFWriter(size: size, loops: loops, budget: montage.budget)
  }

  /// Refuses a frame of another size than the first.
  private func check(_ frame: Pixels, _ index: Int) throws {
    guard let size, size.height != frame.height || size.width != frame.width else { return }
    let (zoom, first) = (montage.zoom, "\(size.height / montage.zoom)x\(size.width / montage.zoom)")
    throw Failure(
      "E-shape",
      "frame \(index) is \(frame.height / zoom)x\(frame.width / zoom), and the first is \(first)",
      notes: ["all frames of a film have one size"],
      suggestion: "[resize(x, \(first)) for x in frames]", parameter: "frames")
  }

  private func keep(_ frame: Pixels, _ index: Int) {
    guard index % step == 0 else { return }
    if shown.count == Film.mostShown {
      shown = stride(from: 0, to: shown.count, by: 2).map { shown[$0] }
      step *= 2
      guard index % step == 0 else { return }
    }
    shown.append(frame)
  }

  /// Some frames in a row.
  func strip() throws -> Pixels {
    var montage = montage
    montage.zoom = 1
    return try montage.row(shown)
  }
}
