// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeSession

/// How far a lesson has come: what was run for each cell, and how its questions were answered.
///
/// It is kept in a file of the state folder, so that a lesson that was left goes on where it was.
struct LessonProgress: Equatable {
  /// What became of a cell.
  enum Outcome: Equatable {
    /// It ran, as this entry.
    case ran(String)
    case skipped
  }

  /// How a question was answered.
  enum Answer: String {
    /// Right at the first try.
    case first
    /// Right later.
    case later
    /// Not right, or not at all.
    case open
  }

  /// A cell that is done, with the entries that were typed before it.
  struct Step: Equatable {
    var typed: [String] = []
    var outcome: Outcome
    var answer: Answer?
  }

  /// The hash of the document.
  let document: String
  /// The cells of code that are done, from the top.
  var steps: [Step] = []
  /// The entries that were typed since.
  var typed: [String] = []

  // MARK: The file

  private static let heading = "henge lesson 1"

  /// The text of the file.
  var text: String {
    var lines = [LessonProgress.heading, document]
    for step in steps {
      lines += step.typed.map { "typed \(LessonProgress.escaped($0))" }
      if let answer = step.answer { lines.append("answer \(answer.rawValue)") }
      switch step.outcome {
      case .ran(let entry): lines.append("ran \(LessonProgress.escaped(entry))")
      case .skipped: lines.append("skipped")
      }
    }
    lines += typed.map { "typed \(LessonProgress.escaped($0))" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// No progress in a document.
  init(document: String) { self.document = document }

  /// The progress in `text`; nil if it is damaged or of another document.
  init?(_ text: String, document: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count > 2, lines[0] == LessonProgress.heading, lines[1] == document,
      lines.last?.isEmpty ?? false
    else { return nil }
    self.document = document
    var answer: Answer?
    for line in lines[2..<lines.count - 1] {
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      let rest = parts.count > 1 ? LessonProgress.unescaped(String(parts[1])) : ""
      switch parts[0] {
      case "typed": typed.append(rest)
      case "answer": answer = Answer(rawValue: rest)
      case "ran", "skipped":
        let outcome: Outcome = parts[0] == "ran" ? .ran(rest) : .skipped
        steps.append(Step(typed: typed, outcome: outcome, answer: answer))
        (typed, answer) = ([], nil)
      default: return nil
      }
    }
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func unescaped(_ text: String) -> String {
    var result = ""
    var isEscape = false
    for scalar in text.unicodeScalars {
      if isEscape {
        result += scalar == "n" ? "\n" : String(scalar)
        isEscape = false
      } else if scalar == "\\" {
        isEscape = true
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// The file that keeps the progress of one document.
public struct LessonFile {
  private let path: String

  /// The file in `folder` for the document with the absolute path `document`.
  public init(folder: String, document: String) {
    // FNV-1a: a name for the path, no protection.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in document.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    path = "\(folder)/lesson-\(String(hash, radix: 16))"
  }

  func read(document: String) -> LessonProgress? {
    guard let bytes = try? readAll(path) else { return nil }
    return LessonProgress(String(decoding: bytes, as: UTF8.self), document: document)
  }

  /// Replaces the file; whether that succeeded.
  func write(_ progress: LessonProgress) -> Bool {
    let folder = path.split(separator: "/").dropLast()
    var made = ""
    for part in folder {
      made += "/\(part)"
      mkdir(made, 0o700)
    }
    let temporary = "\(path).\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    let isWritten = writeAll(Array(progress.text.utf8), to: descriptor)
    let isClosed = close(descriptor) == 0
    if isWritten, isClosed, rename(temporary, path) == 0 { return true }
    unlink(temporary)
    return false
  }

  func remove() { unlink(path) }
}
