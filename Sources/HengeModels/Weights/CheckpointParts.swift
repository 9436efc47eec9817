// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeFiles

/// The parts of a file by the prefixes of its names: `genA2B`, `state_dict.netG`.
public struct CheckpointParts {
  /// A part.
  public struct Part {
    /// The prefix.
    public let path: String
    /// The arrays under it, by the names after the prefix.
    public let arrays: [NamedArray]
  }

  private let arrays: [NamedArray]
  private let paths: [(path: String, members: [Int])]

  /// Prefixes of more components than this are not looked at.
  private static let deepest = 6

  /// The parts of `arrays`.
  public init(_ arrays: [NamedArray]) {
    var members: [String: [Int]] = [:]
    var order: [String] = []
    for (index, array) in arrays.enumerated() {
      var depth = 0
      let name = array.name.utf8
      for place in name.indices
      where name[place] == UInt8(ascii: ".") || name[place] == UInt8(ascii: "/") {
        depth += 1
        guard depth <= CheckpointParts.deepest else { break }
        let path = String(array.name[..<place])
        if members[path] == nil { order.append(path) }
        members[path, default: []].append(index)
      }
    }
    paths = order.map { ($0, members[$0] ?? []) }
    self.arrays = arrays
  }

  /// The parts that have at least `count` arrays and `elements` numbers, each set of arrays once, under
  /// the shortest prefix; nil where there are more than 256 of them.
  func parts(ofAtLeast count: Int, elements: Int) -> [Part]? {
    let sizes = arrays.map(\.array.shape.count)
    // The whole file is no part of it. A prefix comes before those that begin with it.
    var seen: Set<[Int]> = [Array(arrays.indices)]
    var parts: [Part] = []
    for (path, members) in paths
    where members.count >= count && members.reduce(0, { $0 &+ sizes[$1] }) >= elements {
      guard seen.insert(members).inserted else { continue }
      guard parts.count < 256 else { return nil }
      parts.append(part(path, members))
    }
    return parts
  }

  private static func isSeparator(_ character: Character) -> Bool {
    character == "." || character == "/"
  }

  private func part(_ path: String, _ members: [Int]) -> Part {
    let length = path.count + 1
    return Part(
      path: path,
      arrays: members.map {
        NamedArray(String(arrays[$0].name.dropFirst(length)), arrays[$0].array)
      })
  }

  /// The arrays under the prefix `name`.
  ///
  /// It may lack what is before it: `netG` for `state_dict.netG`. Throws `E-arg` where there is none,
  /// or more than one.
  public func part(_ name: String) throws -> Part {
    let wanted = paths.filter { $0.path == name }
    let found =
      wanted.isEmpty
      ? paths.filter { entry in
        entry.path.hasSuffix(name)
          && (entry.path.dropLast(name.count).last.map(CheckpointParts.isSeparator) ?? true)
      } : wanted
    guard found.count == 1, !name.isEmpty else {
      throw Failure(
        "E-arg",
        found.isEmpty || name.isEmpty
          ? "the file has no part `\(shortened(name))`"
          : "the file has several parts `\(shortened(name))`: \(CheckpointParts.list(found.map(\.path)))",
        notes: topmost.isEmpty ? [] : ["its parts: \(CheckpointParts.list(topmost))"],
        suggestion: (found.first?.path ?? topmost.first).map { "part=\"\($0)\"" },
        parameter: "part")
    }
    return part(found[0].path, found[0].members)
  }

  /// The prefixes of one component.
  public var topmost: [String] {
    paths.map(\.path).filter { !$0.contains(where: CheckpointParts.isSeparator) }
  }

  /// Names in words, the first eight.
  static func list(_ names: [String]) -> String {
    names.prefix(8).map { "`\(shortened($0))`" }.joined(separator: ", ")
      + (names.count > 8 ? ", …" : "")
  }
}
