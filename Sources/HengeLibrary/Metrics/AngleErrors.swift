// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeThreads

/// Built-ins that compare the angles of two datasets' items.
func angleMeasures(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "angle_error",
      """
      Returns the mean absolute difference in degrees, 0..90, between the tilts of the faces of two \
      datasets, item by item: of translated images and of the originals, or of found and of known \
      landmarks. The tilt is that of a line, so that -89 and 89 differ by 2. Items without an angle \
      in either dataset are left out, and a note counts them.
      """,
      Parameter("A", "A dataset whose items have an angle, such as faces or landmarks return."),
      Parameter("B", "A dataset of the same length."),
      examples: [
        Example(
          """
          A = faces("photo", 3)
          turned = A.map(x => rotate(x, 10))
          round(angle_error(turned, A), 3)
          #=> 10.0
          """)
      ], seeAlso: ["tilt", "landmarks", "landmark_regressor", "swd"], errors: ["E-data", "E-shape"]
    ) { (call: Call, A: Dataset, B: Dataset) in
      guard A.count == B.count else {
        throw Failure(
          "E-shape",
          "the datasets have \(A.count) and \(B.count) items, which are compared in pairs",
          parameter: "B")
      }
      var (sum, count) = (0.0, 0)
      for index in 0..<A.count {
        if index % 64 == 0 { try session.interrupt.check() }
        guard let first = try A.record(of: index).angle, let second = try B.record(of: index).angle
        else { continue }
        sum += abs((first - second).remainder(dividingBy: 180))
        count += 1
      }
      guard count > 0 else {
        throw Failure(
          "E-data", "no item has an angle in both datasets",
          suggestion: "angle_error(landmarks(A, from=…), B)", parameter: "A")
      }
      if count < A.count {
        call.note("\(A.count - count) of \(counted(A.count, "item")) left out: they have no angle")
      }
      return sum / Double(count)
    }
  ]
}
