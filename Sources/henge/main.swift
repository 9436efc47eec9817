// SPDX-License-Identifier: MIT
internal import Glibc

// A closed stream's number would go to the next file opened, and what is printed into that file.
for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
  _ = open("/dev/null", O_RDONLY)
}

do {
  let arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
  exit(try Application(arguments, interrupt: handleSignals()).run())
} catch {
  let line = Array("henge: \(error.message)\n".utf8)
  _ = write(2, line, line.count)
  exit(2)
}
