// SPDX-License-Identifier: MIT
public import HengeLanguage

extension Library {
  /// All built-ins over `session`, by the groups of the vocabulary.
  public convenience init(_ session: Session) {
    self.init(
      [
        Topic(
          "general",
          Library.general.builtins + randomness(session) + fileSystem(session) + system(session)
            + processes(session) + spreading(session)
            + names(session)),
        Topic(
          "tensors",
          creation(session) + elementwise(session) + reductions() + shaping(session) + picking()
            + orderStatistics() + covariances(session) + sampleStatistics(session)
            + principalComponents(session) + products()
            + tensorProperties()
            + tensorOperators() + numbersWithNames() + measures()),
        Topic(
          "pictures",
          pictures(session) + tiles(session) + montages(session) + animating(session)
            + plots(session)),
        Topic("datasets", datasets(session)),
        Topic("landmarks", landmarks(session)),
        Topic(
          "metrics",
          pairMeasures() + setMeasures(session) + featureMeasures(session)
            + angleMeasures(session)),
        Topic("networks", layers(session) + architectures(session)),
        Topic(
          "models",
          usingModels(session) + lookingIntoModels(session) + attention(session)
            + gradientMaps(session) + walking(session) + comparingPictures(session)),
        Topic("learning", learning(session)),
        Topic(
          "trainers",
          trainers(session) + resuming(session) + networkTrainers(session)
            + adversarialMethods(session) + substeps() + explaining(session)
            + runningTrainers(session)),
        Topic(
          "saving",
          saving(session) + savingDatasets(session) + loading(session) + keepingModels(session)
            + publishedCheckpoints(session) + boards(session)),
      ])
  }
}
