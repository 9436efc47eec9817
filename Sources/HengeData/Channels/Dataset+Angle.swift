// SPDX-License-Identifier: MIT
import HengeBackend
import HengeTensor

extension Dataset {
  /// The images with channels called `angle`, which encode the tilt of the face in them.
  ///
  /// `points` are the landmarks that `heatmap` has a plane for: those of the first item by default.
  /// The angle of items is `angle`, if it is given, before any augmentation, and follows. Throws
  /// `E-data`, naming an item, where one has no angle or lacks a landmark: now, as far as that is
  /// known, or when it is asked for.
  public func withAngle(
    _ encoding: AngleEncoding = .ramp, angle: Double? = nil, points: [String]? = nil
  ) throws -> Dataset {
    if let points {
      guard encoding == .heatmap else {
        throw Failure(
          "E-arg",
          "`points` are landmarks that encoding=\"heatmap\" shows, not \"\(encoding.rawValue)\"",
          suggestion: "encoding=\"heatmap\"", parameter: "points")
      }
      guard !points.isEmpty, Set(points).count == points.count else {
        throw Failure(
          "E-arg",
          points.isEmpty ? "`points` names no landmark" : "`points` names a landmark twice",
          suggestion: "points=[\"eye.left\", \"eye.right\"]", parameter: "points")
      }
    }
    guard count > 0 else { throw Failure.emptyDataset("the angle") }
    if let groups = try learnedGroups(), groups.planes(of: AngleChannels.group) != nil {
      throw Failure(
        "E-arg", "these images have channels of their angle already: \(groups.detailed)",
        suggestion: "A.without_channels(\"angle\").with_angle(…)",
        parameter: "A")
    }
    let known = try angle.map { try withKnownAngle($0, encoding) } ?? self
    var channels = AngleChannels(encoding, points: points ?? [])
    let first = try known.record(of: 0)
    // Of later items nobody knows what the caller calls the dataset.
    try Failure.renaming([nil: "A"]) {
      if encoding == .heatmap, points == nil {
        channels = AngleChannels(.heatmap, points: AngleChannels.order(first.marks))
        if channels.points.isEmpty { throw Failure.noPoint("eye.left", first) }
      }
      try channels.check(first)
      try known.checkAnnotations(channels)
    }
    let (backend, chosen) = (loader.backend, channels)
    let function = ChannelFunction(followsItem: true, encoding: chosen) { image, record in
      try chosen.planes(of: record(), height: image.shape[1], width: image.shape[2], on: backend)
    }
    return try known.withChannels(
      AngleChannels.group, nesting: 0, function, count: chosen.count)
  }

  /// The same items, whose faces are tilted by `angle` degrees.
  private func withKnownAngle(_ angle: Double, _ encoding: AngleEncoding) throws -> Dataset {
    guard (-180...180).contains(angle) else {
      throw Failure(
        "E-range",
        "`angle` is the tilt of the faces in degrees, from -180 to 180, not \(short(angle))",
        suggestion: "angle=0, for upright faces", parameter: "angle")
    }
    guard encoding != .heatmap else {
      throw Failure(
        "E-arg", "encoding=\"heatmap\" shows landmarks, not an angle", parameter: "angle")
    }
    guard !changesByEpoch else {
      throw Failure(
        "E-data",
        "these images change from epoch to epoch, and their faces would not be tilted by \(short(angle)) degrees in each",
        suggestion:
          "with_angle(A, angle=\(short(angle))).augment(…): first the angle, which follows",
        parameter: "angle")
    }
    return try Dataset(.tensors(AnnotatedSource(self, angle: angle)), loader: loader)
  }

  /// Throws `E-data` where items whose landmarks are in memory lack what `channels` are made of.
  private func checkAnnotations(_ channels: AngleChannels) throws {
    var missing: [String] = []
    var failure: Failure?
    for (place, entry) in entries.enumerated() {
      guard case .tensors(let source) = sources[Int(entry.source)],
        let annotated = source as? AnnotatedSource
      else { continue }
      if place % 1024 == 0 { try loader.checkInterrupt() }
      guard let annotation = annotated.inMemory(Int(entry.index)) else { continue }
      let name = try name(of: place)
      do {
        try channels.check(ItemRecord(name: name, file: nil, annotation: annotation))
      } catch let own as Failure {
        failure = failure ?? own
        missing.append(name)
      }
    }
    guard let failure else { return }
    guard missing.count > 1 else { throw failure }
    let what = channels.encoding == .heatmap ? "the landmarks of \(channels.detail)" : "an angle"
    throw Failure(
      "E-data",
      "\(missing.count) of \(counted(count, "image")) lack \(what): \(missing.prefix(3).map { quotedPath($0) }.joined(separator: ", "))\(missing.count > 3 ? ", …" : "")",
      notes: failure.notes, suggestion: failure.suggestion, parameter: "A")
  }
}
