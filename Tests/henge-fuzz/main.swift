// SPDX-License-Identifier: MIT
import Glibc
import HengeFiles
import HengeTestSupport

// Runs random programs and mutated scripts, or reads damaged files, and prints what they came to:
//   henge-fuzz [COUNT] [SEED] [roomy]
//   henge-fuzz files [COUNT] [SEED]
//   henge-fuzz landmarks [COUNT] [SEED]
//   henge-fuzz h5 [COUNT] [SEED]
//   henge-fuzz onnx [COUNT] [SEED]
//   henge-fuzz weights [COUNT] [SEED]
// Exit: 0 without faults, 1 with.

let arguments = Array(CommandLine.arguments.dropFirst())
if let code = HDF5Reader.serve(arguments) { exit(code) }
if FuzzCampaign.isChild(arguments) {
  FuzzCampaign.runChild(arguments)
  exit(0)
}
if FileFuzzCampaign.runChild(arguments) { exit(0) }
let start = ContinuousClock.now
var told = 0

/// Prints the faults of `report` that were not told yet, and `sum`.
@MainActor func tell(_ report: FuzzReport, _ sum: String) {
  while told < report.faults.count {
    print("FAULT: \(report.faults[told])\n")
    told += 1
  }
  print("\(sum), \(report.faults.count) faults, \(report.slow.count) slow")
  fflush(nil)
}

/// Reads damaged files of each kind, so many; the exit code.
@MainActor func fuzzFiles(_ kinds: [(String, Int)], _ seed: UInt64) -> Int32 {
  var faults = 0
  for (kind, count) in kinds {
    told = 0
    let start = ContinuousClock.now
    let campaign = FileFuzzCampaign(tool: FuzzCampaign.builtTool, kind: kind, seed: seed)
    let report = campaign.run(count) { tell($0, "\($0.counts["files"] ?? 0) files") }
    for (name, times) in report.counts.sorted(by: { $0.key < $1.key }) { print("\(name) \(times)") }
    let past = report.counts.filter { $0.key.hasSuffix("past the header") }.values.reduce(0, +)
    print("past the header: \(past) of \(report.counts["files"] ?? 0)")
    for line in report.slow.prefix(10) { print("slow: \(line)") }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    print(
      "\(kind), seed \(seed): \(count) files in \(Int(seconds)) s, \(report.faults.count) faults")
    faults += report.faults.count
  }
  return faults == 0 ? 0 : 1
}

/// Loads `count` files of weights with shuffled names and shapes; the exit code.
@MainActor func fuzzWeights(_ count: Int, _ seed: UInt64) -> Int32 {
  let report = WeightFuzz(seed: seed).run(count) { tell($0, "\($0.counts["files"] ?? 0) files") }
  tell(report, "\(report.counts["files"] ?? 0) files")
  for (name, times) in report.counts.sorted(by: { $0.key < $1.key }) { print("\(name) \(times)") }
  return report.faults.isEmpty ? 0 : 1
}

let isOfFiles = ["files", "h5", "landmarks", "onnx", "weights"].contains(arguments.first)
let numbers = isOfFiles ? Array(arguments.dropFirst()) : arguments
let seed = numbers.dropFirst().first.flatMap { UInt64($0) } ?? 0
if arguments.first == "files" {
  let count = numbers.first.flatMap { Int($0) } ?? 100_000
  exit(
    fuzzFiles(
      [
        ("pth", count), ("csv", count), ("pictures", count), ("landmarks", count),
        ("onnx", count),
        ("h5", (count + 99) / 100),
      ], seed))
}
if arguments.first == "landmarks" {
  exit(fuzzFiles([("landmarks", numbers.first.flatMap { Int($0) } ?? 200_000)], seed))
}
if arguments.first == "onnx" {
  exit(fuzzFiles([("onnx", numbers.first.flatMap { Int($0) } ?? 500_000)], seed))
}
if arguments.first == "h5" {
  exit(fuzzFiles([("h5", numbers.first.flatMap { Int($0) } ?? 10_000)], seed))
}
if arguments.first == "weights" {
  exit(fuzzWeights(numbers.first.flatMap { Int($0) } ?? 100_000, seed))
}
let count = numbers.first.flatMap { Int($0) } ?? 20_000
let campaign = FuzzCampaign(
  tool: FuzzCampaign.builtTool, seed: seed, isRoomy: arguments.contains("roomy"))
let report = campaign.run(count) { tell($0, "\($0.counts["programs"] ?? 0) programs") }
let seconds = (ContinuousClock.now - start) / .seconds(1)
print("seed \(seed)\n\(report)")
print("\(Int(seconds)) s, \(Int(Double(report.counts["programs"] ?? 0) / seconds)) programs/s")
exit(report.faults.isEmpty ? 0 : 1)
