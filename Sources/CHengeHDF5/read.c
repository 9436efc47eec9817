// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "henge_hdf5.h"
#include "library.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { deepest = 32, longest_name = 4096, most_objects = 100000, most_rank = 32 };
// H5F_ACC_RDONLY without the calls into the library that its macro makes.
enum { read_only = 0 };
static const uint64_t most_text = 64000000;

// A file being read.
typedef struct {
  henge_hdf5_library hdf5;
  int output;
  uint64_t limit;    // bytes of numbers that may still be sent
  uint64_t text;     // bytes of attributes sent so far
  unsigned objects;  // groups and arrays seen
  int is_gone;       // whether nobody reads the output any more
  int has_failed;    // whether nothing more may be sent
  const char *path;  // of the object under way
} file;

static int send_bytes(file *f, const void *bytes, size_t count) {
  const char *at = bytes;
  while (count > 0) {
    ssize_t written = write(f->output, at, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return f->is_gone = 1;
    at += written;
    count -= (size_t)written;
  }
  return 0;
}

static int send_number(file *f, uint64_t number, size_t width) {
  uint8_t bytes[8];
  for (size_t i = 0; i < width; i++) bytes[i] = (uint8_t)(number >> (8 * i));
  return send_bytes(f, bytes, width);
}

static int send_text(file *f, const char *text, size_t length) {
  return send_number(f, length, 4) || send_bytes(f, text, length);
}

// Every way to fail ends here: 1, after the reason was sent.
static int fail(file *f, const char *reason) {
  char text[longest_name + 200];
  if (f->has_failed || f->is_gone) return 1;
  f->has_failed = 1;
  int length = *f->path == 0
                   ? snprintf(text, sizeof text, "%s", reason)
                   : snprintf(text, sizeof text, "its entry \"%.200s\" %s", f->path, reason);
  if (send_bytes(f, "E", 1) == 0) send_text(f, text, (size_t)length);
  return 1;
}

// The number of elements of `space`, its sizes in `sizes`; 0 if all is well.
static int extent(file *f, hid_t space, int *rank, hsize_t *sizes, uint64_t *count) {
  *rank = f->hdf5.H5Sget_simple_extent_ndims(space);
  if (*rank < 0 || *rank > most_rank) return 1;
  if (f->hdf5.H5Sget_simple_extent_dims(space, sizes, NULL) < 0) return 1;
  *count = f->hdf5.H5Sget_simple_extent_type(space) == H5S_NULL ? 0 : 1;
  for (int i = 0; i < *rank; i++)
    if (__builtin_mul_overflow(*count, (uint64_t)sizes[i], count)) return 1;
  return 0;
}

// MARK: Attributes

static int send_texts(file *f, hid_t attribute, hid_t type, const char *name, uint64_t count) {
  henge_hdf5_library *h = &f->hdf5;
  int is_variable = h->H5Tis_variable_str(type) > 0;
  size_t size = is_variable ? sizeof(char *) : h->H5Tget_size(type);
  uint64_t bytes = 0;
  if (size == 0 || __builtin_mul_overflow(count, (uint64_t)size, &bytes) || bytes > most_text)
    return fail(f, "has an attribute that is too long");
  char *values = calloc(1, bytes + 1);
  if (values == NULL) return fail(f, "has an attribute that needs too much memory");
  hid_t native = h->H5Tget_native_type(type, H5T_DIR_ASCEND);
  if (native < 0 || h->H5Aread(attribute, native, values) < 0)
    return fail(f, "has an attribute that cannot be read");
  if (send_bytes(f, "T", 1) || send_text(f, f->path, strlen(f->path)) ||
      send_text(f, name, strlen(name)) || send_number(f, count, 4))
    return 1;
  for (uint64_t i = 0; i < count; i++) {
    const char *text = is_variable ? ((char **)(void *)values)[i] : values + i * size;
    size_t length = text == NULL ? 0 : is_variable ? strlen(text) : strnlen(text, size);
    f->text += length;
    // A frame that was begun cannot turn into a reason: the reader finds an early end.
    if (f->text > most_text) return f->has_failed = 1;
    if (send_text(f, text, length)) return 1;
  }
  free(values);
  return 0;
}

static herr_t on_attribute(hid_t object, const char *name, const H5A_info_t *info, void *context) {
  (void)info;
  file *f = context;
  henge_hdf5_library *h = &f->hdf5;
  hid_t attribute = h->H5Aopen(object, name, H5P_DEFAULT);
  hid_t type = attribute < 0 ? -1 : h->H5Aget_type(attribute);
  hid_t space = type < 0 ? -1 : h->H5Aget_space(attribute);
  if (space < 0) return fail(f, "has an attribute that cannot be read");
  int rank = 0;
  hsize_t sizes[H5S_MAX_RANK];
  uint64_t count = 0;
  if (extent(f, space, &rank, sizes, &count)) return fail(f, "has an attribute of no size");
  herr_t result = 0;
  // Numeric attributes of the weights are not needed.
  if (h->H5Tget_class(type) == H5T_STRING) result = send_texts(f, attribute, type, name, count);
  h->H5Sclose(space);
  h->H5Tclose(type);
  h->H5Aclose(attribute);
  return result;
}

// MARK: Arrays

// The letter of a type of numbers, what it is read as and the bytes of that; 0 for another type.
static int kind_of(file *f, hid_t type, hid_t *memory, uint64_t *width) {
  henge_hdf5_library *h = &f->hdf5;
  size_t size = h->H5Tget_size(type);
  switch (h->H5Tget_class(type)) {
    case H5T_FLOAT:
      *memory = size == 8 ? h->f64 : h->f32;
      *width = size == 8 ? 8 : 4;
      return size == 2   ? HENGE_HDF5_F16
             : size == 4 ? HENGE_HDF5_F32
             : size == 8 ? HENGE_HDF5_F64
                         : 0;
    case H5T_INTEGER: {
      int is_unsigned = h->H5Tget_sign(type) == H5T_SGN_NONE;
      *memory = !is_unsigned ? h->i64 : size == 1 ? h->u8 : size == 8 ? h->u64 : h->i64;
      *width = size == 1 && is_unsigned ? 1 : 8;
      if (is_unsigned)
        return size == 1   ? HENGE_HDF5_U8
               : size == 2 ? HENGE_HDF5_U16
               : size == 4 ? HENGE_HDF5_U32
               : size == 8 ? HENGE_HDF5_U64
                           : 0;
      return size == 1   ? HENGE_HDF5_I8
             : size == 2 ? HENGE_HDF5_I16
             : size == 4 ? HENGE_HDF5_I32
             : size == 8 ? HENGE_HDF5_I64
                         : 0;
    }
    case H5T_ENUM:
      // h5py stores numpy's bool as an enum, FALSE and TRUE over one byte. It is read unchanged.
      *memory = h->H5Tget_native_type(type, H5T_DIR_ASCEND);
      *width = 1;
      return size == 1 && h->H5Tget_nmembers(type) == 2 && *memory >= 0 ? HENGE_HDF5_BOOL : 0;
    default: return 0;
  }
}

// Refuses an array that libhdf5 would fill from other files: those are out of reach, and it would
// come as zeros. 0 if the numbers are in this file.
static int check_source(file *f, hid_t array) {
  henge_hdf5_library *h = &f->hdf5;
  hid_t creation = h->H5Dget_create_plist(array);
  if (creation < 0) return fail(f, "cannot be read");
  H5D_layout_t layout = h->H5Pget_layout(creation);
  int files = layout == H5D_CONTIGUOUS ? h->H5Pget_external_count(creation) : 0;
  h->H5Pclose(creation);
  if (layout == H5D_VIRTUAL)
    return fail(f, "is a virtual dataset, whose numbers are in other datasets: copy them into one");
  if (files > 0)
    return fail(f, "has its numbers in other files (external storage): copy them into this one");
  return layout < 0 || files < 0 ? fail(f, "cannot be read") : 0;
}

static int send_array(file *f, hid_t array) {
  henge_hdf5_library *h = &f->hdf5;
  if (check_source(f, array)) return 1;
  hid_t type = h->H5Dget_type(array);
  hid_t space = type < 0 ? -1 : h->H5Dget_space(array);
  if (space < 0) return fail(f, "cannot be read");
  int rank = 0;
  hsize_t sizes[H5S_MAX_RANK];
  uint64_t count = 0, width = 0, bytes = 0;
  hid_t memory = -1;
  int kind = kind_of(f, type, &memory, &width);
  if (kind == 0) return fail(f, "holds something other than numbers of a size henge reads");
  if (extent(f, space, &rank, sizes, &count)) return fail(f, "has no size that can be counted");
  if (__builtin_mul_overflow(count, width, &bytes) || bytes > f->limit)
    return fail(f, "is larger than the memory that may be used");
  f->limit -= bytes;
  void *values = calloc(1, bytes + 1);
  if (values == NULL) return fail(f, "needs more memory than there is");
  if (count > 0 && h->H5Dread(array, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
    return fail(f, "cannot be read: it is damaged, or packed by a filter that is not there");
  if (send_bytes(f, "D", 1) || send_text(f, f->path, strlen(f->path)) ||
      send_number(f, (uint64_t)kind, 1) || send_number(f, (uint64_t)rank, 1))
    return 1;
  for (int i = 0; i < rank; i++)
    if (send_number(f, sizes[i], 8)) return 1;
  if (send_number(f, bytes, 8) || send_bytes(f, values, bytes)) return 1;
  free(values);
  h->H5Sclose(space);
  h->H5Tclose(type);
  return 0;
}

// MARK: Groups

static int send_object(file *f, hid_t object, const char *path, int depth);

static int send_members(file *f, hid_t group, const char *path, int depth) {
  henge_hdf5_library *h = &f->hdf5;
  H5G_info_t info;
  if (h->H5Gget_info(group, &info) < 0) return fail(f, "cannot be read");
  if (depth == deepest) return fail(f, "is nested deeper than 32 groups");
  for (hsize_t i = 0; i < info.nlinks; i++) {
    char name[longest_name / 4];
    char inner[longest_name];
    f->path = path;
    ssize_t length = h->H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name,
                                           sizeof name, H5P_DEFAULT);
    if (length <= 0 || (size_t)length >= sizeof name) return fail(f, "has an entry without a name");
    int total = snprintf(inner, sizeof inner, "%s%s%s", path, *path == 0 ? "" : "/", name);
    if (total < 0 || (size_t)total >= sizeof inner) return fail(f, "has an entry of a long name");
    f->path = inner;
    if (++f->objects > most_objects) return fail(f, "is one of more than 100,000");
    hid_t object = h->H5Oopen(group, name, H5P_DEFAULT);
    if (object < 0) return fail(f, "cannot be opened: it is damaged, or a link out of the file");
    int result = send_object(f, object, inner, depth + 1);
    h->H5Oclose(object);
    if (result) return result;
  }
  return 0;
}

static int send_object(file *f, hid_t object, const char *path, int depth) {
  henge_hdf5_library *h = &f->hdf5;
  H5I_type_t type = h->H5Iget_type(object);
  if (type != H5I_GROUP && type != H5I_DATASET) return 0;
  hsize_t position = 0;
  if (h->H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &position, on_attribute, f) != 0)
    return fail(f, "has attributes that cannot be read");
  return type == H5I_GROUP ? send_members(f, object, path, depth) : send_array(f, object);
}

int henge_hdf5_memory_file(void) { return memfd_create("henge", MFD_CLOEXEC); }

static void set_limit(__rlimit_resource_t resource, uint64_t value) {
  struct rlimit limits = {.rlim_cur = (rlim_t)value, .rlim_max = (rlim_t)value};
  setrlimit(resource, &limits);
}

void henge_hdf5_confine(uint64_t memory, uint64_t seconds) {
  unsigned long pages = 0;
  FILE *status = fopen("/proc/self/statm", "r");
  if (status != NULL) {
    if (fscanf(status, "%lu", &pages) != 1) pages = 0;
    fclose(status);
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  set_limit(RLIMIT_AS, pages * (uint64_t)sysconf(_SC_PAGESIZE) + memory);
  set_limit(RLIMIT_CPU, seconds);
  set_limit(RLIMIT_CORE, 0);
  set_limit(RLIMIT_FSIZE, 0);
}

// Opens the file that `input` is, as bytes in memory; negative if it is none.
static hid_t open_image(file *f, int input) {
  henge_hdf5_library *h = &f->hdf5;
  struct stat status;
  if (fstat(input, &status) != 0 || status.st_size <= 0) return -1;
  size_t size = (size_t)status.st_size;
  void *image = mmap(NULL, size, PROT_READ, MAP_PRIVATE, input, 0);
  if (image == MAP_FAILED) return -1;
  hid_t access = h->H5Pcreate(h->file_access);
  if (access < 0 || h->H5Pset_fapl_core(access, 65536, 0) < 0) return -1;
  if (h->H5Pset_file_image(access, image, size) < 0) return -1;
  munmap(image, size);
  return h->H5Fopen("memory", read_only, access);
}

int henge_hdf5_read(int input, int output, uint64_t limit) {
  static file f;
  f.output = output;
  f.limit = limit;
  f.path = "";
  const char *reason = henge_hdf5_open(&f.hdf5);
  if (reason != NULL) {
    fail(&f, reason);
    return f.is_gone;
  }
  // From here on no file can be opened: not the one a damaged link names, and no library.
  set_limit(RLIMIT_NOFILE, 0);
  hid_t id = open_image(&f, input);
  if (id < 0) {
    fail(&f, "libhdf5 cannot open it: it is damaged or was cut short");
    return f.is_gone;
  }
  hid_t root = f.hdf5.H5Oopen(id, "/", H5P_DEFAULT);
  if (root < 0)
    fail(&f, "it has no root group");
  else if (send_object(&f, root, "", 0) == 0)
    send_bytes(&f, "Z", 1);
  return f.is_gone;
}
