// SPDX-License-Identifier: MIT
import HengeTestSupport
import Testing

/// Datasets of one kind, as a script makes them from those of ``TrainerExample/images``: A, B and the
/// pairs P of both.
struct DatasetExample: Sendable, CustomTestStringConvertible {
  let name: String
  /// The lines that make them.
  let make: String
  /// What is given to the trainer beside its own arguments.
  var option = ""

  var testDescription: String { name }

  /// Lines that write the files which some of them are made of.
  static let files = """
    for i in 0..6 {
      save_png(A[i], f"a/{i}.png"); save_png(B[i], f"b/{i}.png")
      save(A[i], f"an/{i}.npy"); save(u8(127.5 * B[i] + 127.5), f"bn/{i}.npy")
    }
    save(A.tensor(), "a.npy")
    """

  static let all: [DatasetExample] = [
    .init(name: "drawn", make: "A = A; B = B; P = pairs(A, B)"),
    .init(
      name: "folder", make: "A = images(\"a\"); B = images(\"b\", size=24x24); P = pairs(A, B)"),
    .init(
      name: "mapped",
      make: "A = A.map(x => flip(x, axis=2)); B = B.map(x => x * 0.5); P = pairs(A, B)"),
    .init(
      name: "mapped by items, from another size",
      make:
        "A = images(\"a\").map(i => crop(resize(i.image, 30x30), 24x24), item=true); B = B.take(6); P = pairs(A, B)"
    ),
    .init(
      name: "joined",
      make:
        "A = A.take(3).join(A.map(x => 0 - x).take(4)); B = B.take(2).join(B.take(5)); P = pairs(A, B)"
    ),
    .init(
      name: "augmented",
      make:
        "A = A.augment(flip=true, rotate=10, seed=3); B = B.augment(resize=28x28, crop=24x24, jitter=0.2); P = pairs(A, B)"
    ),
    .init(
      name: "augmented, then mapped",
      make:
        "A = A.augment(flip=true).map(x => x * 0.9); B = B.take(5).augment(flip=0.7); P = pairs(A.take(5), B)"
    ),
    .init(
      name: "augmented pairs",
      make: "P = pairs(A, B).augment(flip=true, crop=16x16)\nA = A.map(x => x); B = B"),
    .init(
      name: "repeated",
      make: "A = A.take(4).repeated(2); B = B.take(3); P = pairs(A, B.repeated(3).take(8))"),
    .init(
      name: "tensors",
      make:
        "A = dataset(A.tensor()); B = dataset(u8(127.5 * B.tensor() + 127.5)); P = pairs(A, B)"),
    .init(
      name: "lists and files of arrays",
      make: "B = dataset([B[i] for i in 0..12]); A = dataset(\"a.npy\"); P = pairs(A, B)"),
    .init(
      name: "folders of arrays",
      make: "A = dataset(\"an\"); B = dataset(\"bn\"); P = pairs(A, B)"),
    .init(
      name: "views",
      make:
        "A = A.filter(x => x.mean() < 2).shuffle().take(9); B = B[3:].sample(9, replace=true); P = pairs(A, B)"
    ),
    .init(
      name: "with channels",
      make:
        "A = A.map(to_gray).with_channels(\"edges\", x => abs(x)).with_angle(); B = B.take(6).map(x => x[0:1]).with_channels(\"two\", x => cat([x, x])); P = pairs(A.take(6), B)"
    ),
    .init(
      name: "with channels, augmented by the trainer",
      make:
        "A = A.map(to_gray).with_channels(\"edges\", x => abs(x)).with_angle(\"constant\"); B = B.map(to_gray).with_angle(\"heatmap\", points=[\"nose\", \"eye.left\"]); P = pairs(A, B)",
      option: ", augment=(flip=true, resize=32x28, crop=24x24, rotate=5, jitter=0.1)"),
    .init(
      name: "without channels that it had",
      make:
        "A = A.with_channels(\"edges\", x => abs(x[0:1])).without_channels(\"edges\"); P = pairs(A, B)"
    ),
    .init(
      name: "with landmarks, split",
      make:
        "A = landmarks(A, from=x => (nose=[3, 4],)).split(6)[0]; B = B.split(0.5)[1]; P = pairs(A, B)"
    ),
    .init(
      name: "augmented by the trainer", make: "P = pairs(A, B)",
      option: ", augment=(flip=true, resize=32x28, crop=24x24, rotate=5, jitter=0.1)"),
  ]
}
