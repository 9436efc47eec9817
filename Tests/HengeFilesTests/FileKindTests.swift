// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import Testing

@Suite struct FileKindTests {
  @Test func kindsAreToldByTheFirstBytes() throws {
    func kind(_ bytes: [UInt8]) -> FileKind { FileKind.detect(bytes) }
    func picture(_ bytes: [UInt8]) -> PictureFormat? {
      #expect(kind(bytes) == .picture)
      return PictureFormat(of: bytes)
    }
    #expect(picture([0x89] + Array("PNG\r\n".utf8) + [0x1A, 0x0A, 0]) == .png)
    #expect(picture([0xFF, 0xD8, 0xFF, 0xE0]) == .jpeg)
    #expect(picture(Array("GIF89a".utf8)) == .gif)
    #expect(picture(Array("P5\n2 2\n255\n".utf8)) == .pnm)
    #expect(kind(Array("P5,P6\n1,2\n".utf8)) == .text)
    #expect(kind(Array("BMI,weight\n23,70\n24,80\n".utf8)) == .text)
    #expect(kind(try goldenBytes("c_f4.npy")) == .npy)
    #expect(kind(try goldenBytes("stored.npz")) == .zip)
    #expect(kind(try goldenBytes("none.npz")) == .zip)
    #expect(kind(try goldenBytes("weights.safetensors")) == .safetensors)
    #expect(kind(try goldenBytes("nothing.safetensors")) == .safetensors)
    #expect(kind([0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A]) == .hdf5)
    #expect(kind([0x80, 2, 0x8A, 10, 0x6C, 0xFC]) == .pickle)
    // As henge, PyTorch and a writer without a producer begin their ONNX files.
    #expect(kind([8, 8, 0x12, 5] + Array("henge".utf8)) == .onnx)
    #expect(kind([8, 7, 0x12, 7] + Array("pytorch".utf8)) == .onnx)
    #expect(kind([8, 10, 0x3A, 0x80, 1]) == .onnx)
    #expect(kind([8, 8, 0x08, 8]) == .unknown)
    #expect(kind([8, 0, 0x12, 5]) == .unknown)
    #expect(kind(Array("a,b\n1,2\n".utf8)) == .text)
    #expect(kind(Array(String(repeating: "é", count: 4000).utf8)) == .text)
    #expect(kind(Array(("a" + String(repeating: "é", count: 4000)).utf8)) == .text)
    #expect(kind([]) == .unknown)
    #expect(kind([0xFF, 0xFE, 0x61, 0]) == .unknown)
    #expect(kind([0x61, 0xC3]) == .unknown)
  }

  @Test func hashesAreThePublishedOnes() throws {
    // FIPS 180-4's own examples, and the empty message.
    #expect(
      try SHA256.hex(of: "abc".utf8)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      try SHA256.hex(of: [])
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    let hash = try SHA256()
    for byte in long.utf8 { try hash.update([byte]) }
    #expect(
      try hash.hexDigest() == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(try hash.digest().count == 32)
    try hash.update(Array("x".utf8)[...])
    #expect(try hash.hexDigest() == SHA256.hex(of: "\(long)x".utf8))
  }
}
