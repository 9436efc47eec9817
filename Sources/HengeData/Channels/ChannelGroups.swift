// SPDX-License-Identifier: MIT
import HengeBackend

/// The named groups that the channels of an image consist of, in order: `rgb+angle`.
///
/// The first group is the picture itself; maps that were placed next to it follow. A picture whose
/// channels have no known meaning is called by their number, such as `6 channels`.
public struct ChannelGroups: Hashable, Sendable {
  /// Neighboring channels with a name.
  public struct Group: Hashable, Sendable {
    /// The name, such as `angle`.
    public let name: String
    /// The number of channels, at least 1.
    public let count: Int
    /// How they are computed, such as `ramp`, where henge does that itself.
    public let detail: String?
  }

  /// The groups, at least one; no two have the same name.
  public let groups: [Group]

  private init(trusted groups: [Group]) { self.groups = groups }

  /// Channels of one group; nil for a count below 1.
  public init?(_ name: String, count: Int) {
    guard count > 0 else { return nil }
    self.init(trusted: [Group(name: name, count: count, detail: nil)])
  }

  /// A picture of `count` channels of which nothing else is known: `gray`, `rgb`, `6 channels`.
  ///
  /// Four channels are `rgba` only where they are said to be.
  public static func picture(count: Int) -> ChannelGroups {
    let name =
      switch count {
      case 1: "gray"
      case 3: "rgb"
      default: counted(count, "channel")
      }
    return ChannelGroups(trusted: [Group(name: name, count: count, detail: nil)])
  }

  /// The number of channels of all groups.
  public var count: Int { groups.reduce(0) { $0 + $1.count } }

  /// The first group: the picture that maps were placed next to.
  public var picture: Group { groups[0] }

  /// The channels of the picture.
  public var picturePlanes: Range<Int> { 0..<picture.count }

  /// The channels of the group `name`; nil where there is none.
  public func planes(of name: String) -> Range<Int>? {
    var start = 0
    for group in groups {
      if group.name == name { return start..<start + group.count }
      start += group.count
    }
    return nil
  }

  /// Each group with its channels, in order.
  public var ranges: [(group: Group, planes: Range<Int>)] {
    var start = 0
    return groups.map { group in
      defer { start += group.count }
      return (group, start..<start + group.count)
    }
  }

  /// These groups, then `name` with `count` channels.
  ///
  /// Throws `E-arg` for a name that is no word or is there already.
  public func adding(
    _ name: String, count: Int, detail: String? = nil
  ) throws -> ChannelGroups {
    try ChannelGroups.check(name)
    guard planes(of: name) == nil else {
      throw Failure(
        "E-arg", "these images have channels called \(quotedPath(name)) already: \(self)",
        suggestion: "another name, such as \"\(name)2\"", parameter: "name")
    }
    guard count > 0 else {
      throw Failure("E-shape", "the group \(quotedPath(name)) has no channels", parameter: "name")
    }
    return ChannelGroups(trusted: groups + [Group(name: name, count: count, detail: detail)])
  }

  /// These groups without those called one of `names`; nil where none is left.
  public func without(_ names: [String]) -> ChannelGroups? {
    let left = groups.filter { !names.contains($0.name) }
    return left.isEmpty ? nil : ChannelGroups(trusted: left)
  }

  /// Throws `E-arg` unless `name` can name a group: a letter, then letters, digits, `_`, `-` and `.`.
  public static func check(_ name: String) throws {
    func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 32) }
    let rest = name.utf8.dropFirst()
    guard let first = name.utf8.first, isLetter(first),
      rest.allSatisfy({ isLetter($0) || (48...57).contains($0) || "_-.".utf8.contains($0) })
    else {
      throw Failure(
        "E-arg",
        "\(quotedPath(name)) cannot be the name of channels: a name consists of letters, digits, `_`, `-` and `.`, and begins with a letter",
        suggestion: "\"angle\"", parameter: "name")
    }
  }
}

extension ChannelGroups: CustomStringConvertible {
  /// The names: `rgb+angle`.
  public var description: String { groups.map(\.name).joined(separator: "+") }

  /// The names, their numbers of channels where they are not plain, and how they are computed:
  /// `rgb+angle:5 (heatmap of nose)`.
  var detailed: String {
    groups.enumerated().map { index, group in
      let count = index > 0 && group.count > 1 ? ":\(group.count)" : ""
      return group.name + count + (group.detail.map { " (\($0))" } ?? "")
    }.joined(separator: "+")
  }
}
