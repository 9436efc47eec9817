// SPDX-License-Identifier: MIT
internal import CHengeCrash
internal import Glibc
internal import HengeFiles

// A closed stream's number would go to the next file opened, and what is printed into that file.
for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
  _ = open("/dev/null", O_RDONLY)
}

let words = Array(CommandLine.arguments.dropFirst())
if let code = HDF5Reader.serve(words) { exit(code) }

henge_crash_install()

do {
  let arguments = try Arguments(words)
  exit(try Application(arguments, interrupt: handleSignals()).run())
} catch {
  let line = Array("henge: \(error.message)\n".utf8)
  _ = write(2, line, line.count)
  exit(2)
}
