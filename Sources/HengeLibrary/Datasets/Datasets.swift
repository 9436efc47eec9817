// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// Built-ins of the vocabulary group "datasets".
func datasets(_ session: Session) -> [Builtin] {
  datasetMaking(session) + arrayDatasets(session) + datasetDeriving(session) + mapping()
    + channels() + augmenting() + datasetMeasuring(session) + tables(session)
    + tableStatistics(session)
}
