// SPDX-License-Identifier: MIT

// What lives here: detectors and landmark predictors of other programs, read from their files and
// run on images of bytes with the same results.
