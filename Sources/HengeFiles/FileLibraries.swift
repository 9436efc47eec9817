// SPDX-License-Identifier: MIT
internal import CHengeCrypto
internal import CHengeZip

/// The libraries that files are read and hashed with, and their versions.
public var fileLibraries: [String] {
  [
    henge_zip_fault() == nil
      ? "libzip \(text(of: libzip.libzip_version()))" : "libzip: not installed",
    henge_crypto_fault() == nil
      ? String(cString: henge_crypto_version()) : "libcrypto: not installed",
  ]
}
