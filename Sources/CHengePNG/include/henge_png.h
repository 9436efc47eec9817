// SPDX-License-Identifier: MIT
#ifndef HENGE_PNG_H
#define HENGE_PNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libpng's full API, from whole files in memory to whole pictures in memory and back.
//
// libpng leaves an error by longjmp, which must not cross a Swift frame: every function here has
// its own setjmp, calls back into nothing but C, and returns 0, or 1 with the reason in the report.

// What was wrong (`error`), and the first thing libpng warned of, each "" if nothing.
typedef struct {
  char error[160];
  char warning[160];
} henge_png_report;

// What a file's chunks before the pixels say.
typedef struct {
  uint32_t width;
  uint32_t height;
  uint32_t channels;   // of the decoded picture: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA
  uint32_t depth;      // of the decoded picture: 8 or 16 bits a sample
  uint64_t raw_bytes;  // of the picture as the file's deflate stream unpacks to, filter bytes aside
} henge_png_header;

// Reads what comes before the pixels and allocates nothing the file's sizes decide.
int henge_png_read_header(const uint8_t *bytes, size_t count, henge_png_header *header,
                          henge_png_report *report);

// Decodes into `pixels`, memory for header->width * height * channels samples of depth / 8 bytes,
// in the processor's byte order. Palettes and transparent colors are expanded, 1, 2 and 4 bits
// scaled to 0..255; gamma, color profiles and orientation are ignored. Before each row
// `goes_on(context)` is called; `false` ends the call with an error.
int henge_png_read_pixels(const uint8_t *bytes, size_t count, const henge_png_header *header,
                          void *pixels, bool (*goes_on)(void *), void *context,
                          henge_png_report *report);

// Encodes `pixels`, with the layout above, at zlib level `level`, 0 to 9; the result is a function
// of these alone. It is returned in *file, and must be passed to henge_png_free. Before each row
// `goes_on(context)` is called; `false` ends the call with an error.
int henge_png_write(const henge_png_header *header, const void *pixels, int level,
                    bool (*goes_on)(void *), void *context, uint8_t **file, size_t *count,
                    henge_png_report *report);

// The version of libpng in use, such as "1.6.39"; a constant string.
const char *henge_png_version(void);

// Frees what henge_png_write made; NULL is allowed.
void henge_png_free(uint8_t *file);

#endif
