// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

extension Layer {
  /// The results of the layers at `paths` for a batch `[N, C, H, W]`, or for one image `[C, H, W]`.
  ///
  /// The run ends after the last of them: what follows is not computed. The empty path is the network's
  /// own result. Results are on the tape where the pass learns. They are for the batch as the network is
  /// given it: padded, where its divisor asks for that.
  /// Throws `E-name` for a path at which there is no layer, and what the layers throw.
  public func results(at paths: [String], _ x: Tensor, _ pass: Pass = Pass()) throws -> [Tensor] {
    let known = allLayers.map(\.path)
    for path in paths where !known.contains(path) {
      throw Failure(
        "E-name", "there is no layer `\(path)` in \(kind)",
        notes: ["its layers are \(known.dropFirst().prefix(20).joined(separator: ", "))"],
        parameter: "layer")
    }
    let wanted = Set(paths)
    guard !wanted.isEmpty else { return [] }
    var found: [String: Tensor] = [:]
    let watching = pass.watching(wanted) { path, _, _, y in
      found[path] = y
      if found.count == wanted.count { throw EndOfRun() }
    }
    do { _ = try self(x, watching) } catch is EndOfRun {}
    return try paths.map { path in
      guard var result = found[path] else {
        preconditionFailure("a layer runs each of its parts by `Pass.run`")
      }
      if pass.isPrecise { result = try result.cast(to: x.type) }
      return x.rank == 3 && result.rank > 0 ? try result.selecting([.at(0)]) : result
    }
  }
}

/// Thrown where all results that were asked for are there.
private struct EndOfRun: Error {}
