// SPDX-License-Identifier: MIT
import Testing

@testable import HengeRanks

/// What launchers say in the environment.
@Suite struct LaunchTests {
  private func launch(_ variables: [String: String]) -> Launch? { Launch { variables[$0] } }

  @Test(arguments: ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"])
  func aLauncherThatStartsSeveralProcessesIsSeen(variable: String) {
    #expect(launch([variable: "4"])?.count == 4)
    #expect(launch([variable: "4"])?.variable == variable)
    // One process has nobody to meet.
    #expect(launch([variable: "1"]) == nil)
    #expect(launch([variable: "many"]) == nil)
  }

  @Test func aStepOfSlurmIsSeenAndABatchScriptIsNone() {
    let job = ["SLURM_NTASKS": "16", "SLURM_PROCID": "0"]
    #expect(launch(job) == nil)
    #expect(launch(job.merging(["SLURM_STEP_ID": "0"]) { $1 })?.count == 16)
  }

  @Test func aLauncherThatDoesNotSayHowManyIsSeen() {
    let found = launch(["PMIX_RANK": "2"])
    #expect(found?.variable == "PMIX_RANK" && found?.count == nil)
    #expect(launch([:]) == nil)
  }

  @Test func aMissingLibraryNamesTheCommandThatMakesIt() throws {
    let found = try #require(launch(["PMI_SIZE": "2"]))
    // The tests' program has no library next to it.
    let failure = #expect(throws: RankFailure.self) { try found.join() }
    #expect(failure?.message.contains("2 processes (PMI_SIZE)") == true)
    #expect(failure?.notes == ["Scripts/mpi compiles it with the mpicc of this machine"])
  }

  @Test func oneProcessGetsWhatItSends() throws {
    let one = OneProcess()
    #expect(one.count == 1 && one.mine == 0 && one.failure == nil)
    #expect(try one.gather([1, 2], at: "here") == [[1, 2]])
    #expect(one.agree([.save], at: "here") == [.save])
    try one.barrier(at: "here")
  }
}
