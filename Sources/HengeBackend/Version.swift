// SPDX-License-Identifier: MIT

/// The version of henge, for its users and for the files that it writes.
public let hengeVersion = "0.1.0"
