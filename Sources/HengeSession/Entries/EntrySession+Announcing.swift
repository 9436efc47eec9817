// SPDX-License-Identifier: MIT
internal import HengeLanguage

extension EntrySession {
  /// Says in a line which files were written.
  func sayWhatWasWritten() throws {
    let files = machine.host.takeWritten()
    guard let last = files.last else { return }
    guard files.count > 3 else {
      for file in files {
        try output.announce(
          "\(file.replaced ? "replaced" : "wrote") \(file.path), \(sizeText(file.bytes))")
      }
      return
    }
    let replaced = files.count { $0.replaced }
    let bytes = files.reduce(0) { $0 + $1.bytes }
    let others = replaced > 0 ? ", \(replaced) of them replaced" : ""
    try output.announce(
      "wrote \(files.count) files, the last \(last.path), \(sizeText(bytes))\(others)")
  }

  /// Describes in one line the handles and datasets that were newly assigned to names.
  func announce(_ places: [Place], since start: Checkpoint) throws {
    for place in places where place.steps.isEmpty {
      guard case .object(let object) = interpreter[place.name.text],
        object is any Handle || object is any Announced,
        let displayed = object as? any Displayed
      else { continue }
      let isKnown = interpreter.named(start.globals).contains { _, value in
        if case .object(let known) = value { known === object } else { false }
      }
      if !isKnown { try output.announce("\(place.name.text): \(displayed.text)") }
    }
  }
}
