// SPDX-License-Identifier: MIT
import CHengeCairo
import HengeBackend

/// The functions of cairo; every ``Canvas`` opens the library before it calls one.
var cairo: henge_cairo_functions { henge_cairo().pointee }

/// Opens cairo once; throws `E-system` where it is missing.
func openCairo() throws {
  guard let fault = henge_cairo_fault() else { return }
  throw Failure("E-system", String(cString: fault))
}

/// What a library says, a constant text.
func text(of words: UnsafePointer<CChar>?) -> String { words.map { String(cString: $0) } ?? "" }
