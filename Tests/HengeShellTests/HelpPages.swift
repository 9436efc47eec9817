// SPDX-License-Identifier: MIT

/// What some questions are answered with, whole.
enum HelpPages {
  static let golden: [(entry: String, page: String)] = []
}
