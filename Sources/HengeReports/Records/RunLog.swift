// SPDX-License-Identifier: MIT
public import HengeBackend
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage

/// The circumstances of a run, on which its outputs may depend.
public struct RunCircumstances: Equatable, Sendable {
  /// The version of henge.
  public var version: String
  /// The kind of processor: runs on another kind may differ in the last digits.
  public var processor: String
  /// The seed.
  public var seed: UInt64
  /// The values of the script's `param`s that the command line gave.
  public var parameters: [String: String]
  /// The most steps that one call of a trainer makes.
  public var stepLimit: Int?
  /// SHA-256 of the script.
  public var source: String

  /// The circumstances of a run of the text with the hash `source`.
  public init(
    version: String, processor: String, seed: UInt64, parameters: [String: String],
    stepLimit: Int?, source: String
  ) {
    (self.version, self.processor, self.seed) = (version, processor, seed)
    (self.parameters, self.stepLimit, self.source) = (parameters, stepLimit, source)
  }
}

/// The outputs of a run, as `--record` keeps them: lines of JSON, the first with the circumstances, one
/// for each output, and at the end how the run ended.
public struct RunLog: Equatable, Sendable {
  /// An output with its cell.
  public struct Row: Equatable, Sendable {
    /// The cell, from 1.
    public let cell: Int
    /// The line at which the cell begins.
    public let line: Int
    /// Whether it may differ from run to run.
    public let isVolatile: Bool
    /// The output.
    public let output: OutputRecord
  }

  /// The circumstances.
  public let circumstances: RunCircumstances
  /// The outputs, in their order.
  public var rows: [Row] = []
  /// How the run ended; none of a run that was killed.
  public var ending: String?

  /// A log without outputs.
  public init(_ circumstances: RunCircumstances) { self.circumstances = circumstances }

  // MARK: Writing

  /// The first line of the file.
  static func line(_ run: RunCircumstances) -> String {
    var members: [JSON.Member] = [
      .init("henge", .string("run")), .init("version", .string(run.version)),
      .init("processor", .string(run.processor)), .init("seed", .string(String(run.seed))),
      .init(
        "parameters",
        .object(
          run.parameters.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })),
    ]
    if let limit = run.stepLimit { members.append(.init("limit_steps", .integer(limit))) }
    return JSON.object(members + [.init("source", .string(run.source))]).text
  }

  /// The line of an output.
  static func line(_ row: Row, budget: MemoryBudget) throws -> String {
    var members: [JSON.Member] = [
      .init("cell", .integer(row.cell)), .init("line", .integer(row.line)),
      .init("output", .string(row.output.kind.rawValue)), .init("hash", .string(row.output.hash)),
    ]
    if row.isVolatile { members.append(.init("volatile", .bool(true))) }
    members.append(.init("text", .string(row.output.text)))
    if let picture = row.output.picture {
      members.append(.init("png", .string(base64(try png(picture, budget: budget)))))
    }
    return JSON.object(members).text
  }

  static func line(ending: String) -> String {
    JSON.object([.init("end", .string(ending))]).text
  }

  // MARK: Reading

  /// The log in `bytes`; a last line without its newline, as a killed run leaves it, is passed over.
  ///
  /// Throws E-file for what is no log.
  public init(parsing bytes: [UInt8], name: String, budget: MemoryBudget) throws {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    lines.removeLast()
    func wrong(_ line: Int, _ what: String) -> Diagnostic {
      Diagnostic(
        "E-file", "\(name) is no record of a run: line \(line) \(what)",
        suggestion: "henge run f.henge --record f.log")
    }
    guard let first = lines.first else { throw wrong(1, "is missing") }
    guard let head = (try? JSON(parsing: first))?.members, head["henge"] == .string("run"),
      case .string(let version)? = head["version"],
      case .string(let processor)? = head["processor"],
      case .string(let source)? = head["source"],
      case .string(let seedText)? = head["seed"], let seed = UInt64(seedText)
    else { throw wrong(1, "does not begin one") }
    var parameters: [String: String] = [:]
    for (name, value) in head["parameters"]?.members ?? [:] {
      if case .string(let text) = value { parameters[name] = text }
    }
    var limit: Int?
    if case .integer(let steps)? = head["limit_steps"] { limit = steps }
    circumstances = RunCircumstances(
      version: version, processor: processor, seed: seed, parameters: parameters,
      stepLimit: limit, source: source)
    for (index, line) in lines.enumerated().dropFirst() {
      guard let members = (try? JSON(parsing: line))?.members else {
        throw wrong(index + 1, "is no JSON")
      }
      if case .string(let ending)? = members["end"] {
        self.ending = ending
        continue
      }
      guard case .integer(let cell)? = members["cell"], case .integer(let place)? = members["line"],
        case .string(let name)? = members["output"], let kind = OutputRecord.Kind(rawValue: name),
        case .string(let hash)? = members["hash"], case .string(let text)? = members["text"]
      else { throw wrong(index + 1, "is no output") }
      var picture: PixelDisplay?
      if case .string(let encoded)? = members["png"] {
        guard let png = decodedBase64(encoded) else {
          throw wrong(index + 1, "has a damaged image")
        }
        picture = try PixelDisplay(png: png, budget: budget)
      }
      rows.append(
        Row(
          cell: cell, line: place, isVolatile: members["volatile"] == .bool(true),
          output: OutputRecord(kind, hash: hash, text: text, picture: picture)))
    }
  }
}

/// The PNG of an image.
func png(_ picture: PixelDisplay, budget: MemoryBudget) throws -> [UInt8] {
  try encodePNG(
    Pixels(
      height: picture.height, width: picture.width, channels: picture.channels,
      bytes: picture.bytes), compression: 9, budget: budget)
}

extension PixelDisplay {
  /// The image in a PNG of 1 or 3 channels; throws as the decoder does.
  init(png: [UInt8], budget: MemoryBudget) throws {
    let pixels = try PictureReader(budget: budget).decode(png, name: "image")
    self.init(
      height: pixels.height, width: pixels.width, channels: pixels.channels, bytes: pixels.bytes)
  }
}
