// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeLanguage
internal import HengeThreads

/// Set by Ctrl-C; a signal handler can reach nothing but a global.
let interrupt = Interrupt()
signal(SIGINT) { _ in interrupt.request() }
signal(SIGPIPE, SIG_IGN)

/// Says what is wrong on standard error and ends with `code`.
func end(_ message: String, code: Int32) -> Never {
  let line = Array((message + "\n").utf8)
  _ = write(2, line, line.count)
  exit(code)
}

do {
  let arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
  exit(try Application(arguments, interrupt: interrupt).run())
} catch let misuse as Arguments.Misuse {
  end("henge: \(misuse.message)", code: 2)
} catch let diagnostic as Diagnostic {
  end(Renderer().render(diagnostic), code: diagnostic.code == "E-param" ? 2 : 1)
} catch let failure as Failure {
  end("\(failure.code): \(failure.message)", code: 1)
} catch {
  // The only error left is that nobody reads the output.
  exit(141)
}
