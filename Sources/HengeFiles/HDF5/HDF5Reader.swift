// SPDX-License-Identifier: MIT
internal import CHengeHDF5
internal import Glibc
internal import HengeBackend
internal import HengeThreads

/// Reads HDF5 in a separate process, because libhdf5 crashes on damaged files.
///
/// A program that can act as that process calls ``serve(_:)`` first with its arguments. The file's
/// bytes are passed in a memory file, and simple frames return through a pipe. Whatever happens in
/// the other process (a crash, a hang, invalid output, too much memory) becomes an `E-file` here.
public struct HDF5Reader: Sendable {
  /// The executable that is started.
  let program: String
  /// Seconds that a small file may take; a large one gets one more for each 10 MB.
  let patience: Int

  /// The argument that asks a program to read a file and do nothing else.
  private static let command = "--read-hdf5"

  /// A reader that starts `program`, by default the program that is running.
  public init(program: String = "/proc/self/exe", patience: Int = 20) {
    self.program = program
    self.patience = patience
  }

  /// Runs as the reading process if `arguments` request it, and returns the exit code; `nil`
  /// otherwise.
  ///
  /// Standard input is the file, standard output the pipe; the process is confined before it uses
  /// either.
  public static func serve(_ arguments: [String]) -> Int32? {
    guard arguments.first == command else { return nil }
    guard arguments.count == 4, let limit = UInt64(arguments[1]), let memory = UInt64(arguments[2]),
      let seconds = UInt64(arguments[3])
    else { return 2 }
    henge_hdf5_confine(memory, seconds)
    return henge_hdf5_read(0, 1, limit)
  }

  /// What is in the HDF5 file of the bytes `file`, which messages name `path`.
  func contents(
    of file: ArraySlice<UInt8>, path: String, budget: MemoryBudget, interrupt: Interrupt
  ) throws -> HDF5Contents {
    let copy = try Reservation(file.count, of: budget, for: "reading \(quotedPath(path))")
    defer { withExtendedLifetime(copy) {} }
    let input = try HDF5Reader.inMemory(file, path: path)
    defer { close(input) }
    let seconds = patience + file.count / 10_000_000
    let limit = max(0, budget.limit - budget.live)
    // libhdf5 keeps its copies of the file, one array at a time, and its own tables.
    let memory = limit.addingReportingOverflow(3 * file.count + 256_000_000)
    let child = try HDF5Child(
      program,
      arguments: [
        HDF5Reader.command, String(limit), String(memory.overflow ? limit : memory.partialValue),
        String(seconds),
      ],
      input: input, path: path, seconds: seconds, interrupt: interrupt)
    return try HDF5Contents(from: child, path: path, budget: budget)
  }

  /// An anonymous memory file with `bytes`.
  private static func inMemory(_ bytes: ArraySlice<UInt8>, path: String) throws -> Int32 {
    let descriptor = henge_hdf5_memory_file()
    guard descriptor >= 0 else { throw Failure.refusedFile(path, code: errno) }
    let isWritten = bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
        let written = write(descriptor, part.baseAddress, part.count)
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return false }
        rest = rest.dropFirst(written)
      }
      return true
    }
    guard isWritten else {
      let code = errno
      close(descriptor)
      throw Failure.refusedFile(path, code: code)
    }
    return descriptor
  }
}
