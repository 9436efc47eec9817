// SPDX-License-Identifier: MIT
#include "library.h"

#include <dlfcn.h>
#include <stdio.h>

// Debian's names for the library without MPI, and the plain one.
static const char *const names[] = {
    "libhdf5_serial.so", "libhdf5_serial.so.103", "libhdf5_serial.so.310", "libhdf5.so",
};

const char *henge_hdf5_open(henge_hdf5_library *library) {
  static char reason[160];
  void *handle = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names && handle == NULL; i++)
    handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) return "libhdf5 is not installed: apt-get install libhdf5-dev";
#define HENGE_FIND(name)                                                       \
  if ((library->name = (__typeof__(library->name))dlsym(handle, #name)) == NULL) \
    return "libhdf5 has no function " #name;
  HENGE_HDF5_FUNCTIONS(HENGE_FIND)
#undef HENGE_FIND
  unsigned major = 0, minor = 0, release = 0;
  library->H5get_libversion(&major, &minor, &release);
  // Within a minor version the interface is the one in the header.
  if (major != H5_VERS_MAJOR || minor != H5_VERS_MINOR) {
    snprintf(reason, sizeof reason, "libhdf5 is %u.%u here, and henge was built for %d.%d", major,
             minor, H5_VERS_MAJOR, H5_VERS_MINOR);
    return reason;
  }
  if (library->H5open() < 0) return "libhdf5 does not start";
  struct {
    const char *name;
    hid_t *type;
  } types[] = {
      {"H5T_IEEE_F32LE_g", &library->f32}, {"H5T_IEEE_F64LE_g", &library->f64},
      {"H5T_STD_I64LE_g", &library->i64},  {"H5T_STD_U8LE_g", &library->u8},
      {"H5T_STD_U64LE_g", &library->u64},
      {"H5P_CLS_FILE_ACCESS_ID_g", &library->file_access},
  };
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    hid_t *type = dlsym(handle, types[i].name);
    if (type == NULL) return "libhdf5 lacks a constant";
    *types[i].type = *type;
  }
  // No messages on standard error, and no filters out of libraries that a file names.
  library->H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  library->H5PLset_loading_state(0);
  return NULL;
}
