// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeTensor

private var dataset: Parameter { Parameter("A", "A dataset.") }

/// A record of the language with these fields.
func record(_ fields: [(String, Value)]) -> Record {
  let record = Record()
  for (name, value) in fields { record.set(name, value) }
  return record
}

/// Built-ins that look into datasets.
func datasetMeasuring(_ session: Session) -> [Builtin] {
  itemsOfDatasets() + [
    Builtin(
      "mean", "Averages all images of a dataset: one image [C, H, W], summed in double precision.",
      dataset,
      examples: [Example("mean(faces(\"anime\", 4)).shape", gives: "3x64x64")],
      seeAlso: ["tensor"], errors: ["E-shape", "E-data"]
    ) { (A: Dataset) in try A.mean().cast(to: .f32) },
    Builtin(
      "tensor", "Gives all images of a dataset as one tensor [N, C, H, W].", dataset,
      examples: [Example("tensor(faces(\"anime\", 4)).shape", gives: "4x3x64x64")],
      seeAlso: ["batches", "stack"], errors: ["E-shape", "E-memory", "E-data"]
    ) { (A: Dataset) in try A.tensor() },
    Builtin(
      "summary",
      """
      Says what a dataset is made of, without decoding it. Its members are count, channels, \
      range, bytes, and the tables sources, shapes and files.
      """,
      dataset, examples: [Example("summary(faces(\"anime\", 4)).count", gives: "4")],
      seeAlso: ["duplicates"], errors: ["E-file"]
    ) { (A: Dataset) in SummaryObject(try A.summary(), on: session.backend) },
    Builtin(
      "duplicates",
      """
      Finds the items that show the same picture, exactly or nearly: a list of records (items, \
      names, exact). Nearly means that the grey values of 16 x 16 cells differ by less than \
      `threshold` steps of 255 in the mean.
      """,
      dataset,
      Parameter("threshold", "How far apart two pictures may be.", default: 6.0),
      examples: [
        Example(
          "A = faces(\"anime\", 4); [d.items for d in duplicates(A.join(A.take(1)))]",
          gives: "[[0, 4]]")
      ], seeAlso: ["summary"], errors: ["E-file"]
    ) { (A: Dataset, threshold: Double) in
      try A.duplicates(threshold: threshold).map { group in
        record([
          ("items", group.indices.value),
          ("names", try group.indices.map { try A.name(of: $0) }.value),
          ("exact", group.isExact.value),
        ])
      }
    },
  ]
}

/// Built-ins that give items, or say how many there are.
private func itemsOfDatasets() -> [Builtin] {
  [
    Builtin(
      "len", "Gives the number of items.", dataset,
      examples: [Example("len(faces(\"anime\", 4))", gives: "4")]
    ) { (A: Dataset) in A.count },
    Builtin(
      "len", "Gives the number of pairs.", Parameter("P", "Pairs of datasets."),
      examples: [Example("A = faces(\"anime\", 4); len(pairs(A, A))", gives: "4")]
    ) { (P: PairsObject) in P.pairs.count },
    Builtin(
      "len", "Gives the number of batches in one pass.", Parameter("b", "Batches."),
      examples: [Example("len(faces(\"anime\", 4).batches(3))", gives: "2")]
    ) { (b: BatchesObject) in b.count },
    Builtin(
      "channels", as: .property, "The names of the channels; none where a function decides.",
      dataset, examples: [Example("faces(\"anime\", 4).channels", gives: "\"rgb\"")]
    ) { (A: Dataset) in A.channelNames },
    Builtin(
      "fingerprint",
      "Gives 64 hexadecimal digits that tell the images, their order and range from others'.",
      dataset, examples: [Example("len(fingerprint(faces(\"anime\", 4)))", gives: "64")],
      seeAlso: ["duplicates"], errors: ["E-file"]
    ) { (A: Dataset) in try A.fingerprint() },
  ]
}
