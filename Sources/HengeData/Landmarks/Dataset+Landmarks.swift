// SPDX-License-Identifier: MIT
import HengeBackend
public import HengeImage

/// What becomes of images whose landmarks are not in them.
public enum LandmarkErrors: String, Sendable, CaseIterable {
  /// The first one is an error.
  case stop
  /// They have no landmarks, and are counted.
  case skip
}

extension Dataset {
  /// The same images with other landmarks, one entry for each item; the tilt is that of their eyes.
  ///
  /// Throws `E-data` for images that change from epoch to epoch: landmarks would not follow.
  public func withLandmarks(_ marks: [[Landmark]]) throws -> Dataset {
    guard !sources.contains(where: \.changesByEpoch) else {
      throw Failure(
        "E-data", "these images change from epoch to epoch, and landmarks are found once",
        suggestion: "landmarks(A, …).augment(…): first the landmarks, which follow")
    }
    guard !channelsFollowItems else {
      throw Failure(
        "E-data", "these images have channels that follow from other landmarks or angles",
        suggestion: "with_angle(landmarks(A, …)): first the landmarks, then the channels")
    }
    let annotations = marks.map { Annotation(marks: $0, angle: Tilt.degrees(of: $0)) }
    return try Dataset(.tensors(AnnotatedSource(self, annotations)), loader: loader)
  }

  /// The same images with the landmarks that `table` has of their files, in pixels of the items;
  /// `note` receives what is missing, repeated or ambiguous.
  ///
  /// Throws `E-data` for images that are in no file or computed, for a table without their landmarks,
  /// and, unless `errors` skips them, for points outside the image.
  public func withLandmarks(
    of table: LandmarkTable, errors: LandmarkErrors = .stop, note: (String) -> Void
  ) throws -> Dataset {
    var files: [String] = []
    var seen: Set<String> = []
    for entry in entries {
      let source = sources[Int(entry.source)]
      guard !source.isComputed else {
        throw Failure(
          "E-data",
          "a function or an augmentation made these images, and the landmarks of \(quotedPath(table.path)) are in pixels of the files",
          suggestion: "landmarks(images(…), from=…).map(…): first the landmarks, which follow")
      }
      guard let file = source.items.file(of: Int(entry.index)) else {
        throw Failure(
          "E-data",
          "\(quotedPath(source.name(of: Int(entry.index)))) is in no file, so \(quotedPath(table.path)) cannot have its landmarks",
          parameter: "from")
      }
      if seen.insert(file).inserted { files.append(file) }
    }
    let join = LandmarkJoin(table, files: files)
    guard !join.rows.isEmpty || count == 0 else {
      throw Failure(
        "E-data",
        "\(quotedPath(table.path)) has landmarks for none of the \(counted(count, "image"))",
        notes: [
          "its first row is for \(quotedPath(table.rows[0].file)), the first image is \(quotedPath(files[0]))"
        ] + (join.ambiguous.isEmpty ? [] : join.remarks(of: table.path)), parameter: "from")
    }
    var outside: [String] = []
    let found = try entries.enumerated().map { index, entry -> [Landmark] in
      if index % 64 == 0 { try loader.checkInterrupt() }
      let source = sources[Int(entry.source)]
      let place = Int(entry.index)
      guard let row = source.items.file(of: place).flatMap({ join.rows[$0] }) else {
        return []
      }
      do { return try marks(of: table.rows[row], source, place, path: table.path) } catch let
        failure
        as Failure where failure.code == "E-data" && errors == .skip
      {
        outside.append(table.rows[row].file)
        return []
      }
    }
    for remark in table.remarks + join.remarks(of: table.path) { note(remark) }
    if !outside.isEmpty {
      note(
        "\(counted(outside.count, "image")) got no landmarks, because a point is outside: \(outside.prefix(3).map { quotedPath($0) }.joined(separator: ", "))\(outside.count > 3 ? ", …" : "")"
      )
    }
    return try withLandmarks(found)
  }

  /// The points of `row` in pixels of item `index` of `source`.
  private func marks(
    of row: LandmarkTable.Row, _ source: Source, _ index: Int, path: String
  ) throws -> [Landmark] {
    let (map, size) = try source.movement(of: index, loader)
    for mark in row.marks
    where mark.x < -0.5 || mark.y < -0.5 || mark.x > Double(size.width) - 0.5
      || mark.y > Double(size.height) - 0.5
    {
      throw Failure(
        "E-data",
        "\(quotedPath(path)), \(row.place): `\(mark.name)` is at (\(mark.x), \(mark.y)), outside of \(quotedPath(row.file)), which has \(size.width)x\(size.height) pixels",
        suggestion: "errors=\"skip\" to leave such images without landmarks", parameter: "from")
    }
    return Annotation(marks: row.marks).moved(by: map).marks
  }
}

extension Source {
  /// Where the pixels of the file of item `index` are in the item, and the size of the file's image.
  fileprivate func movement(
    of index: Int, _ loader: PictureLoader
  ) throws -> (AffineMap, PictureSize) {
    if case .pictures(let source) = self, let folder = source as? FolderSource {
      return try folder.movement(of: index)
    }
    guard let shape = try items([index], loader).first?.shape(), shape.rank == 3 else {
      throw Failure("E-data", "\(quotedPath(name(of: index))) has no size")
    }
    return (.identity, PictureSize(height: shape[1], width: shape[2]))
  }
}
