// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeFiles
internal import HengeJupyter
internal import HengeLanguage
internal import HengeLibrary
internal import HengeSession
internal import HengeShell
internal import HengeThreads

extension Application {
  /// Serves a kernel of Jupyter, or tells Jupyter of it; the exit code.
  func kernel() throws -> Int32 {
    guard let path = arguments.kernel.connection else { return try installKernel() }
    let file = Paths.absolute(path, from: session.paths.workingFolder)
    let connection = try ConnectionFile(
      readRegularFile(file, budget: session.budget), name: path)
    let kernel = try Kernel(
      connection, version: Application.version, interrupt: session.interrupt,
      budget: session.budget, progress: live)
    runner.output.sink = kernel.sink
    var setup = sessionSetup([memorySetting])
    kernel.addEntries(to: &setup, interpreter, runner.output)
    let entries = try EntrySession(
      interpreter, runner.output, interrupt: session.interrupt, setup)
    return try kernel.serve(entries) { [session] in session.paths.workingFolder }
  }

  /// Writes the kernelspec, by which Jupyter starts this program with the options given here.
  private func installKernel() throws -> Int32 {
    guard let program = realpath("/proc/self/exe", nil) else {
      throw Diagnostic(
        "E-file", "this program cannot be found: \(String(cString: strerror(errno)))")
    }
    defer { free(program) }
    let spec = try KernelSpec(
      name: arguments.kernel.name, program: String(cString: program),
      options: arguments.sessionOptions(from: session.paths.workingFolder))
    let folder = try spec.install(
      prefix: arguments.kernel.prefix.map { Paths.absolute($0, from: session.paths.workingFolder) },
      budget: session.budget)
    return try show("wrote \(folder); start it with: jupyter console --kernel \(spec.name)\n")
  }
}
