// SPDX-License-Identifier: MIT
internal import CHengeCrash
internal import Glibc
internal import HengeFiles
internal import HengeShell
internal import HengeThreads

// A closed stream's number would go to the next file opened, and what is printed into that file.
for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
  _ = open("/dev/null", O_RDONLY)
}

let words = Array(CommandLine.arguments.dropFirst())
// Swift would repair invalid UTF-8, and the argument would then name another file.
for index in 1..<max(1, Int(CommandLine.argc)) {
  guard let word = CommandLine.unsafeArgv[index], String(validatingCString: word) == nil else {
    continue
  }
  let line = Array(
    TerminalGate.safe("henge: argument \(index), \(words[index - 1]), is not UTF-8\n").utf8)
  _ = write(2, line, line.count)
  exit(2)
}
if let code = HDF5Reader.serve(words) { exit(code) }

henge_crash_install()

do {
  let arguments = try Arguments(words)
  let application = try Application(arguments, interrupt: handleSignals())
  exit(
    Stack.withRoom {
      henge_crash_install()
      return application.run()
    })
} catch {
  let line = Array(TerminalGate.safe("henge: \(error.message)\n").utf8)
  _ = write(2, line, line.count)
  exit(2)
}
