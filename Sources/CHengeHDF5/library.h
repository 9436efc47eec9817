// SPDX-License-Identifier: MIT
#ifndef HENGE_HDF5_LIBRARY_H
#define HENGE_HDF5_LIBRARY_H

#if __has_include(<hdf5/serial/hdf5.h>)
#include <hdf5/serial/hdf5.h>
#else
#include <hdf5.h>
#endif

// The functions of libhdf5 that are used; the library is opened when it is needed and not before.
#define HENGE_HDF5_FUNCTIONS(X)                                                             \
  X(H5open) X(H5get_libversion) X(H5Eset_auto2) X(H5PLset_loading_state) X(H5Fopen)         \
  X(H5Pcreate) X(H5Pset_fapl_core) X(H5Pset_file_image)                                     \
  X(H5Gget_info) X(H5Lget_name_by_idx) X(H5Oopen) X(H5Oclose) X(H5Iget_type) X(H5Aiterate2) \
  X(H5Aopen) X(H5Aclose) X(H5Aget_type) X(H5Aget_space) X(H5Aread) X(H5Dget_type)           \
  X(H5Dget_space) X(H5Dread) X(H5Sclose) X(H5Sget_simple_extent_type)                       \
  X(H5Sget_simple_extent_ndims) X(H5Sget_simple_extent_dims) X(H5Tclose) X(H5Tget_class)    \
  X(H5Tget_size) X(H5Tget_sign) X(H5Tget_super) X(H5Tget_nmembers) X(H5Tget_native_type)    \
  X(H5Tis_variable_str) X(H5Dget_create_plist) X(H5Pget_layout) X(H5Pget_external_count)    \
  X(H5Pclose)

typedef struct {
#define HENGE_DECLARE(name) __typeof__(&(name)) name;
  HENGE_HDF5_FUNCTIONS(HENGE_DECLARE)
#undef HENGE_DECLARE
  // The types numbers are read as.
  hid_t f32, f64, i64, u8, u64;
  // The class of lists that say how a file is opened.
  hid_t file_access;
} henge_hdf5_library;

// Opens libhdf5; returns NULL, or why it cannot be used.
const char *henge_hdf5_open(henge_hdf5_library *library);

#endif
