// SPDX-License-Identifier: MIT
internal import CCrypto
internal import CLibZip

/// The libraries that files are read and hashed with, and their versions.
public let fileLibraries = [
  "libzip \(String(cString: zip_libzip_version()))",
  String(cString: OpenSSL_version(OPENSSL_VERSION)),
]
