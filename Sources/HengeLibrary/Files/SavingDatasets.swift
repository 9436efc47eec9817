// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeModels
internal import HengeTensor
internal import HengeThreads

/// Built-ins that write datasets to files.
func savingDatasets(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "save",
      """
      Saves the images of a dataset. A .npz file keeps the names of the channels, the landmarks and \
      the angles, and dataset(path) loads it again. A .npy file contains one array [N, C, H, W]; a path \
      that ends in / is a folder with a .npy file for each image, named as the image's file or by \
      its number. In .npy files, images with a constant angle have colors from 0 to 255, clipped, and a \
      last plane of degrees · 256 / 180, as the published angle programs write them; dataset(path, \
      channels="rgb+angle") loads them.
      """,
      Parameter("A", "A dataset of images of one size."),
      Parameter("path", "Path of the file or folder. A relative path is inside the output folder."),
      Parameter(
        "layout", "Order of the axes in .npy files: channels first, or last.",
        default: ArrayLayout.nchw, isKeywordOnly: true),
      examples: [
        Example(
          """
          A = faces("anime", 3, size=16x16).with_angle()
          save(A, "faces.npz")
          dataset("faces.npz").channels
          #=> "rgb+angle"
          """),
        Example(
          """
          A = faces("anime", 3, size=16x16).with_angle("constant")
          save(A, "faces/", layout="nhwc")
          B = dataset("faces", channels="rgb+angle")
          B[0].shape
          #=> 4x16x16
          """),
      ], seeAlso: ["dataset", "with_channels", "with_angle", "load"],
      errors: ["E-file", "E-shape", "E-data"]
    ) { (A: Dataset, path: String, layout: ArrayLayout) in
      guard A.count > 0 else {
        throw Failure("E-data", "this dataset has no images", parameter: "A")
      }
      if path.hasSuffix("/") { return try session.saveFolder(A, path, layout) }
      return try session.write(path, as: [".npz", ".npy"], of: "a dataset") { file in
        if file.lowercased().hasSuffix(".npz") {
          guard layout == .nchw else {
            throw Failure(
              "E-arg", "the arrays of a .npz file are [N, C, H, W]", parameter: "layout")
          }
          let arrays = try DatasetArrays.arrays(of: A).map {
            NamedArray($0.name, try $0.tensor.arrayData(budget: session.budget))
          }
          try BackgroundWork.lend(arrays) {
            try Npz.write($0, to: file, budget: session.budget)
          }
        } else {
          let images = try Tensor.stacked(
            (0..<A.count).map { try session.stored(A, $0, layout) })
          try BackgroundWork.lend(images.arrayData(budget: session.budget)) {
            try Npy.write($0, to: file, budget: session.budget)
          }
        }
      }
    }
  ]
}

extension Session {
  /// Image `index` as a .npy file has it.
  fileprivate func stored(_ dataset: Dataset, _ index: Int, _ layout: ArrayLayout) throws -> Tensor
  {
    try interrupt.check()
    let image = try dataset.arrayImage(index)
    return layout == .nchw ? image : try image.permuted([1, 2, 0]).contiguous()
  }

  /// Writes a .npy file for each image, and refuses names that two images have before the first.
  fileprivate func saveFolder(
    _ dataset: Dataset, _ path: String, _ layout: ArrayLayout
  ) throws -> Nothing {
    let digits = max(5, "\(dataset.count - 1)".count)
    var owners: [String: Int] = [:]
    let names = try (0..<dataset.count).map { index in
      let number = "\(index)"
      let name =
        try dataset.record(of: index).stem
        ?? String(repeating: "0", count: digits - number.count) + number
      if let first = owners.updateValue(index, forKey: name) {
        throw Failure(
          "E-data",
          "images \(first) and \(index) would both be written to \((name + ".npy").quotedPath)",
          suggestion: "a .npz file, or one .npy file for all", parameter: "path")
      }
      return name
    }
    for (index, name) in names.enumerated() {
      _ = try write(path + name + ".npy", as: [".npy"], of: "an image") { file in
        let image = try stored(dataset, index, layout)
        try BackgroundWork.lend(image.arrayData(budget: budget)) {
          try Npy.write($0, to: file, budget: budget)
        }
      }
    }
    return .nothing
  }
}

extension ItemRecord {
  /// The name of its file without folders and ending.
  fileprivate var stem: String? {
    guard let base = file?.split(separator: "/").last else { return nil }
    guard let dot = base.lastIndex(of: "."), dot > base.startIndex else { return String(base) }
    return String(base[..<dot])
  }
}
