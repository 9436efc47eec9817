// SPDX-License-Identifier: MIT
#ifndef HENGE_JPEG_H
#define HENGE_JPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libjpeg's full API, from whole files in memory to whole images in memory.
//
// libjpeg leaves an error by longjmp, which must not cross a Swift frame: every function here has
// its own setjmp and returns 0, or 1 with the reason in the report. TurboJPEG's simpler interface
// is not used: it keeps the text of one warning only, so that a harmless one hides missing data.

// What was wrong with a file.
typedef struct {
  char error[200];     // why the call failed, "" if it did not
  char warning[200];   // the first thing libjpeg warned of, "" if nothing
  uint32_t warnings;   // how often it warned
  bool is_short;       // whether the file ended before its end marker
  bool is_missing;     // whether image data are missing or damaged
  bool is_stopped;     // whether goes_on ended the call
  uint32_t first_row;  // where they are missing: the first row concerned,
  uint32_t scan;       // and the scan, which is 1 in a file that is not progressive
} henge_jpeg_report;

// What a file's markers before the image data say.
typedef struct {
  uint32_t width;
  uint32_t height;
  uint32_t components;    // in the file: 1 gray, 3 color, 4 inks
  uint32_t channels;      // of the decoded image: 1 gray, 3 RGB
  bool is_buffered;       // whether all coefficients are kept until the last scan
} henge_jpeg_header;

// Reads what comes before the image data.
int henge_jpeg_read_header(const uint8_t *bytes, size_t count, henge_jpeg_header *header,
                           henge_jpeg_report *report);

// Decodes into `pixels`, which has room for header->width * height * channels bytes.
//
// Inks become RGB as in Pillow, which takes all of them for inverted, as Adobe writes them. What
// libjpeg warns of is reported and is no error. `goes_on(context)` is asked now and then, and its
// `false` ends the call as an error does.
int henge_jpeg_read_pixels(const uint8_t *bytes, size_t count, const henge_jpeg_header *header,
                           uint8_t *pixels, bool (*goes_on)(void *), void *context,
                           henge_jpeg_report *report);

// The version of libjpeg's interface and of libjpeg-turbo, such as "62 (2.1.5)".
const char *henge_jpeg_version(void);

// Converts `count` pixels of four inks to RGB, as Pillow does; inverted ones store 255 for no ink.
void henge_rgb_of_inks(const uint8_t *inks, size_t count, bool are_inverted, uint8_t *rgb);

#endif
