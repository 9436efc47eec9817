// SPDX-License-Identifier: MIT
#ifndef HENGE_TIFF_H
#define HENGE_TIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libtiff, loaded when the first TIFF file is read: few sessions need it, and every start would
// wait for it and the ten libraries that it needs. It reads whole files in memory, the first page
// of each, to its stored samples; Swift code interprets them.
//
// Every function returns 0, or 1 with the reason in the report.

typedef struct {
  char error[200];    // the first thing libtiff called an error, "" if nothing
  char warning[200];  // the first thing it warned of that concerns the image data
  bool is_stopped;    // whether goes_on ended the call
} henge_tiff_report;

// The properties of the first page.
typedef struct {
  uint32_t width;
  uint32_t height;
  uint32_t bands;        // samples in a pixel
  uint32_t bits;         // bits in a sample
  uint32_t format;       // 1 unsigned, 2 signed, 3 floating point; others as the file says
  uint32_t photometric;  // what the samples are: TIFF's numbers
  uint32_t orientation;  // 1 to 8
  uint32_t ink_set;      // 1 for CMYK
  uint32_t extra;        // samples beside the color ones
  uint32_t first_extra;  // what the first of them is: 1 premultiplied alpha, 2 alpha, 0 not said
  bool is_rgba;          // whether libtiff itself makes RGBA of it: 4 bands of 8 bits
  bool is_raw;           // whether it is a camera's raw data (DNG)
  uint64_t chunk_bytes;  // of one strip or tile, unpacked
  uint8_t sample_bytes;  // of a sample in the result: 1, 2, 4 or 8
} henge_tiff_header;

int henge_tiff_read_header(const uint8_t *bytes, size_t count, henge_tiff_header *header,
                           henge_tiff_report *report);

// Reads the samples into `samples`, which has room for header->width * height * bands of them with
// `sample_bytes` each, in the processor's byte order, pixel after pixel. Samples of fewer bits are
// widened, not scaled. Bands from `wanted` on may be zeros. `goes_on(context)` is asked before each
// strip or tile.
int henge_tiff_read_samples(const uint8_t *bytes, size_t count, const henge_tiff_header *header,
                            uint32_t wanted, void *samples, bool (*goes_on)(void *), void *context,
                            henge_tiff_report *report);

// The palette's 2^bits colors, interleaved RGB of 16 bits each, into `colors`, which has room.
int henge_tiff_read_palette(const uint8_t *bytes, size_t count, const henge_tiff_header *header,
                            uint16_t *colors, henge_tiff_report *report);

#endif
