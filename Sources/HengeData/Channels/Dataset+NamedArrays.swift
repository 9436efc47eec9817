// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage
public import HengeTensor

/// A dataset as arrays by name, for a file that keeps its channels' names.
///
/// `rgb` is `[N, 3, H, W]`, and each further group an array of its own. Channels that encode an angle
/// are not written: `angle.ramp`, `[N]`, are the degrees that they are computed from. Landmarks are
/// `marks.NAME`, `[N, 2]`, and angles without channels `angle`, `[N]`; NaN where an item has none.
/// `range` are the values of black and white, where they are not -1 and 1.
public enum DatasetArrays {
  private static let marks = "marks."

  /// Whether arrays with these names are those of a dataset.
  public static func isDataset(_ names: [String]) -> Bool {
    guard names.count > 1, let first = names.first else { return false }
    return ["gray", "rgb", "rgba"].contains(first)
  }

  /// The arrays of `dataset`.
  ///
  /// Throws `E-shape` where sizes differ, `E-data` without images, and where channels follow an angle's.
  public static func arrays(
    of dataset: Dataset
  ) throws -> [(name: String, tensor: Tensor)] {
    let images = try dataset.tensor()
    let groups = try dataset.learnedGroups() ?? .picture(count: images.shape[1])
    var arrays: [(name: String, tensor: Tensor)] = []
    var encoding: String?
    for (group, planes) in groups.ranges {
      guard encoding == nil else {
        throw Failure(
          "E-data", "the channels \(quotedPath(group.name)) follow those of the angle",
          suggestion: "with_angle last: with_angle(A.with_channels(…))", parameter: "A")
      }
      if let detail = group.detail {
        encoding = "\(group.name).\(detail)"
        continue
      }
      arrays.append(
        (
          group.name,
          try images.selecting([
            .ellipsis, .slice(start: planes.lowerBound, stop: planes.upperBound, step: nil),
            .slice(start: nil, stop: nil, step: nil), .slice(start: nil, stop: nil, step: nil),
          ])
        ))
    }
    let known = try (0..<dataset.count).map { index in
      if index % 64 == 0 { try dataset.loader.checkInterrupt() }
      return try dataset.annotation(of: index)
    }
    let backend = dataset.loader.backend
    let count = try Shape([dataset.count])
    if encoding != nil || known.contains(where: { $0.angle != nil }) {
      let angles = try Tensor(known.map { $0.angle ?? .nan }, count, on: backend)
      arrays.append((encoding ?? AngleChannels.group, angles))
    }
    for name in AngleChannels.order(known.flatMap(\.marks)) {
      let points = known.flatMap { item -> [Double] in
        item.marks.first { $0.name == name }.map { [$0.x, $0.y] } ?? [.nan, .nan]
      }
      arrays.append((marks + name, try Tensor(points, Shape([dataset.count, 2]), on: backend)))
    }
    if dataset.range != .signed {
      let range = [dataset.range.low, dataset.range.high]
      arrays.append(("range", try Tensor(range, Shape([2]), on: backend)))
    }
    return arrays
  }

  /// The dataset that ``arrays(of:)`` made `arrays` of; `path` is the file's.
  ///
  /// The images are `[N, C, H, W]`. Throws `E-file` where they are not such arrays.
  public static func dataset(
    _ arrays: [(name: String, tensor: Tensor)], path: String, loader: PictureLoader
  ) throws -> Dataset {
    func fault(_ what: String) -> Failure { .file(path, what) }
    var planes: [Tensor] = []
    var groups: ChannelGroups?
    var (angles, encoding, range): ([Double]?, String?, ImageRange) = (nil, nil, .signed)
    var points: [(name: String, values: [Double])] = []
    // Bytes are in the range, wherever it is in the file.
    if let tensor = arrays.first(where: { $0.name == "range" })?.tensor {
      guard tensor.count == 2 else { throw fault("its range is not two numbers") }
      let values = try tensor.cast(to: .f64).doubles()
      range = try ImageRange(low: values[0], high: values[1])
    }
    for (name, tensor) in arrays where name != "range" {
      if name.hasPrefix(marks) {
        guard tensor.rank == 2, tensor.shape[1] == 2 else {
          throw fault("\(quotedPath(name)) is \(tensor.shape), not points [N, 2]")
        }
        points.append((String(name.dropFirst(marks.count)), try tensor.cast(to: .f64).doubles()))
      } else if name == AngleChannels.group || name.hasPrefix(AngleChannels.group + "."),
        tensor.rank == 1
      {
        angles = try tensor.cast(to: .f64).doubles()
        encoding = name == AngleChannels.group ? nil : String(name.dropFirst(6))
      } else {
        guard tensor.rank == 4, tensor.count > 0, tensor.type != .i64, tensor.type != .bool,
          planes.first.map({
            $0.shape[0] == tensor.shape[0] && $0.shape[2] == tensor.shape[2]
              && $0.shape[3] == tensor.shape[3]
          }) ?? true
        else {
          throw fault(
            "\(quotedPath(name)) is \(tensor.type.rawValue) \(tensor.shape), which is no group of channels next to \(quotedPath(arrays[0].name)) of \(arrays[0].tensor.shape)"
          )
        }
        guard try tensor.type == .u8 || tensor.isFinite() else {
          throw Failure(
            "E-finite",
            "\(quotedPath(name)) in \(quotedPath(path)) contains NaN or infinite values",
            parameter: "x")
        }
        let known = ["gray": 1, "rgb": 3, "rgba": 4][name] ?? tensor.shape[1]
        guard known == tensor.shape[1] else {
          throw fault("\(quotedPath(name)) is \(tensor.shape), which has other channels")
        }
        groups = try Failure.renaming(["name": "x"]) {
          try groups?.adding(name, count: known) ?? ChannelGroups(name, count: known)
        }
        let bytes = tensor.type == .u8 ? try tensor.permuted([0, 2, 3, 1]).contiguous() : nil
        planes.append(
          try bytes?.planes(low: Float(range.low), high: Float(range.high)) ?? tensor)
      }
    }
    guard let first = planes.first, let groups else { throw fault("it has no images") }
    let count = first.shape[0]
    let source = try ArraySource(Tensor.concatenated(planes, axis: 1), range: range)
    source.channelGroups = groups
    var dataset = try Dataset(.tensors(source), loader: loader)
    guard angles != nil || !points.isEmpty else { return dataset }
    guard angles?.count ?? count == count, points.allSatisfy({ $0.values.count == 2 * count })
    else {
      throw fault("it has landmarks or angles of another number of images than \(count)")
    }
    let annotations = (0..<count).map { index in
      Annotation(
        marks: points.compactMap { name, values in
          let (x, y) = (values[2 * index], values[2 * index + 1])
          return x.isFinite && y.isFinite ? Landmark(name, x: x, y: y) : nil
        },
        angle: (angles?[index]).flatMap { $0.isFinite ? $0 : nil })
    }
    dataset = try Dataset(.tensors(AnnotatedSource(dataset, annotations)), loader: loader)
    guard let encoding else { return dataset }
    let words = encoding.split(separator: " of ", maxSplits: 1)
    guard let own = words.first.flatMap({ AngleEncoding(rawValue: String($0)) }) else {
      throw fault("its angle has no encoding that is known: \(quotedPath(encoding))")
    }
    return try Failure.renaming(["A": "x", "points": "x"]) {
      try dataset.withAngle(
        own, points: words.count > 1 ? words[1].split(separator: ", ").map(String.init) : nil)
    }
  }
}
