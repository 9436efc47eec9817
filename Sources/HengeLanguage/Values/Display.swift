// SPDX-License-Identifier: MIT

/// A thing to look at, as data: the shell draws it in a terminal, documents in a page.
public enum Display {
  /// Lines of text, without a newline at the end.
  case text(String)
  /// A picture, 8 bits a channel.
  case pixels(PixelDisplay)
  /// A line in small print under what precedes it.
  case note(String)
}

/// A picture to show: rows from the top, channels interleaved.
public struct PixelDisplay: Equatable, Sendable {
  /// In pixels.
  public let height: Int
  /// In pixels.
  public let width: Int
  /// 1 is grey, 3 is red, green, blue.
  public let channels: Int
  /// `height * width * channels` bytes.
  public let bytes: [UInt8]

  /// Keeps the parts, whose sizes must agree.
  public init(height: Int, width: Int, channels: Int, bytes: [UInt8]) {
    precondition(bytes.count == height * width * channels, "A picture has as many bytes as pixels.")
    self.height = height
    self.width = width
    self.channels = channels
    self.bytes = bytes
  }
}
