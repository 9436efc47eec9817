// SPDX-License-Identifier: MIT
#include "henge_png.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

// The file being read.
typedef struct {
  const uint8_t *bytes;
  size_t count;
  size_t offset;
} source;

// The file being written.
typedef struct {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
} sink;

static void copy_message(char *to, size_t capacity, const char *message) {
  size_t length = strlen(message);
  if (length >= capacity) length = capacity - 1;
  memcpy(to, message, length);
  to[length] = 0;
}

static void on_error(png_structp png, png_const_charp message) {
  henge_png_report *report = png_get_error_ptr(png);
  copy_message(report->error, sizeof report->error, message);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
  henge_png_report *report = png_get_error_ptr(png);
  if (report->warning[0] == 0) copy_message(report->warning, sizeof report->warning, message);
}

static void read_bytes(png_structp png, png_bytep to, size_t count) {
  source *from = png_get_io_ptr(png);
  if (count > from->count - from->offset) png_error(png, "the file ends too early");
  memcpy(to, from->bytes + from->offset, count);
  from->offset += count;
}

static void write_bytes(png_structp png, png_bytep from, size_t count) {
  sink *to = png_get_io_ptr(png);
  if (count > to->capacity - to->count) {
    size_t capacity = to->capacity * 2 > to->count + count ? to->capacity * 2 : to->count + count;
    uint8_t *bytes = realloc(to->bytes, capacity);
    if (bytes == NULL) png_error(png, "out of memory");
    to->bytes = bytes;
    to->capacity = capacity;
  }
  memcpy(to->bytes + to->count, from, count);
  to->count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

static void clear(henge_png_report *report) { memset(report, 0, sizeof *report); }

// A reader of `from` that takes damaged checksums for errors and skips what pictures do not need:
// profiles and texts are compressed, so a small file could make them large.
static png_structp make_reader(source *from, png_infop *info, henge_png_report *report) {
  static const png_byte skipped[] =
      "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0"
      "pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0sTER\0tEXt\0tIME\0zTXt";
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, report, on_error, on_warning);
  *info = png == NULL ? NULL : png_create_info_struct(png);
  if (*info == NULL) {
    copy_message(report->error, sizeof report->error, "out of memory");
    png_destroy_read_struct(&png, NULL, NULL);
    return NULL;
  }
  png_set_read_fn(png, from, read_bytes);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, skipped, (int)(sizeof skipped / 5));
  return png;
}

// Configures libpng to return whole bytes, colors instead of palette entries, and alpha if there is
// any.
static void expand(png_structp png, png_infop info) {
  png_set_expand(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (png_get_bit_depth(png, info) == 16) png_set_swap(png);
#else
  (void)info;
#endif
}

int henge_png_read_header(const uint8_t *bytes, size_t count, henge_png_header *header,
                          henge_png_report *report) {
  clear(report);
  source from = {bytes, count, 0};
  png_infop info;
  png_structp png = make_reader(&from, &info, report);
  if (png == NULL) return 1;
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return 1;
  }
  png_read_info(png, info);
  header->width = png_get_image_width(png, info);
  header->height = png_get_image_height(png, info);
  header->raw_bytes = (uint64_t)png_get_rowbytes(png, info) * header->height;
  expand(png, info);
  png_read_update_info(png, info);
  header->channels = png_get_channels(png, info);
  header->depth = png_get_bit_depth(png, info);
  png_destroy_read_struct(&png, &info, NULL);
  return 0;
}

int henge_png_read_pixels(const uint8_t *bytes, size_t count, const henge_png_header *header,
                          void *pixels, bool (*goes_on)(void *), void *context,
                          henge_png_report *report) {
  clear(report);
  source from = {bytes, count, 0};
  png_infop info;
  png_structp png = make_reader(&from, &info, report);
  if (png == NULL) return 1;
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return 1;
  }
  png_read_info(png, info);
  expand(png, info);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t stride = (size_t)header->width * header->channels * (header->depth / 8);
  if (png_get_rowbytes(png, info) != stride || png_get_image_height(png, info) != header->height) {
    png_error(png, "the header is not this file's");
  }
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t y = 0; y < header->height; y++) {
      if (!goes_on(context)) png_error(png, "stopped");
      png_read_row(png, (png_bytep)pixels + y * stride, NULL);
    }
  }
  png_read_end(png, NULL);
  png_destroy_read_struct(&png, &info, NULL);
  return 0;
}

// Encodes into `to`, whose bytes the caller frees whatever happens.
static int write_into(sink *to, const henge_png_header *header, const uint8_t *pixels, int level,
                      bool (*goes_on)(void *), void *context, henge_png_report *report) {
  static const int colour_types[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                     PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, report, on_error, on_warning);
  png_infop info = png == NULL ? NULL : png_create_info_struct(png);
  if (info == NULL) {
    copy_message(report->error, sizeof report->error, "out of memory");
    png_destroy_write_struct(&png, NULL);
    return 1;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    return 1;
  }
  png_set_write_fn(png, to, write_bytes, flush_nothing);
  png_set_IHDR(png, info, header->width, header->height, (int)header->depth,
               colour_types[header->channels - 1], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(png, level);
  png_write_info(png, info);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (header->depth == 16) png_set_swap(png);
#endif
  size_t stride = (size_t)header->width * header->channels * (header->depth / 8);
  for (uint32_t y = 0; y < header->height; y++) {
    if (!goes_on(context)) png_error(png, "stopped");
    png_write_row(png, pixels + y * stride);
  }
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
  return 0;
}

int henge_png_write(const henge_png_header *header, const void *pixels, int level,
                    bool (*goes_on)(void *), void *context, uint8_t **file, size_t *count,
                    henge_png_report *report) {
  clear(report);
  sink to = {NULL, 0, 0};
  int failed = write_into(&to, header, pixels, level, goes_on, context, report);
  if (failed) {
    free(to.bytes);
    to = (sink){NULL, 0, 0};
  }
  *file = to.bytes;
  *count = to.count;
  return failed;
}

void henge_png_free(uint8_t *file) { free(file); }

const char *henge_png_version(void) { return png_get_libpng_ver(NULL); }
