// SPDX-License-Identifier: MIT
internal import HengeLanguage
internal import HengeVision

/// A cascade as a value of the language.
final class CascadeObject: Object, ObjectConvertible, Displayed {
  let cascade: Cascade

  init(_ cascade: Cascade) { self.cascade = cascade }

  override class var kind: String { "cascade" }
  override var brief: String { text }

  var text: String {
    "cascade of \(cascade.stageCount) stages and \(cascade.treeCount) trees, \(cascade.feature.rawValue) features, faces of \(cascade.windowHeight)x\(cascade.windowWidth) pixels or more"
  }
}

/// A shape predictor as a value of the language.
final class PredictorObject: Object, ObjectConvertible, Displayed {
  let predictor: ShapePredictor

  init(_ predictor: ShapePredictor) { self.predictor = predictor }

  override class var kind: String { "predictor" }
  override var brief: String { text }

  var text: String {
    "predictor of \(predictor.pointCount) points: \(predictor.treeCount) trees in \(predictor.stepCount) steps"
  }
}
