// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeTensor

/// Built-ins that compare two datasets picture by picture, as ``measures()`` compare tensors.
func pairMeasures() -> [Builtin] {
  let a = Parameter("A", "A dataset.")
  let b = Parameter("B", "A dataset of as many pictures, of the same size and range.")
  let errors = ["E-shape", "E-data", "E-arg"]
  return [
    Builtin(
      "mae", "Gives the mean absolute difference of two datasets, picture by picture.", a, b,
      examples: [Example("A = faces(\"anime\", 2); mae(A, A)", gives: "0.0")],
      seeAlso: ["mse", "psnr", "ssim"], errors: errors
    ) { (A: Dataset, B: Dataset) in
      try PairedDataset(A, B).mean { try ($0.cast(to: .f64) - $1).map(.abs).meanNumber() }
    },
    Builtin(
      "mse", "Gives the mean squared difference of two datasets, picture by picture.", a, b,
      examples: [Example("A = faces(\"anime\", 2); mse(A, A)", gives: "0.0")],
      seeAlso: ["mae", "psnr", "ssim"], errors: errors
    ) { (A: Dataset, B: Dataset) in try PairedDataset(A, B).meanSquaredError() },
    Builtin(
      "psnr",
      "Gives the peak signal-to-noise ratio of two datasets in decibels, 10 log10(range² / mse) of the mean squared difference over all pictures.",
      a, b,
      examples: [
        Example("A = faces(\"anime\", 2); psnr(A, A.map(x => -x)) < 20", gives: "true")
      ], seeAlso: ["mse", "ssim"], errors: errors
    ) { (A: Dataset, B: Dataset) in
      let range = A.range.high - A.range.low
      return 10 * log10(range * range / (try PairedDataset(A, B).meanSquaredError()))
    },
    Builtin(
      "ssim",
      "Gives the mean structural similarity of two datasets, picture by picture: 1 for the same.",
      a, b, examples: [Example("A = faces(\"anime\", 2); ssim(A, A)", gives: "1.0")],
      seeAlso: ["psnr", "swd"], errors: errors
    ) { (A: Dataset, B: Dataset) in
      let range = A.range.high - A.range.low
      return try PairedDataset(A, B).mean { try $0.structuralSimilarity(to: $1, range: range) }
    },
  ]
}

extension PairedDataset {
  fileprivate func meanSquaredError() throws -> Double {
    try mean { try ($0.cast(to: .f64) - $1).map(.square).meanNumber() }
  }
}

extension Tensor {
  fileprivate func meanNumber() throws -> Double { try mean().item().double }
}
