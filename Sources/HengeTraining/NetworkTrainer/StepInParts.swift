// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
public import HengeTensor

/// A step that is made part by part: what a part computed can be looked at before the next.
///
/// Nothing is applied before the trainer publishes the result of ``finished()``.
public protocol StepInParts: AnyObject {
  /// What the parts are called, in the order in which they are made.
  var partNames: [String] { get }
  /// Makes part `index` and returns all that it found out; each is made once, in order.
  func compute(part index: Int) throws -> [(name: String, value: PartValue)]
  /// The whole step, after its last part.
  func finished() throws -> NetworkTrainer.Step
}

/// Something that a part of a step found out.
public enum PartValue {
  /// A tensor, off the tape.
  case tensor(Tensor)
  /// A number, such as a loss.
  case number(Double)
  /// Several by name, such as the gradients of a network.
  case group([(name: String, value: PartValue)])
}

extension PartValue {
  /// The gradients at a network's weights, by their paths, of those that learn.
  static func gradients(at layer: Layer, _ learning: Learning, _ gradients: [Tensor]) -> PartValue {
    let found = Dictionary(
      zip(learning.parameters.map { ObjectIdentifier($0) }, gradients),
      uniquingKeysWith: { first, _ in first })
    return .group(
      layer.allParameters.compactMap { path, parameter in
        found[ObjectIdentifier(parameter)].map { (path, .tensor($0)) }
      })
  }
}

extension NetworkTrainer {
  /// A part of a step that was made.
  public struct Part {
    /// What it is called: `forward_g`.
    public let name: String
    /// The step that it belongs to, 1 for the first.
    public let step: Int
    /// What it found out.
    public let values: [(name: String, value: PartValue)]
  }

  /// Makes the next part of a step; the last one applies the step, as ``step()`` does.
  ///
  /// A part that is stopped or fails drops the step that it belongs to. Throws `E-arg` for a method
  /// whose steps have no parts, `E-finite` as ``step()`` does.
  public func substep() throws -> Part {
    guard let (step, index) = try openStep ?? beginStep(count).map({ ($0, 0) }) else {
      throw Failure("E-arg", "a step of \(kind) has no parts", suggestion: "t.step()")
    }
    openStep = nil
    let names = step.partNames
    let number = count + 1
    let values = try locating {
      let values = try step.compute(part: index)
      if index + 1 == names.count { try put(step.finished()) }
      return values
    }
    if index + 1 < names.count {
      openStep = (step, index + 1)
    }
    return Part(name: names[index], step: number, values: values)
  }

  /// Forgets the parts that were made of a step that is not finished; nothing of it was applied.
  public func drop() { openStep = nil }

  /// Refuses `what` with `E-midstep` while a step is begun and not finished.
  public func refuseMidstep(_ what: String) throws {
    guard let (step, index) = openStep else { return }
    let names = step.partNames
    throw Failure(
      "E-midstep",
      "cannot \(what) in the middle of step \(count + 1): \(index) of its \(names.count) parts \(index == 1 ? "has" : "have") run",
      notes: ["the next part is \(names[index])"],
      suggestion: "t.substep() until it is finished, or t.drop()")
  }
}
