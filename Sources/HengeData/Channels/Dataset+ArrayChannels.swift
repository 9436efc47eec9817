// SPDX-License-Identifier: MIT
import HengeBackend
public import HengeTensor

extension Dataset {
  /// The images `[C, H, W]` as a dataset whose channels `text` names, such as `rgb+angle`; `name` is
  /// what messages call an image.
  ///
  /// Throws what ``ArrayChannels`` does.
  public static func arrays(
    _ images: [Tensor], channels text: String, range: ImageRange, loader: PictureLoader,
    name: (Int) -> String
  ) throws -> Dataset {
    guard let first = images.first else { throw Failure.noImages }
    // Refused here as without names.
    let plain = try ArraySource(list: images, range: range)
    let channels = try ArrayChannels(text, count: first.shape[0])
    guard channels.hasAngle || channels.isReversed else {
      plain.channelGroups = channels.groups
      return try Dataset(.tensors(plain), loader: loader)
    }
    var angles: [Double?] = []
    let kept = try images.enumerated().map { index, image in
      if index % 64 == 0 { try loader.checkInterrupt() }
      let (own, angle) = try Failure.renaming([nil: "channels"]) {
        try channels.split(image, range: range) { name(index) }
      }
      angles.append(angle)
      return own
    }
    let source = try ArraySource(list: kept, range: range)
    source.channelGroups = channels.kept
    let dataset = try Dataset(.tensors(source), loader: loader)
    guard channels.hasAngle else { return dataset }
    let annotations = angles.map { Annotation(angle: $0) }
    return try Dataset(.tensors(AnnotatedSource(dataset, annotations)), loader: loader)
      .withAngle(.constant)
  }
}
