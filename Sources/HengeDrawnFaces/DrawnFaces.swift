// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeImage

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The style of a drawn face.
public enum FaceStyle: String, Sendable, CaseIterable {
  /// Large eyes, coloured hair, outlines and flat shading.
  case anime
  /// Natural proportions, soft light, a blurred background and a camera's noise.
  case photo
}

/// A face with what is known about it.
public struct DrawnFace: Sendable, Equatable {
  /// The image, RGB.
  public let pixels: Pixels
  /// The landmarks, in the order of ``DrawnFaces/markNames``; left means left in the image.
  public let marks: [Landmark]
  /// The angle of the line from the left eye to the right, degrees, clockwise positive.
  public let angle: Double
}

/// Faces drawn by henge itself, as datasets for machines that have none.
///
/// A face is a pure function of style, seed and index: its traits (pose, colors, hair, expression…)
/// are drawn from the stream `faces.<style>` at the index. So face 7 is the same in a dataset of
/// ten and of a million, at every size. It uses no other random numbers.
public enum DrawnFaces {
  /// The landmarks every face has, in order.
  public static let markNames = Landmark.fivePoints

  /// Draws face `index` of `style` under `seed`, `height` x `width` pixels.
  ///
  /// Throws `E-range` for a negative index or an impossible size and `E-memory` beyond `budget`.
  public static func draw(
    _ style: FaceStyle, index: Int, seed: UInt64, height: Int = 64, width: Int = 64,
    budget: MemoryBudget
  ) throws -> DrawnFace {
    guard (0..<largestCount).contains(index) else {
      throw Failure.drawnFaceIndex(index, largest: largestCount - 1)
    }
    let stream = RandomStream(
      seed: seed, name: "faces.\(style.rawValue)", position: UInt64(index) * drawsPerFace)
    switch style {
    case .anime:
      return try draw(
        AnimeFace(AnimeTraits(stream), height: height, width: width), height, width, budget)
    case .photo:
      return try draw(
        PhotoFace(PhotoTraits(stream), height: height, width: width), height, width, budget)
    }
  }

  /// The number of draws of the stream reserved for one face; far more than any face needs.
  private static let drawsPerFace: UInt64 = 1 << 24
  /// So that the last face's draws are still below 2^64.
  private static let largestCount = 1 << 39

  static func draw(
    _ face: some FacePainter, _ height: Int, _ width: Int, _ budget: MemoryBudget
  ) throws -> DrawnFace {
    let canvas = try Canvas(width: width, height: height, budget: budget)
    face.paint(on: canvas)
    let pixels = try face.develop(canvas)
    let places = face.places.map(face.frame.head.apply)
    let marks = zip(markNames, places).map { Landmark($0, x: $1.x, y: $1.y) }
    let line = places[1] - places[0]
    return DrawnFace(pixels: pixels, marks: marks, angle: atan2(line.y, line.x) * 180 / .pi)
  }
}

/// A face in one of the styles, which share the order of painting and the landmarks.
protocol FacePainter {
  var frame: FaceFrame { get }
  /// The centre of the eye on `side`, -1 or 1, in head units, like ``noseTip`` and ``mouthCorner(_:)``.
  func eyeCentre(_ side: Double) -> Point
  var noseTip: Point { get }
  func mouthCorner(_ side: Double) -> Point

  func paintBackdrop(on canvas: Canvas)
  func paintBackHair(on canvas: Canvas)
  func paintBody(on canvas: Canvas)
  /// All of the head but the hair at its back.
  func paintHead(on canvas: Canvas)
  /// What covers the whole image.
  func paintCast(on canvas: Canvas)
  /// The painted canvas as a finished image.
  func develop(_ canvas: Canvas) throws -> Pixels
}

extension FacePainter {
  /// The landmarks in head units, as ``DrawnFaces/markNames`` orders them.
  var places: [Point] { [eyeCentre(-1), eyeCentre(1), noseTip, mouthCorner(-1), mouthCorner(1)] }

  /// Nothing.
  func paintCast(on canvas: Canvas) {}

  /// Paints the face from back to front.
  func paint(on canvas: Canvas) {
    // Both styles have soft or thick edges, for which coarse ones suffice.
    canvas.coarsely {
      paintBackdrop(on: canvas)
      canvas.saving {
        canvas.transform(frame.head)
        paintBackHair(on: canvas)
      }
      canvas.saving {
        canvas.transform(frame.body)
        paintBody(on: canvas)
      }
      canvas.saving {
        canvas.transform(frame.head)
        paintHead(on: canvas)
      }
      paintCast(on: canvas)
    }
  }
}
