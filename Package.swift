// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT
import PackageDescription

/// Every Swift target is compiled with these; what they refuse is an error.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A target of the ladder: it may import the floors below that it names, and nothing else.
func floor(
  _ name: String, _ imports: [Target.Dependency] = [], settings: [SwiftSetting] = strict
) -> Target {
  .target(name: name, dependencies: imports, swiftSettings: settings)
}

/// For the language: no run-time checks of exclusive access in a release build, where they would
/// end the session (Docs/Decisions/0010-counting-stays-atomic.md).
let unchecked: [SwiftSetting] = [
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

func tests(
  of name: String, _ imports: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: [.target(name: name), "HengeTestSupport"] + imports,
    exclude: exclude,
    swiftSettings: strict)
}

func library(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
  name: "henge",
  products: [.executable(name: "henge", targets: ["henge"])],
  targets: [
    // Floor 0: C. Loops over plain buffers, and libraries behind a module map.
    library("CExpat", pkgConfig: "expat", apt: "libexpat1-dev"),
    .target(
      name: "CHengeKernels",
      cSettings: [.unsafeFlags(["-O3", "-Wall", "-Wextra", "-Werror"])]),
    .target(
      name: "CHengePNG",
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])],
      linkerSettings: [.linkedLibrary("png16")]),
    .target(
      name: "CHengeJPEG",
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])],
      linkerSettings: [.linkedLibrary("jpeg")]),
    // These are opened by name when they are needed.
    .target(
      name: "CHengeRanks",
      // Compiled by Scripts/mpi, with the MPI of a site.
      exclude: ["site"],
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])]),
    .target(
      name: "CHengeCairo",
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])]),
    .target(
      name: "CHengeCrypto",
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])]),
    .target(
      name: "CHengeZip",
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])]),
    .target(
      name: "CHengeZMQ",
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])]),
    .target(
      name: "CHengeWebP",
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])]),
    .target(
      name: "CHengeGIF",
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])]),
    .target(
      name: "CHengeTIFF",
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])]),
    .target(
      name: "CHengeMarkdown",
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])]),
    .target(
      name: "CHengeLAPACK",
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])]),
    .target(
      name: "CHengeHDF5",
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])]),
    .target(
      name: "CHengeEditor",
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])],
      linkerSettings: [.linkedLibrary("edit")]),

    .target(
      name: "CHengeCrash",
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])]),

    // Floor 1: no imports from this package.
    floor("HengeThreads"),
    floor("HengeBackend"),
    floor("HengeRanks", ["CHengeRanks"]),
    floor("HengeLanguage", settings: strict + unchecked),

    // Floor 2: one outside world each.
    floor(
      "HengeImage",
      [
        "HengeThreads", "HengeBackend", "CHengeKernels", "CHengePNG", "CHengeJPEG", "CHengeWebP",
        "CHengeTIFF", "CHengeGIF", "CHengeCairo",
      ]),
    floor(
      "HengeFiles", ["HengeThreads", "HengeBackend", "CHengeHDF5", "CHengeZip", "CHengeCrypto"]),
    floor("HengeCPU", ["HengeBackend", "HengeThreads", "CHengeKernels", "CHengeLAPACK"]),
    floor("HengeTensor", ["HengeBackend"]),
    floor("HengeSession", ["HengeLanguage", "HengeThreads"]),
    floor("HengeDocuments", ["HengeLanguage", "CHengeMarkdown"]),

    // Floor 3: what drives a session of entries.
    floor(
      "HengeShell",
      ["HengeSession", "HengeDocuments", "HengeLanguage", "HengeThreads", "CHengeEditor"]),
    // Reports of documents: outside the learning house, but with files and images.
    floor(
      "HengeReports",
      [
        "HengeSession", "HengeDocuments", "HengeLanguage", "HengeFiles", "HengeImage",
        "HengeBackend", "HengeThreads",
      ]),

    // Floor 4: a front end for other programs, with the help and the drawings of the two above.
    floor(
      "HengeJupyter",
      [
        "HengeShell", "HengeReports", "HengeSession", "HengeDocuments", "HengeLanguage",
        "HengeFiles", "HengeImage", "HengeBackend", "HengeThreads", "CHengeZMQ",
      ]),

    // Floors 3 to 6: the learning house, and the door between the houses.
    floor("HengeDrawnFaces", ["HengeBackend", "HengeImage"]),
    floor("HengeNN", ["HengeTensor", "HengeBackend"]),
    floor("HengeVision", ["HengeBackend", "HengeImage", "CHengeKernels", "CExpat"]),
    floor("HengeModels", ["HengeNN", "HengeTensor", "HengeBackend", "HengeFiles"]),
    floor(
      "HengeData",
      [
        "HengeDrawnFaces", "HengeTensor", "HengeBackend", "HengeImage", "HengeFiles",
        "HengeThreads",
      ]),
    floor(
      "HengeTraining",
      [
        "HengeModels", "HengeNN", "HengeData", "HengeTensor", "HengeBackend", "HengeFiles",
        "HengeThreads", "HengeRanks",
      ]),
    floor(
      "HengeLibrary",
      [
        "HengeLanguage", "HengeDocuments", "HengeTraining", "HengeModels", "HengeNN", "HengeVision",
        "HengeData", "HengeDrawnFaces", "HengeTensor", "HengeImage", "HengeFiles", "HengeBackend",
        "HengeThreads", "HengeRanks",
      ]),

    // Floor 7: the program.
    .executableTarget(
      name: "henge",
      dependencies: [
        "HengeShell", "HengeReports", "HengeJupyter", "HengeDocuments", "HengeSession",
        "HengeLibrary", "HengeLanguage", "HengeData", "HengeCPU", "HengeImage", "HengeFiles",
        "HengeBackend", "HengeThreads", "HengeRanks", "CHengeCrash",
      ],
      swiftSettings: strict),

    // Tests.
    .target(
      name: "HengeTestSupport",
      dependencies: [
        "HengeLanguage", "HengeTensor", "HengeBackend", "HengeCPU", "HengeThreads", "HengeData",
        "HengeFiles", "HengeImage", "HengeModels", "HengeNN", "HengeLibrary", "HengeDrawnFaces",
        "HengeVision",
        "HengeSession",
      ],
      path: "Tests/HengeTestSupport",
      swiftSettings: strict),
    .executableTarget(
      name: "henge-fuzz", dependencies: ["HengeTestSupport", "HengeFiles"],
      path: "Tests/henge-fuzz",
      swiftSettings: strict),
    .executableTarget(
      name: "henge-bench",
      dependencies: ["HengeTensor", "HengeBackend", "HengeCPU", "HengeThreads"],
      path: "Tests/henge-bench", swiftSettings: strict),
    tests(of: "HengeThreads"),
    tests(of: "HengeBackend"),
    tests(of: "HengeRanks"),
    tests(of: "HengeLanguage", exclude: ["Errors", "FormatGolden"]),
    tests(
      of: "HengeImage", ["HengeThreads", "HengeBackend"],
      exclude: ["Fixtures", "format_cases.py", "pillow_cases.py", "turn_cases.py"]),
    tests(
      of: "HengeFiles", ["HengeThreads", "HengeBackend", "henge-fuzz"],
      exclude: ["Golden", "keras_files.py", "numpy_files.py", "pytorch_files.py"]),
    tests(
      of: "HengeTensor", ["HengeBackend", "HengeCPU", "HengeFiles", "HengeThreads"],
      exclude: [
        "Golden", "measure_cases.py", "numpy_cases.py", "pca_cases.py", "torch_cases.py",
      ]),
    tests(
      of: "HengeVision", ["HengeBackend", "HengeFiles", "HengeImage", "CHengeKernels"],
      exclude: ["Golden", "opencv_cases.py"]),
    tests(of: "HengeDrawnFaces", ["HengeBackend", "HengeImage"]),
    tests(
      of: "HengeData",
      [
        "HengeDrawnFaces", "HengeTensor", "HengeBackend", "HengeCPU", "HengeImage", "HengeFiles",
        "HengeThreads",
      ],
      exclude: ["Golden", "angle_channels.py", "pandas_cases.py"]),
    tests(
      of: "HengeModels",
      ["HengeNN", "HengeTensor", "HengeBackend", "HengeCPU", "HengeFiles", "HengeThreads"],
      exclude: [
        "Golden", "onnx_operator_cases.py", "torch_clip_cases.py", "torch_condition_cases.py",
        "torch_layer_cases.py", "torch_reference_cases.py",
      ]),
    tests(
      of: "HengeTraining",
      [
        "HengeModels", "HengeNN", "HengeData", "HengeDrawnFaces", "HengeTensor", "HengeBackend",
        "HengeCPU", "HengeFiles", "HengeImage", "HengeThreads", "HengeRanks",
      ],
      exclude: [
        "Fixtures", "torch_cut_cases.py", "torch_cyclegan_cases.py", "torch_pix2pix_cases.py",
        "torch_ugatit_cases.py",
        "twin_numbers.py",
      ]),
    tests(
      of: "HengeLibrary",
      [
        "HengeLanguage", "HengeTraining", "HengeModels", "HengeNN", "HengeData", "HengeDrawnFaces",
        "HengeTensor", "HengeCPU", "HengeBackend", "HengeFiles", "HengeThreads", "henge-fuzz",
      ],
      exclude: ["Errors", "Fixtures", "torch_gradient_maps.py"]),
    tests(of: "HengeDocuments", ["HengeLanguage"]),
    tests(
      of: "HengeReports", ["HengeBackend", "HengeDocuments", "HengeImage", "HengeLanguage"]),
    tests(
      of: "HengeJupyter",
      [
        "HengeSession", "HengeLanguage", "HengeLibrary", "HengeFiles", "HengeImage",
        "HengeBackend", "HengeThreads", "CHengeZMQ",
      ]),
    tests(of: "HengeSession", ["HengeLanguage", "HengeLibrary", "HengeBackend", "HengeThreads"]),
    tests(
      of: "HengeShell",
      ["HengeSession", "HengeLanguage", "HengeLibrary", "HengeBackend", "HengeThreads"]),
  ],
  swiftLanguageModes: [.v6]
)
