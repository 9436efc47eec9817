// SPDX-License-Identifier: MIT
public import HengeBackend
internal import Glibc
internal import HengeFiles
internal import HengeImage

/// What tells Jupyter how to start henge: a folder with `kernel.json` and logos.
public struct KernelSpec {
  /// The name by which clients choose it, and that of its folder.
  public let name: String
  private let program: String
  private let options: [String]

  /// A spec that starts `program` with `options`; throws `E-arg` for a name that Jupyter refuses.
  public init(name: String?, program: String, options: [String]) throws {
    self.name = name ?? "henge"
    (self.program, self.options) = (program, options)
    let isSound =
      !self.name.isEmpty
      && self.name.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
          || "._-".utf8.contains($0)
      }
    guard isSound, self.name != ".", self.name != ".." else {
      throw Failure(
        "E-arg", "--name must be made of ASCII letters, digits, and . _ -, not \(self.name)",
        suggestion: "--name henge-8gb")
    }
  }

  /// The text of `kernel.json`.
  public var json: String {
    let words = [program, "kernel", "-f", "{connection_file}"] + options
    return JSON.of([
      "argv": .array(words.map(JSON.string)),
      "display_name": .string(name == "henge" ? "henge" : "henge (\(name))"),
      "language": .string("henge"), "interrupt_mode": .string("message"),
      "kernel_protocol_version": .string(MessageWriter.protocolVersion),
      "metadata": .of(["debugger": .bool(false)]),
    ]).text + "\n"
  }

  /// Writes its folder below `prefix`, or below the user's data of Jupyter; returns the folder.
  ///
  /// Throws `E-file` where it cannot be written.
  public func install(prefix: String?, budget: MemoryBudget) throws -> String {
    let data = try prefix.map { "\($0)/share/jupyter" } ?? KernelSpec.userData()
    let folder = "\(data)/kernels/\(name)"
    try AtomicFile.write(json.utf8, to: "\(folder)/kernel.json", createFolders: true)
    for side in [32, 64] {
      try AtomicFile.write(
        encodePNG(KernelSpec.logo(side: side, budget: budget), budget: budget),
        to: "\(folder)/logo-\(side)x\(side).png")
    }
    return folder
  }

  /// Where Jupyter looks for what a user installed.
  private static func userData() throws -> String {
    for (name, rest) in [
      ("JUPYTER_DATA_DIR", ""), ("XDG_DATA_HOME", "/jupyter"), ("HOME", "/.local/share/jupyter"),
    ] {
      if let value = getenv(name).map({ String(cString: $0) }), value.hasPrefix("/") {
        return value + rest
      }
    }
    throw Failure(
      "E-file", "there is no home folder for the kernelspec", suggestion: "--prefix /usr/local")
  }

  /// Two standing stones with a third across: one domain, another, and what leads from one to the other.
  static func logo(side: Int, budget: MemoryBudget) throws -> Pixels {
    let canvas = try Canvas(width: side, height: side, budget: budget)
    canvas.transform(.scale(Double(side) / 64, Double(side) / 64))
    let (from, to) = (Colour(0.16, 0.38, 0.74), Colour(0.93, 0.47, 0.16))
    canvas.fill(.rectangle(Point(9, 24), width: 13, height: 34), from)
    canvas.fill(.rectangle(Point(42, 24), width: 13, height: 34), to)
    canvas.fill(
      .rectangle(Point(4, 8), width: 56, height: 13),
      .linear(Point(4, 0), from, Point(60, 0), to))
    return try canvas.pixels(alpha: true)
  }
}
