// SPDX-License-Identifier: MIT

// What lives here: files that are not pictures, to plain arrays and columns and back.
//
// `Arrays/` holds the formats of numbers: `.npy`, `.npz` and safetensors, each read into
// `ArrayData` (henge's element types, little-endian, C order) and written from it. `PyTorch/` reads
// pickles as data, and `HDF5/` what Keras writes, by a process of its own, because libhdf5 crashes
// on damaged files. `Text/` holds CSV and JSON. `Storage/` holds what all of them stand on: the
// atomic write, the zip container, the SHA-256 of bytes and the guess at a file's kind from its
// first bytes.
//
// A file is never trusted. Every count in a header is compared with the bytes that are there before
// anything is allocated, every allocation asks the memory budget, and no code from a file is run.
