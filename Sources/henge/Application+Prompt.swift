// SPDX-License-Identifier: MIT
internal import CHengeCrash
internal import Glibc
internal import HengeBackend
internal import HengeLanguage
internal import HengeLibrary
internal import HengeSession
internal import HengeShell

extension Application {
  /// Whether somebody types and reads.
  var isAtTerminal: Bool { isatty(0) == 1 && isatty(1) == 1 }

  /// Runs a prompt, after the lost session's entries or after a script; the exit code.
  func prompt(after program: HengeLanguage.Program? = nil) throws -> Int32 {
    let prompt = try EntrySession(
      interpreter, runner.output, interrupt: session.interrupt, try promptSetup())
    if let lost {
      try prompt.recover(lost)
    } else if let program {
      if case .quit(let code) = try prompt.runScript(program) { return code }
    }
    return try Prompt(
      prompt, terminal, interrupt: session.interrupt,
      assistance: Assistance(
        interpreter, workingFolder: session.paths.workingFolder,
        commands: prompt.commands.map(\.name)),
      isShown: isAtTerminal
    ).run()
  }

  private func promptSetup() throws -> EntrySession.Setup {
    let budget = session.budget
    var setup = EntrySession.Setup(
      seed: arguments.seed, workingFolder: session.paths.workingFolder,
      memoryLimit: { budget.limit })
    setup.addPrompt(interpreter, runner.output, interrupt: session.interrupt)
    setup.hash = { [session] in try? session.hash(ofFile: $0) }
    setup.settings = [memorySetting, pictureSetting]
    let state = StateFolder()
    guard let folder = state.path else {
      if let trouble = state.trouble {
        session.note("\(trouble): entries are not kept for --recover")
      }
      return setup
    }
    if lost == nil { try sayWhatIsLost(in: folder) }
    do throws(Journal.Refusal) {
      setup.journal = try Journal(
        folder: folder, seed: arguments.seed, workingFolder: session.paths.workingFolder,
        outputFolder: arguments.outputFolder.map {
          Paths.absolute($0, from: session.paths.workingFolder)
        })
    } catch {
      session.note(
        "\(folder) cannot be written: \(error.reason); entries are not kept for --recover")
    }
    let isKept = setup.journal != nil
    setup.willRun = { number in henge_crash_entry(Int32(clamping: number), isKept ? 1 : 0) }
    return setup
  }

  /// Says in one line that sessions were not ended, if some were not.
  private func sayWhatIsLost(in folder: String) throws {
    let sessions = RecoverableSession.all(in: folder, note: session.note)
    guard let last = sessions.first else { return }
    let more = sessions.count > 1 ? ", and \(sessions.count - 1) before it" : ""
    let entries = last.count == 1 ? "1 entry" : "\(last.count) entries"
    session.note(
      "a session of \(entries) in \(last.workingFolder) was not ended\(more): henge --recover brings it back"
    )
  }

  private var pictureSetting: Setting {
    let (terminal, styles) = (terminal, PictureStyle.choices.joined(separator: ", "))
    return Setting(
      "images", "How pictures are drawn: \(styles).",
      value: { terminal.screen.capabilities.pictures.rawValue }
    ) { text in
      terminal.screen.capabilities.choosePictures(text)
        ? nil : "it is one of \(styles), not \(text)"
    }
  }

  private var memorySetting: Setting {
    let budget = session.budget
    return Setting(
      "memory", "The most bytes to hold, such as 8GB.", value: { formatBytes(budget.limit) }
    ) { text in
      do throws(Arguments.Misuse) {
        budget.limit = try Arguments.bytes(text)
        return nil
      } catch {
        return error.message
      }
    }
  }

  /// The session that `--recover` brings back, with the process in its folder.
  static func lostSession(_ arguments: Arguments) throws(Arguments.Misuse) -> RecoverableSession? {
    guard arguments.isRecovering, arguments.command == .interact else { return nil }
    var damaged: [String] = []
    guard let folder = StateFolder().path,
      let lost = RecoverableSession.all(in: folder, note: { damaged.append($0) }).first
    else {
      throw Arguments.Misuse(
        "--recover: \(damaged.last ?? "there is no session that was not ended")")
    }
    guard chdir(lost.workingFolder) == 0 else {
      let reason = String(cString: strerror(errno))
      throw Arguments.Misuse("--recover: \(lost.workingFolder) cannot be entered: \(reason)")
    }
    return lost
  }
}
