// SPDX-License-Identifier: MIT
public import HengeBackend
import HengeTensor

/// `index` counted from the start, for something of `count` items; throws `E-index`.
func checkedIndex(
  _ index: Int, count: Int, of whole: String, item: String = "item"
) throws -> Int {
  let place = index < 0 ? index + count : index
  guard (0..<count).contains(place) else {
    let valid =
      count == 0 ? "it has none" : "its \(plural(item)) are 0 to \(count - 1), or -\(count) to -1"
    throw Failure("E-index", "there is no \(item) \(index) in this \(whole): \(valid)")
  }
  return place
}

extension Failure {
  /// A table has no column `name`.
  static func noColumn(_ name: String, _ names: [String]) -> Failure {
    let listed = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
    return Failure(
      "E-name", "this table has no column \"\(name)\"",
      notes: ["its columns: \(listed)"],
      suggestion: nearestName(to: name, among: names).map { "\"\($0)\"" })
  }

  /// A folder was wanted at `path` and a file is there.
  static func notAFolder(_ path: String) -> Failure {
    let isPicture = FolderListing.isPictureName(path)
    return .file(
      path, "is a file, not a folder",
      suggestion: isPicture ? "load(\(quotedPath(path))) for one image" : nil)
  }

  /// There are no images in a folder; says what is there, and what to type.
  static func noPictures(_ folder: String, _ listing: FolderListing, recursive: Bool) -> Failure {
    var found: [String] = []
    if listing.others.count > 0 {
      found.append("\(counted(listing.others.count, "other file")) (\(listing.others.words))")
    }
    let folders = listing.otherFolders
    if folders.count > 0 { found.append(counted(folders.count, "folder")) }
    let contains = found.isEmpty ? "it is empty" : "it contains \(found.joined(separator: " and "))"
    let suggestion =
      recursive || folders.count == 0
      ? nil : "images(\(quotedPath(folder)), recursive=true)"
    return .file(
      folder, "there are no images in this folder",
      notes: [
        "images are files named \(PictureFormat.readEndings) in any case, not hidden; \(contains)"
      ],
      suggestion: twoDomains(folder, folders.names) ?? suggestion)
  }

  /// What to type for the folders of CycleGAN's and CUT's programs, `trainA` and `trainB`.
  private static func twoDomains(_ folder: String, _ names: [String]) -> String? {
    for (a, b) in [("trainA", "trainB"), ("testA", "testB"), ("A", "B")]
    where names.contains(a) && names.contains(b) {
      return
        "A = images(\(quotedPath("\(folder)/\(a)"))) and B = images(\(quotedPath("\(folder)/\(b)")))"
    }
    return nil
  }
}

extension Failure {
  static func tooManyItems(_ count: Int) -> Failure {
    Failure("E-range", "a dataset has at most \(Dataset.largestCount) items, not \(count)")
  }

  static func tooManyMaps(_ depth: Int) -> Failure {
    Failure(
      "E-range", "this dataset is already mapped \(depth) times",
      suggestion: "one function for all steps, or dataset(A.tensor())")
  }

  static func functionsTooDeep(_ count: Int) -> Failure {
    Failure(
      "E-depth", "more than \(count) functions of mapped datasets run inside each other",
      notes: ["does the function of a map use an item of the same mapped dataset?"])
  }

  static func badCount(_ parameter: String, _ count: Int, least: Int) -> Failure {
    Failure(
      "E-range", "`\(parameter)` must be at least \(least), not \(count)", parameter: parameter)
  }

  static func badThreshold(_ threshold: Double) -> Failure {
    Failure(
      "E-range", "`threshold` must be a difference of gray values, 0 to 255, not \(threshold)",
      parameter: "threshold")
  }

  static func sampleTooLarge(_ count: Int, of available: Int) -> Failure {
    Failure(
      "E-range",
      "cannot draw \(counted(count, "item")) from a dataset of \(available)",
      suggestion: available > 0 ? "replace=true, to draw items more than once" : nil,
      parameter: "count")
  }

  static func badFractions(_ fractions: [Double]) -> Failure {
    let sum = fractions.reduce(0, +)
    return Failure(
      "E-range",
      "the fractions of a split must be 0 to 1 and sum to 1; these sum to \(sixDigits(sum))",
      suggestion: "[0.8, 0.2]", parameter: "parts")
  }

