// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeData
public import HengeFiles

/// What a trainer's file keeps of each dataset: a fingerprint to recognize it by, and its count, size and
/// range, so that an error can name what differs.
///
/// The metadata are `data.NAME` and `data.NAME.count`, `.images`, `.range`; held-out datasets have
/// names that begin with `val.`.
public enum TrainedData {
  /// The name of a held-out dataset in files.
  public static func heldOut(_ name: String) -> String { "val.\(name)" }

  /// Whether `file` comes from a run that measured held-out images given as `val=`.
  public static func hasHeldOut(_ file: Safetensors) -> Bool {
    file.metadata.keys.contains { $0.hasPrefix("data.val.") }
  }

  /// Adds the description of `dataset` to a file's metadata.
  static func describe(
    _ dataset: Dataset, as name: String, in metadata: inout [String: String]
  ) throws {
    metadata["data.\(name)"] = try dataset.fingerprint()
    for (key, text) in facts(of: dataset) { metadata["data.\(name).\(key)"] = text }
  }

  /// Throws `E-data` for the first of `datasets` that is not the one that `file`, read from `path`,
  /// was trained on, saying what differs.
  public static func refuseOther(
    _ datasets: [(name: String, dataset: Dataset)], than file: Safetensors, from path: String
  ) throws {
    let reader = CheckpointReader(file, path)
    for (name, dataset) in datasets {
      guard file.metadata["data.\(name).count"] != nil else {
        throw Failure(
          "E-data",
          "\(quotedPath(path)) does not say enough of \(name) to compare it: an earlier version of henge saved it",
          suggestion: "resume(…, data=\"changed\") with the same images", parameter: "path")
      }
      let saved = try reader.text("data.\(name)")
      for (key, now) in facts(of: dataset) {
        guard let then = file.metadata["data.\(name).\(key)"], then != now else { continue }
        throw Failure.otherData(name, path, difference(key, then, now))
      }
      guard try dataset.fingerprint() == saved else {
        throw Failure.otherData(
          name, path, "the number of images is the same, but not the images or their order")
      }
    }
  }

  /// What can be said of a dataset without decoding it.
  private static func facts(of dataset: Dataset) -> [(key: String, text: String)] {
    [("count", String(dataset.count))] + (dataset.shape.map { [("images", "\($0)")] } ?? [])
      + [("range", "\(dataset.range)")]
  }

  private static func difference(_ key: String, _ then: String, _ now: String) -> String {
    switch key {
    case "count": "\(then) images then, \(now) now"
    case "images": "images of \(then) then, of \(now) now"
    default: "values in \(then) then, in \(now) now"
    }
  }
}
