// SPDX-License-Identifier: MIT
internal import HengeLibrary

extension Arguments {
  /// What `henge kernel` is to do.
  struct KernelOptions {
    /// The file that says where to serve.
    var connection: String?
    /// Whether the kernelspec is written instead.
    var installs = false
    /// Whether the kernelspec is for this user, as it is without `--prefix`.
    var isForUser = false
    /// The folder below which the kernelspec is for all.
    var prefix: String?
    /// The kernelspec's name, if it is not `henge`.
    var name: String?

    /// The options that were given.
    fileprivate var given: [String] {
      (connection == nil ? [] : ["-f"]) + (installs ? ["--install"] : [])
        + (isForUser ? ["--user"] : []) + (prefix == nil ? [] : ["--prefix"])
        + (name == nil ? [] : ["--name"])
    }
  }

  /// Refuses options of kernels that do not fit together, or another command.
  func checkKernel() throws(Misuse) {
    guard command == .kernel else {
      if let option = kernel.given.first, command != .help, command != .version {
        throw Misuse("\(option) works with henge kernel alone")
      }
      return
    }
    guard kernel.installs else {
      if let option = kernel.given.first(where: { $0 != "-f" }) {
        throw Misuse("\(option) works with henge kernel --install alone")
      }
      guard kernel.connection != nil else {
        throw Misuse(
          "kernel needs a connection file of Jupyter; henge kernel --install lets Jupyter start it")
      }
      return
    }
    if kernel.connection != nil { throw Misuse("--install serves no connection file") }
    if kernel.isForUser, kernel.prefix != nil {
      throw Misuse("--user and --prefix name two places; use one of them")
    }
  }

  /// The options of sessions, as words of a command line that is used in any folder.
  func sessionOptions(from folder: String) -> [String] {
    func option(_ name: String, _ value: String?) -> [String] { value.map { [name, $0] } ?? [] }
    return option("--seed", seed.map { "\($0)" }) + option("--threads", threads.map { "\($0)" })
      + option("--memory", memory.map { "\($0)" })
      + option("--out", outputFolder.map { Paths.absolute($0, from: folder) })
      + option("--limit-steps", stepLimit.map { "\($0)" }) + (isQuiet ? ["--quiet"] : [])
  }
}
