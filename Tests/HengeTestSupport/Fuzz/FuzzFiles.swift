// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage

/// The folder in which random programs read and write: whole files, broken ones, and what is no
/// file at all.
struct FuzzFiles {
  let path: String
  private let folder = TemporaryFolder()

  /// Makes the folder, some levels deep, so that `..` leads to nothing of importance.
  init() {
    var path = folder.path
    for _ in 0..<4 {
      path += "/w"
      mkdir(path, 0o777)
    }
    self.path = path
    write("t.csv", Array("name,x,y\na,1,2\n\"b, c\",-1e999,\nd,nan,3\n".utf8))
    write("half.csv", Array("a,b\n\"1,2\n3".utf8))
    write(
      "lib.henge", Array("## A library.\ntwice = x => 2 * x\nn = 3\nfn f(x) { return x }\n".utf8))
    write("self.henge", Array("import \"self.henge\" as s\n".utf8))
    write("wrong.henge", Array("1 +\nfail(\"no\"\n".utf8))
    write("empty.png", [])
    for name in ["three_points.dat", "lbp_depth1.xml"] {
      write(name, FuzzFiles.read("\(TestFiles.folder)/HengeVisionTests/Golden/\(name)"))
    }
    mkfifo(path + "/pipe", 0o600)
    symlink("/dev/zero", path + "/zero")
    symlink(path + "/loop", path + "/loop")
    mkdir(path + "/faces", 0o777)
    mkdir(path + "/half", 0o777)
  }

  /// The names in `folder`, sorted.
  static func names(_ folder: String) -> [String] {
    TestFiles.names(in: folder)
  }

  func remove() { folder.remove() }

  /// The programs that write what the others read.
  static let writers = [
    "save(rand(3x8x8), \"a.npy\")", "save((a=eye(2), b=ones(3)), \"b.npz\")",
    "save((a=eye(2), b=u8([1, 2])), \"c.safetensors\")", "save_png(rand(3x8x8), \"d.png\")",
    "for i in 0..3 { save_png(rand(3x8x8), f\"faces/{i}.png\") }",
    "save_png(rand(3x8x8), \"half/a.png\")",
    "save(difference_vector(faces(\"anime\", 4, size=8x8), faces(\"photo\", 4, size=8x8)), \"t.safetensors\")",
    "save(sequential(conv(3, 2), relu()), \"m.safetensors\")",
    "save(encoder_decoder_trainer(faces(\"anime\", 3, size=8x8), faces(\"photo\", 3, size=8x8), batch=2), \"e.safetensors\")",
  ]

  private static let broken = [
    ("a.npy", "half.npy"), ("b.npz", "half.npz"), ("c.safetensors", "half.safetensors"),
    ("d.png", "half.png"), ("t.safetensors", "half-t.safetensors"),
    ("m.safetensors", "half.safetensors"), ("e.safetensors", "half-t.safetensors"),
    ("d.png", "half/b.png"),
  ]

  /// Writes a broken copy of one of the files.
  func breakOne(_ dice: inout FuzzDice) {
    guard let (whole, half) = dice.element(of: FuzzFiles.broken) else { return }
    var bytes = read(whole)
    guard !bytes.isEmpty else { return }
    for _ in 0...dice.roll(3) {
      let at = dice.once(in: 2) ? dice.roll(min(bytes.count, 100)) : dice.roll(bytes.count)
      switch dice.roll(5) {
      case 0: bytes[at] = UInt8(dice.roll(256))
      case 1: bytes[at] ^= 1 << UInt8(dice.roll(8))
      case 2: bytes[at] = dice.once(in: 2) ? 255 : 0x39
      case 3: bytes.insert(UInt8(dice.roll(256)), at: at)
      default: if dice.once(in: 3) && at > 0 { bytes.removeSubrange(at...) }
      }
    }
    write(half, bytes)
  }

  private func read(_ name: String) -> [UInt8] { FuzzFiles.read(path + "/" + name) }
  private func write(_ name: String, _ bytes: [UInt8]) {
    FuzzFiles.write(bytes, path + "/" + name)
  }

  static func read(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes += chunk[..<count]
    }
    return bytes
  }

  static func write(_ bytes: [UInt8], _ path: String) {
    guard let file = fopen(path, "wb") else { return }
    defer { fclose(file) }
    _ = fwrite(bytes, 1, bytes.count, file)
  }
}