  static func badCounts(_ counts: [Int], count: Int) -> Failure {
    let shown = counts.prefix(8).map(String.init).joined(separator: ", ")
    return Failure(
      "E-range",
      "the parts of a split must sum to the \(counted(count, "item")) of the dataset; "
        + "they are [\(shown)\(counts.count > 8 ? ", …" : "")]",
      suggestion: "fractions, such as [0.8, 0.2]", parameter: "parts")
  }

  static func cannotJoin(_ first: Dataset, _ second: Dataset, _ what: String) -> Failure {
    Failure(
      "E-shape", "cannot join datasets with \(what)",
      notes: [
        "the first is \(first.summaryLine); the second \(second.summaryLine)"
      ],
      suggestion: "the same size, channels and range for both, such as images(folder, size=64x64)")
  }

  /// Two items that must have one shape do not.
  static func shapesDiffer(
    _ first: (name: String, shape: Shape), _ second: (name: String, shape: Shape)
  ) -> Failure {
    Failure(
      "E-shape", "the items of this dataset differ in shape, so they cannot be stacked",
      notes: [
        "\(quotedPath(first.name)) is \(first.shape)",
        "\(quotedPath(second.name)) is \(second.shape)",
      ],
      suggestion: "one size for all: images(folder, size=64x64), or A.map(x => resize(x, 64x64))")
  }

  static func emptyDataset(_ what: String) -> Failure {
    Failure("E-data", "\(what) of a dataset without items is not defined")
  }
}

extension Failure {
  static func notABatch(_ shape: Shape) -> Failure {
    Failure(
      "E-shape", "a dataset is made from images NxCxHxW, not from \(shape)",
      suggestion: shape.rank == 3
        ? "dataset(x[none]) for one image CxHxW, dataset(x[:, none]) for N gray ones" : nil,
      parameter: "x")
  }

  static var noImages: Failure {
    Failure("E-data", "a dataset from a list needs at least one image", parameter: "x")
  }

  static func notAnImage(_ shape: Shape, at place: Int) -> Failure {
    Failure(
      "E-shape", "the images of a list must be CxHxW, but image \(place) is \(shape)",
      suggestion: shape.rank == 2
        ? "x[none], a gray image"
        : shape.rank == 4
          ? "dataset(x) for a batch NxCxHxW" : nil, parameter: "x")
  }

  static func imagesDiffer(_ first: Tensor, _ other: Tensor, at place: Int) -> Failure {
    Failure(
      "E-shape",
      "the images of a dataset must have the same channels and type, but image 0 is \(first.type.rawValue) \(first.shape) and image \(place) is \(other.type.rawValue) \(other.shape)",
      suggestion: first.shape[0] == other.shape[0] ? "u8(x) or f32(x) for all" : nil,
      parameter: "x")
  }

  static func notAnImage(_ shape: Shape, from name: String) -> Failure {
    Failure(
      "E-shape",
      "the function of map must return an image CxHxW; for \(quotedPath(name)) it returned \(shape)"
    )
  }

  static func unequalPairs(
    _ first: Int, _ second: Int, shared: Int = 0, parameter: String? = nil
  ) -> Failure {
    let least = min(first, second)
    return Failure(
      "E-shape", "pairs need datasets of the same length; these have \(first) and \(second) items",
      notes: shared > 0 ? ["\(counted(shared, "name")) of their files are the same"] : [],
      suggestion: shared > 0
        ? "pairs(A, B, match=\"name\")"
        : least > 0 ? "pairs(A.take(\(least)), B.take(\(least)))" : nil, parameter: parameter)
  }
}

extension Failure {
  /// Images of `shape` `[…, H, W, C]`, where `[…, C, H, W]` is expected.
  public static func channelsLast(_ shape: Shape, of name: String? = nil) -> Failure {
    let last = shape.rank == 4 ? "NxHxWxC" : "HxWxC"
    let first = shape.rank == 4 ? "NxCxHxW" : "CxHxW"
    return Failure(
      "E-shape",
      "\(name ?? "the array") is \(shape), which looks like \(last); images are \(first)",
      notes: ["layout=\"nchw\" if it is \(first) after all"],
      suggestion: "dataset(…, layout=\"nhwc\")", parameter: "x")
  }

  /// There are no arrays in a folder.
  static func noArrays(_ folder: String, _ listing: FolderListing) -> Failure {
    .file(
      folder, "there are no .npy files in this folder",
      notes: ["it has \(counted(listing.others.count, "other file"))"],
      suggestion: "images(\(quotedPath(folder))) for images")
  }
}
