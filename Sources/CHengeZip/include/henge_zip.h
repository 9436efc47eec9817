// SPDX-License-Identifier: MIT
#ifndef HENGE_ZIP_H
#define HENGE_ZIP_H

#include <zip.h>

// libzip, opened by name when an archive is read or written: it brings libcrypto, and every start
// would wait for both.

// Its functions, without `zip_`.
#define HENGE_ZIP_FUNCTIONS(use) \
  use(close) use(discard) use(error_fini) use(error_init) use(error_set) use(error_strerror) \
  use(error_to_data) use(fclose) use(file_add) use(file_extra_field_set) use(file_set_dostime) \
  use(fopen_index) use(fread) use(get_num_entries) use(libzip_version) use(open_from_source) \
  use(register_cancel_callback_with_state) use(set_file_compression) use(source_buffer) \
  use(source_buffer_create) use(source_buffer_fragment) use(source_free) \
  use(source_function_create) use(source_seek_compute_offset) use(stat_index) use(stat_init) \
  use(strerror)

typedef struct {
#define HENGE_DECLARE(name) __typeof__(zip_##name) *name;
  HENGE_ZIP_FUNCTIONS(HENGE_DECLARE)
#undef HENGE_DECLARE
} henge_zip_functions;

// Opens the library once; NULL, or why it cannot be used, a text that stays.
const char *henge_zip_fault(void);

// The functions, all of them there where henge_zip_fault() is NULL.
const henge_zip_functions *henge_zip(void);

#endif
