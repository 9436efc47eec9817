// SPDX-License-Identifier: MIT
import CHengeCrypto
import CHengeZip
import HengeBackend

/// The functions of libzip; readers and writers of archives open the library before they call one.
var libzip: henge_zip_functions { henge_zip().pointee }

/// The functions of libcrypto; ``SHA256`` opens the library before it calls one.
var crypto: henge_crypto_functions { henge_crypto().pointee }

/// Opens libzip once; throws `E-system` where it is missing.
func openZip() throws { try check(henge_zip_fault()) }

/// Opens libcrypto once; throws `E-system` where it is missing.
func openCrypto() throws { try check(henge_crypto_fault()) }

private func check(_ fault: UnsafePointer<CChar>?) throws {
  if let fault { throw Failure("E-system", String(cString: fault)) }
}

/// What a library says, a constant text.
func text(of words: UnsafePointer<CChar>?) -> String { words.map { String(cString: $0) } ?? "" }
