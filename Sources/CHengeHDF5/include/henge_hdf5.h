// SPDX-License-Identifier: MIT
#ifndef HENGE_HDF5_H
#define HENGE_HDF5_H

#include <stdint.h>

// Reading an HDF5 file in a separate process, because libhdf5 crashes on damaged files.
//
// The numbers and texts of the file go to `output` as frames, each a letter and its contents,
// all little-endian:
//   'T' path name count (length text)*      the texts of an attribute of the group or array `path`
//   'D' path type rank size*rank length bytes   an array; `type` is a letter of henge_hdf5_type
//   'E' text                                why the file cannot be read; nothing follows
//   'Z'                                     the end of a file read whole
// path, name and text are a length of 4 bytes and as many bytes; count, rank and type take 4, 1 and
// 1 bytes; sizes and the length of an array 8 bytes.

// How an array is kept in the file; its bytes come in the type after the arrow.
enum {
  HENGE_HDF5_F16 = 'e',   // -> f32
  HENGE_HDF5_F32 = 'f',   // -> f32
  HENGE_HDF5_F64 = 'd',   // -> f64
  HENGE_HDF5_U8 = 'B',    // -> u8
  HENGE_HDF5_BOOL = '?',  // -> one byte each
  HENGE_HDF5_I8 = 'b',    // -> i64, as the rest
  HENGE_HDF5_I16 = 'h',
  HENGE_HDF5_I32 = 'i',
  HENGE_HDF5_I64 = 'q',
  HENGE_HDF5_U16 = 'H',
  HENGE_HDF5_U32 = 'I',
  HENGE_HDF5_U64 = 'Q',  // -> u64, which the reader checks
};

// A descriptor of a new file in memory, which no child inherits, or -1 with errno set.
int henge_hdf5_memory_file(void);

// Confines this process before it reads the file: at most `memory` bytes in addition to its own,
// `seconds` of processor time, no core dump, no file, and termination with its parent.
void henge_hdf5_confine(uint64_t memory, uint64_t seconds);

// Reads the HDF5 file that descriptor `input` is open on, up to `limit` bytes of numbers, and
// writes the frames to `output`. Returns 0, or 1 when `output` is gone.
int henge_hdf5_read(int input, int output, uint64_t limit);

#endif
