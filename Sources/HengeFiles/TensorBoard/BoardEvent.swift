// SPDX-License-Identifier: MIT

/// What one record of an event file tells TensorBoard about a step.
///
/// The messages are `Event`, `Summary`, `HistogramProto` and `SessionLog` of TensorFlow's and
/// TensorBoard's `.proto` files.
public struct BoardEvent {
  /// What the record contains besides its step.
  public enum Content {
    /// The version of the format, the first record of a file.
    case version
    /// The run starts here: TensorBoard forgets steps from this one on that earlier files contain.
    case start
    /// Values by their tags.
    case values([(tag: String, value: Value)])
  }

  /// A value of a step.
  public enum Value {
    /// A number, drawn as a curve.
    case scalar(Double)
    /// A PNG file and the size and channels of its image.
    case image(png: [UInt8], height: Int, width: Int, channels: Int)
    /// How many numbers are in each of several intervals.
    case histogram(BoardHistogram)
  }

  /// Number of steps made.
  public let step: Int
  /// The content.
  public let content: Content

  /// An event after `step` steps.
  public init(step: Int, _ content: Content) {
    self.step = step
    self.content = content
  }

  /// The record's message; `time` is in seconds since 1970.
  func message(at time: Double) -> ProtobufWriter {
    var event = ProtobufWriter()
    event.double(1, time)
    event.integer(2, step)
    switch content {
    case .version: event.text(3, "brain.Event:2")
    case .start: event.message(7) { $0.integer(1, 1) }
    case .values(let values):
      event.message(5) { summary in
        for (tag, value) in values {
          summary.message(1) { entry in
            entry.text(1, tag)
            value.write(to: &entry)
          }
        }
      }
    }
    return event
  }
}

extension BoardEvent.Value {
  /// Adds the fields of a `Summary.Value` besides its tag.
  fileprivate func write(to entry: inout ProtobufWriter) {
    switch self {
    case .scalar(let number): entry.float(2, Float(number))
    case .image(let png, let height, let width, let channels):
      entry.message(4) { image in
        image.integer(1, height)
        image.integer(2, width)
        image.integer(3, channels)
        image.bytes(4, png)
      }
    case .histogram(let histogram):
      entry.message(5) { message in
        message.double(1, histogram.minimum)
        message.double(2, histogram.maximum)
        message.double(3, Double(histogram.counts.reduce(0, +)))
        message.double(4, histogram.sum)
        message.double(5, histogram.squares)
        message.doubles(6, histogram.limits)
        message.doubles(7, histogram.counts.map { Double($0) })
      }
    }
  }
}

/// How numbers are distributed: counts in intervals of one length.
public struct BoardHistogram {
  /// The smallest number.
  public private(set) var minimum = 0.0
  /// The largest number.
  public private(set) var maximum = 0.0
  /// The sum of all numbers.
  public private(set) var sum = 0.0
  /// The sum of their squares.
  public private(set) var squares = 0.0
  /// How many numbers are in each interval.
  public private(set) var counts: [Int]
  /// The upper end of each interval.
  public private(set) var limits: [Double]
  private static let intervals = 64

  /// The distribution of those `numbers` that are finite; nil where none are.
  public init?(_ numbers: UnsafeBufferPointer<Float>) {
    var (low, high) = (Float.infinity, -Float.infinity)
    for number in numbers where number.isFinite {
      low = min(low, number)
      high = max(high, number)
    }
    guard low <= high else { return nil }
    (minimum, maximum) = (Double(low), Double(high))
    let count = low == high ? 1 : BoardHistogram.intervals
    let (start, length) = (minimum, maximum - minimum)
    var counts = [Int](repeating: 0, count: count)
    for number in numbers where number.isFinite {
      let number = Double(number)
      sum += number
      squares += number * number
      let place = length > 0 ? Int((number - start) / length * Double(count)) : 0
      counts[min(place, count - 1)] += 1
    }
    self.counts = counts
    limits = (1...count).map { start + length * Double($0) / Double(count) }
    // Readers take the largest number for part of the last interval.
    limits[count - 1] = maximum
    guard length == 0 else { return }
    // An interval without width is not drawn.
    let half = start == 0 ? 0.5 : abs(start) / 200
    (minimum, maximum) = (start - half, start + half)
    limits = [maximum]
  }
}
