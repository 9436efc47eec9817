// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeTensor

/// Built-ins that compare two datasets image by image, as ``measures()`` compare tensors.
func pairMeasures() -> [Builtin] {
  let a = Parameter("A", "A dataset.")
  let b = Parameter("B", "A dataset with the same number of images, of the same size and range.")
  let errors = ["E-shape", "E-data", "E-arg"]
  return [
    Builtin(
      "mae", "Returns the mean absolute error of two datasets, compared image by image.", a, b,
      examples: [Example("A = faces(\"anime\", 2)\nmae(A, A)\n#=> 0.0")],
      seeAlso: ["mse", "psnr", "ssim"], errors: errors
    ) { (A: Dataset, B: Dataset) in
      try PairedDataset(A, B).mean { try ($0.cast(to: .f64) - $1).map(.abs).meanNumber() }
    },
    Builtin(
      "mse", "Returns the mean squared error of two datasets, compared image by image.", a, b,
      examples: [Example("A = faces(\"anime\", 2)\nmse(A, A)\n#=> 0.0")],
      seeAlso: ["mae", "psnr", "ssim"], errors: errors
    ) { (A: Dataset, B: Dataset) in try PairedDataset(A, B).meanSquaredError() },
    Builtin(
      "psnr",
      "Returns the peak signal-to-noise ratio (PSNR) of two datasets in decibels: 10 log₁₀(range² / mse), with the mean squared error over all images.",
      a, b,
      examples: [
        Example("A = faces(\"anime\", 2)\npsnr(A, A.map(x => -x)) < 20\n#=> true")
      ], seeAlso: ["mse", "ssim"], errors: errors
    ) { (A: Dataset, B: Dataset) in
      let range = A.range.high - A.range.low
      return 10 * log10(range * range / (try PairedDataset(A, B).meanSquaredError()))
    },
    Builtin(
      "ssim",
      "Returns the mean structural similarity (SSIM) of two datasets, compared image by image: 1 for identical images.",
      a, b, examples: [Example("A = faces(\"anime\", 2)\nssim(A, A)\n#=> 1.0")],
      seeAlso: ["psnr", "swd"], errors: errors
    ) { (A: Dataset, B: Dataset) in
      let range = A.range.high - A.range.low
      return try PairedDataset(A, B).mean { a, b in
        try Failure.renaming(["x": "A", "y": "B"]) {
          try a.structuralSimilarity(to: b, range: range)
        }
      }
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
