// SPDX-License-Identifier: MIT
internal import Glibc

/// A run of many damaged files, each batch in a process of its own.
///
/// Files depend on the seed alone. A process that dies or hangs is reported with the file that it
/// read then, which is kept, and the next batch begins behind it.
public struct FileFuzzCampaign {
  private let tool: String
  private let kind: String
  private let seed: UInt64
  private let folder = TemporaryFolder()

  /// So many faults are one fault, and each keeps a file.
  private static let mostFaults = 20

  /// Files of `kind`, `pth` (with npz and safetensors), `pictures`, `landmarks`, `h5`, `onnx` or `csv`,
  /// read by the executable at `tool`.
  public init(tool: String, kind: String, seed: UInt64) {
    self.tool = tool
    self.kind = kind
    self.seed = seed
  }

  /// Reads `count` files; `progress` is told of the sum now and then.
  public func run(_ count: Int, progress: (FuzzReport) -> Void = { _ in }) -> FuzzReport {
    defer { folder.remove() }
    var report = FuzzReport()
    var next = 0
    while next < count && report.faults.count < FileFuzzCampaign.mostFaults {
      let batch = min(kind == "h5" ? 200 : 20_000, count - next)
      if case .died(let reason) = read(next, batch) {
        let place = max(next, status())
        report.faults.append("seed \(seed), file \(place): \(reason)\nkept as \(keep(place))")
        // What came before it is counted again.
        if place > next, read(next, place - next) == .done { report.add(finished()) }
        next = place + 1
      } else {
        report.add(finished())
        next += batch
      }
      progress(report)
    }
    return report
  }

  private func read(_ first: Int, _ count: Int) -> FuzzProcess.Ending {
    let child = FileFuzzChild(
      kind: kind, seed: seed, first: first, count: count, statusPath: folder.path + "/status",
      reportPath: folder.path + "/report")
    return FuzzProcess(
      tool: tool, arguments: child.arguments, folder: folder.path, patience: 30
    ).run { status() }
  }

  private func finished() -> FuzzReport {
    FuzzReport(
      decoding: String(decoding: FuzzFiles.read(folder.path + "/report"), as: UTF8.self))
  }

  /// The number of the file under way when the last process ended.
  private func status() -> Int {
    let bytes = FuzzFiles.read(folder.path + "/status")
    guard bytes.count >= 8 else { return 0 }
    return bytes.withUnsafeBytes { Int($0.loadUnaligned(as: Int64.self)) }
  }

  /// Writes file `number` beside the temporary folder, for whoever looks into it.
  private func keep(_ number: Int) -> String {
    let corpus = FileFuzzChild.corpus(kind)
    guard let (format, bytes) = FileFuzzChild.file(number, seed: seed, of: corpus) else {
      return "nothing"
    }
    let path = "/tmp/henge-fuzz-\(seed)-\(number).\(format.name)"
    FuzzFiles.write(bytes, path)
    return path
  }

  /// Does a child's work, if the command line is a child's.
  public static func runChild(_ arguments: [String]) -> Bool {
    guard let child = FileFuzzChild(arguments) else { return false }
    child.run()
    return true
  }
}
