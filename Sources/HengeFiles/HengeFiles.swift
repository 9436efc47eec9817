// SPDX-License-Identifier: MIT

// Files other than images: reading them to plain arrays and columns, and writing them.
//
// `Arrays/` contains the formats of numbers: `.npy`, `.npz` and safetensors, each read into
// `ArrayData` (henge's element types, little-endian, C order) and written from it. `PyTorch/` reads
// pickles as data, and `HDF5/` reads Keras' files in a separate process, because libhdf5 crashes on
// damaged files. `Text/` contains CSV and JSON. `Storage/` contains what all of them use: the
// atomic write, the zip container, SHA-256, and the detection of a file's kind from its first
// bytes.
//
// Files are never trusted. Every count in a header is compared with the available bytes before
// anything is allocated, every allocation is reserved in the memory budget, and no code from a file
// is run.
