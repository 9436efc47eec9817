// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage

/// What a dataset is made of, found without decoding it.
public struct DatasetSummary: Sendable, Equatable {
  /// The number of items.
  public let count: Int
  /// Where they come from and how many from each, in order of appearance.
  public let sources: [Tally]
  /// The shapes of the items as text and how many have each, the most frequent first.
  public let shapes: [Tally]
  /// The kinds of files and how many of each, the most frequent first.
  public let formats: [Tally]
  /// What the channels are, such as `rgb`, where that is known.
  public let channelGroups: ChannelGroups?
  /// The values of black and white.
  public let range: ImageRange
  /// The bytes of all items decoded, where every shape is known.
  public let bytes: Int?

  /// Something and how often it occurs.
  public struct Tally: Sendable, Equatable {
    /// What was counted.
    public let name: String
    /// How often.
    public let count: Int
  }

  /// The summary for people, a line for each part.
  public var lines: [String] {
    let bytesText = bytes.map { ", \(formatBytes($0)) decoded" } ?? ""
    let names = channelGroups.map { ", \($0)" } ?? ""
    var lines = ["\(counted(count, "image"))\(names), range \(range)\(bytesText)"]
    lines += DatasetSummary.list("from", sources)
    lines += DatasetSummary.list("shapes", shapes)
    lines += DatasetSummary.list("files", formats)
    return lines
  }

  private static func list(_ title: String, _ tallies: [Tally]) -> [String] {
    guard !tallies.isEmpty else { return [] }
    let shown = tallies.prefix(6).map { tally in
      let indent = String(repeating: " ", count: max(0, 8 - "\(tally.count)".count))
      return "\(indent)\(tally.count)  \(tally.name)"
    }
    let more = tallies.dropFirst(6).reduce(0) { $0 + $1.count }
    return ["\(title):"] + shown
      + (more > 0 ? ["          and \(more) in \(counted(tallies.count - 6, "other"))"] : [])
  }
}

extension Dataset {
  /// The dataset in one line: `1500 images 3x64x64 rgb, range (-1, 1)`.
  public var summaryLine: String {
    let names = knownGroups.map { " \($0)" } ?? ""
    return "\(counted(count, "image")) \(shapeText)\(names), range \(range)"
  }

  /// What the dataset is made of; reads the headers of files, in parallel, but no pixels.
  ///
  /// Throws `E-file` for a file that is gone or no image.
  public func summary() throws -> DatasetSummary {
    var (shapes, formats, origins) = (Counter(), Counter(), Counter())
    var bytes: Int? = 0
    let outlines = try outlines()
    for (entry, outline) in zip(entries, outlines) {
      origins.add(sources[Int(entry.source)].items.title)
      if let format = outline.format { formats.add(format) }
      shapes.add(outline.shape.map { "\($0)" } ?? "not known before it is computed")
      bytes = bytes.flatMap { sum in outline.shape.map { sum + $0.count } }
    }
    return DatasetSummary(
      count: count, sources: origins.inOrder, shapes: shapes.byFrequency,
      formats: formats.byFrequency, channelGroups: knownGroups,
      range: range, bytes: bytes)
  }

  /// What is known of each item without decoding it.
  func outlines() throws -> [(shape: Shape?, format: String?)] {
    try loader.map(count) { place in
      let entry = entries[place]
      let source = sources[Int(entry.source)].items
      guard let folder = source as? FolderSource else { return (source.shape, nil) }
      let header = try folder.header(of: Int(entry.index))
      let own = try Shape([folder.channelCount, header.height, header.width])
      return (source.shape ?? own, header.format.rawValue)
    }
  }
}

private struct Counter {
  private var counts: [String: Int] = [:]
  private var names: [String] = []

  mutating func add(_ name: String) {
    if counts.updateValue(counts[name, default: 0] + 1, forKey: name) == nil { names.append(name) }
  }

  var inOrder: [DatasetSummary.Tally] {
    names.map { DatasetSummary.Tally(name: $0, count: counts[$0, default: 0]) }
  }

  var byFrequency: [DatasetSummary.Tally] {
    inOrder.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
      .map(\.element)
  }
}
