// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// Numbers with a name.
func numbersWithNames() -> [Builtin] {
  [
    Builtin(
      constant: "pi", "The ratio of a circle's circumference to its diameter.", Double.pi,
      examples: [Example("pi", gives: "3.141592653589793")]),
    Builtin(
      constant: "inf", "Infinity, which is larger than every other number.", Double.infinity,
      examples: [Example("1e308 < inf", gives: "true")], seeAlso: ["nan"]),
    Builtin(
      constant: "nan", "Not a number, which equals nothing, not even itself.", Double.nan,
      examples: [Example("nan == nan", gives: "false")], seeAlso: ["inf"]),
  ]
}
