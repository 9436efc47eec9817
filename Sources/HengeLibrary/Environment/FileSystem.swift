// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeLanguage

/// Built-ins about files and folders.
func fileSystem(_ session: Session) -> [Builtin] {
  let example = "save(eye(2), \"eye.npy\")"
  return [
    Builtin(
      "path",
      "Returns the absolute path of a relative one; an empty string stays empty. As the default of a param, it makes values from the command line relative to the working directory.",
      Parameter("text", "A path relative to the script that contains the call."),
      examples: [Example("path(\"\")", gives: "\"\"")], seeAlso: ["exists", "files"]
    ) { (call: Call, text: String) in
      text.isEmpty ? "" : session.paths.resolve(text, from: call.folder)
    },
    Builtin(
      "exists", "Returns whether a file or folder exists.",
      Parameter("path", "Path of the file or folder."),
      examples: [Example("\(example)\nexists(\"eye.npy\")\n#=> true")], seeAlso: ["files"]
    ) { (call: Call, path: String) in
      try Failure.refuseZeroByte(in: path)
      return access(session.paths.toRead(path, from: call.folder), F_OK) == 0
    },
    Builtin(
      "files",
      "Returns the names of the files and folders in a folder, sorted by their bytes. Hidden ones are left out.",
      Parameter("folder", "Path of the folder.", default: "."),
      Parameter(
        "ending", "Suffix that the names must have, such as \".png\".", default: "",
        isKeywordOnly: true),
      examples: [Example("\(example)\nfiles(ending=\".npy\")\n#=> [\"eye.npy\"]")],
      seeAlso: ["exists", "images"],
      errors: ["E-file"]
    ) { (call: Call, folder: String, ending: String) in
      try folderEntries(session.paths.folderToRead(folder, from: call.folder)).filter {
        $0.hasSuffix(ending)
      }
    },
  ]
}

/// The names in `folder`, sorted bytewise, without those that begin with a dot; throws `E-file`.
public func folderEntries(_ folder: String) throws -> [String] {
  try Failure.refuseZeroByte(in: folder)
  guard let handle = opendir(folder) else {
    let code = errno
    var status = stat()
    if stat(folder, &status) == 0, code == ENOTDIR {
      throw Failure.file(folder, "is a file, not a folder")
    }
    throw Failure.refusedFile(folder, code: code, kind: "folder")
  }
  defer { closedir(handle) }
  var names: [String] = []
  while let entry = readdir(handle) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
