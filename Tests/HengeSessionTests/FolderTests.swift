// SPDX-License-Identifier: MIT
import Glibc
import HengeLanguage
import HengeLibrary
import HengeTestSupport
import Testing

@testable import HengeSession

/// `:cd`: where paths lead afterwards, in scripts that `:save` writes and in recovered sessions.
@Suite struct FolderTests {
  /// A session in `folder` whose folder changes for its own files alone: the tests of a process share
  /// its working directory.
  private func session(in folder: TemporaryFolder, journal: Journal? = nil) throws -> TypedSession {
    for name in ["sub", "sub/deep", "with space"] { mkdir("\(folder.path)/\(name)", 0o755) }
    return try TypedSession(in: folder, journal: journal) { runner, setup in
      // Without --out, what is written follows.
      runner.session.paths = Paths(workingFolder: folder.path)
      setup.changeFolder = { [session = runner.session] path in
        guard access(path, F_OK) == 0 else {
          throw Diagnostic("E-file", "cannot change to \(path): No such file or directory")
        }
        session.paths.move(to: path)
      }
    }
  }

  private func journal(in folder: TemporaryFolder) throws -> Journal {
    try Journal(
      folder: "\(folder.path)/journal", seed: nil, workingFolder: folder.path, outputFolder: nil)
  }

  @Test func `cd names folders as a shell does`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let typed = try session(in: folder)
    let here = folder.path
    let steps = [
      (":cd sub", "\(here)/sub"), (":cd deep", "\(here)/sub/deep"), (":cd ..", "\(here)/sub"),
      (":cd -", "\(here)/sub/deep"), (":cd ../../with\\ space", "\(here)/with space"),
      (":cd \"../sub\"", "\(here)/sub"), (":cd .", "\(here)/sub"), (":cd \(here)", here),
    ]
    for (command, place) in steps {
      #expect(try typed.type(command) == place, "\(command)")
      #expect(try typed.type(":pwd") == place)
    }
    let error = try typed.type(":cd nowhere")
    #expect(error.hasPrefix("E-file: cannot change to \(here)/nowhere: No such file"))
    #expect(try typed.type(":pwd") == here)
  }

  @Test func `without a folder to change it is refused`() throws {
    #expect(try TypedSession().type(":cd ..").hasPrefix("E-arg: the folder of this session"))
    let folder = TemporaryFolder()
    defer { folder.remove() }
    #expect(
      try session(in: folder).type(":cd -").hasPrefix("E-arg: there is no folder to go back to"))
  }

  @Test func `entries read and write in the new folder`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let typed = try session(in: folder)
    try typed.type("save([1, 2] |> tensor, \"x.npy\")")
    try typed.type(":cd sub")
    #expect(try typed.type("load(\"x.npy\")").hasPrefix("E-file"))
    try typed.type("save(tensor([5]), \"x.npy\")")
    #expect(access("\(folder.path)/sub/x.npy", F_OK) == 0)
    #expect(try typed.type("sum(load(\"x.npy\"))") == "5.0")
    #expect(try typed.type("sum(load(\"../x.npy\"))") == "3.0")
  }

  @Test func `a saved session finds the files of all folders`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let typed = try session(in: folder)
    TypedSession.write("a,b\n1,2\n", to: "\(folder.path)/sub/t.csv")
    try typed.type(":cd sub")
    try typed.type("t = table(\"t.csv\")")
    try typed.type("save(tensor([7]), \"y.npy\"); y = load(\"y.npy\")")
    try typed.type(":cd ..")
    try typed.type("save(tensor([8]), \"y.npy\"); z = load(\"y.npy\")")
    #expect(try typed.type(":save s.henge").hasPrefix("3 entries saved"))
    let script = String(decoding: try readAll("\(folder.path)/s.henge"), as: UTF8.self)
    #expect(script.contains("table(\"sub/t.csv\")"))
    #expect(script.contains("save(tensor([7]), \"sub/y.npy\"); y = load(\"sub/y.npy\")"))
    #expect(script.contains("save(tensor([8]), \"y.npy\"); z = load(\"y.npy\")"))
    for name in ["y.npy", "sub/y.npy"] { unlink("\(folder.path)/\(name)") }
    let again = try session(in: folder)
    try again.type(":load s.henge")
    #expect(try again.type("[t[0].b, y.item(), z.item()]") == "[2, 7.0, 8.0]")
    #expect(access("\(folder.path)/sub/y.npy", F_OK) == 0)
  }

  @Test func `a recovery runs each entry in its folder`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    TypedSession.write("a,b\n1,2\n", to: "\(folder.path)/t.csv")
    do {
      let typed = try session(in: folder, journal: journal(in: folder))
      TypedSession.write("a,b\n3,4\n", to: "\(folder.path)/sub/t.csv")
      try typed.type("t = table(\"t.csv\")")
      try typed.type(":cd sub")
      try typed.type("u = table(\"t.csv\"); save(tensor([7]), \"y.npy\")")
      try typed.type(":cd deep")
    }
    let lost = try #require(RecoverableSession.all(in: "\(folder.path)/journal").first)
    let again = try session(in: folder, journal: journal(in: folder))
    try again.session.recover(lost)
    #expect(try again.type("[t[0].a, u[0].a]") == "[1, 3]")
    #expect(try again.type(":pwd") == "\(folder.path)/sub/deep")
    #expect(try again.type("load(\"../y.npy\").item()") == "7.0")
  }

  @Test func `a recovery without a folder says what it cannot do and keeps the journal`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    do {
      let typed = try session(in: folder, journal: journal(in: folder))
      try typed.type("a = 1")
      try typed.type(":cd sub/deep")
      try typed.type("b = 2")
    }
    rmdir("\(folder.path)/sub/deep")
    let lost = try #require(RecoverableSession.all(in: "\(folder.path)/journal").first)
    let again = try TypedSession(in: folder) { _, setup in
      setup.changeFolder = { throw Diagnostic("E-file", "cannot change to \($0)") }
    }
    try again.session.recover(lost)
    #expect(
      again.runner.takeOutput().contains(
        "cannot change to \(folder.path)/sub/deep, so [2] and the following entries are not recovered"
      ))
    #expect(again.value("a") == "1")
    #expect(again.value("b") == "nothing")
  }
}

extension TypedSession {
  fileprivate static func write(_ text: String, to path: String) {
    guard let file = fopen(path, "w") else { return }
    fputs(text, file)
    fclose(file)
  }
}
