// SPDX-License-Identifier: MIT
public import HengeSession

extension Runner {
  /// Shows the answer to a question, and returns how that ends a program.
  public func answer(_ request: HelpRequest, from help: Help) -> Ending {
    ending { try output.write(help.answer(request, width: output.width) + "\n") }
  }
}
