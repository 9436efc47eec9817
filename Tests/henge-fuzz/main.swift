// SPDX-License-Identifier: MIT
import Glibc
import HengeFiles
import HengeTestSupport

// Runs random programs and mutated scripts, and prints what they came to:
//   henge-fuzz [COUNT] [SEED] [roomy]
// Exit: 0 without faults, 1 with.

let arguments = Array(CommandLine.arguments.dropFirst())
if let code = HDF5Reader.serve(arguments) { exit(code) }
if FuzzCampaign.isChild(arguments) {
  FuzzCampaign.runChild(arguments)
  exit(0)
}
let count = arguments.first.flatMap { Int($0) } ?? 20_000
let seed = arguments.dropFirst().first.flatMap { UInt64($0) } ?? 0
let start = ContinuousClock.now
let campaign = FuzzCampaign(
  tool: FuzzCampaign.builtTool, seed: seed, isRoomy: arguments.contains("roomy"))
var told = 0
let report = campaign.run(count) { report in
  while told < report.faults.count {
    print("FAULT: \(report.faults[told])\n")
    told += 1
  }
  let programs = report.counts["programs"] ?? 0
  print("\(programs) programs, \(report.faults.count) faults, \(report.slow.count) slow")
  fflush(nil)
}
let seconds = (ContinuousClock.now - start) / .seconds(1)
print("seed \(seed)\n\(report)")
print("\(Int(seconds)) s, \(Int(Double(report.counts["programs"] ?? 0) / seconds)) programs/s")
exit(report.faults.isEmpty ? 0 : 1)
