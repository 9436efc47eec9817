// SPDX-License-Identifier: MIT
#include "henge_tiff.h"
#include "library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// MARK: A file in memory

static tmsize_t read_bytes(thandle_t handle, void *to, tmsize_t count) {
  henge_tiff_source *s = (henge_tiff_source *)handle;
  if (count <= 0 || s->offset >= s->count) return 0;
  uint64_t rest = s->count - s->offset;
  uint64_t got = (uint64_t)count < rest ? (uint64_t)count : rest;
  memcpy(to, s->bytes + s->offset, got);
  s->offset += got;
  return (tmsize_t)got;
}

static tmsize_t write_nothing(thandle_t handle, void *from, tmsize_t count) {
  (void)handle, (void)from, (void)count;
  return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int from) {
  henge_tiff_source *s = (henge_tiff_source *)handle;
  if (from == SEEK_CUR) offset += s->offset;
  if (from == SEEK_END) offset += s->count;
  s->offset = offset;
  return offset;
}

static int close_nothing(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t size(thandle_t handle) { return ((henge_tiff_source *)handle)->count; }

static int map(thandle_t handle, void **base, toff_t *count) {
  henge_tiff_source *s = (henge_tiff_source *)handle;
  *base = (void *)(uintptr_t)s->bytes;
  *count = s->count;
  return 1;
}

static void unmap(thandle_t handle, void *base, toff_t count) {
  (void)handle, (void)base, (void)count;
}

static int fail(henge_tiff_report *report, const char *reason) {
  if (report->error[0] == 0) snprintf(report->error, sizeof report->error, "%s", reason);
  return 1;
}

// Opens the first page of the file in `source`; NULL with the reason in the report.
static TIFF *open_file(henge_tiff_source *source, const henge_tiff_library *t) {
  henge_tiff_report *report = source->report;
  memset(report, 0, sizeof *report);
  if (t->fault != NULL) {
    fail(report, t->fault);
    return NULL;
  }
  // M: bytes are asked for through the map alone; C: strips stay as the file has them, since
  // chopping allocates what hostile sizes say.
  TIFF *tiff = t->TIFFClientOpen("x", "rMc", (thandle_t)source, read_bytes, write_nothing, seek,
                                 close_nothing, size, map, unmap);
  if (tiff == NULL) fail(report, "its directory cannot be read");
  return tiff;
}

// MARK: Header

// Whether libtiff must convert the page, because its samples are not adjacent.
static bool needs_rgba(TIFF *tiff, const henge_tiff_library *t, uint16_t photometric,
                       uint16_t compression) {
  if (photometric != PHOTOMETRIC_YCBCR || compression == COMPRESSION_JPEG) return false;
  uint16_t across = 2, down = 2;
  t->TIFFGetFieldDefaulted(tiff, TIFFTAG_YCBCRSUBSAMPLING, &across, &down);
  return compression != COMPRESSION_NONE || across != 1 || down != 1;
}

static uint8_t bytes_for(uint16_t bits) {
  return bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8;
}

// Reads the properties of the page; returns 0 if it can be read.
static int describe(TIFF *tiff, const henge_tiff_library *t, henge_tiff_header *h,
                    henge_tiff_report *report) {
  memset(h, 0, sizeof *h);
  uint16_t bits = 1, bands = 1, format = 1, photometric = 0, compression = 1, orientation = 1;
  uint16_t ink_set = 1, extra = 0, planar = 1;
  const uint16_t *extras = NULL;
  const uint8_t *version = NULL;
  uint16_t versions = 0;
  if (!t->TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &h->width) ||
      !t->TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &h->height))
    return fail(report, "its first page says no width or height");
  if (h->width == 0 || h->height == 0) return fail(report, "it says that it has no pixels");
  t->TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  t->TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &bands);
  t->TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
  t->TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
  t->TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
  t->TIFFGetFieldDefaulted(tiff, TIFFTAG_INKSET, &ink_set);
  t->TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
  t->TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extra, &extras);
  if (!t->TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric)) photometric = 0;
  h->is_raw = t->TIFFGetField(tiff, TIFFTAG_DNGVERSION, &versions, &version) != 0 ||
              photometric == PHOTOMETRIC_CFA;
  h->bands = bands;
  h->bits = bits;
  h->format = format == SAMPLEFORMAT_VOID ? SAMPLEFORMAT_UINT : format;
  h->photometric = photometric;
  h->orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
  h->ink_set = ink_set;
  h->extra = extra;
  h->first_extra = extra > 0 && extras != NULL ? extras[0] : 0;
  if (photometric == PHOTOMETRIC_YCBCR && compression == COMPRESSION_JPEG && planar == 1) {
    t->TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    h->photometric = PHOTOMETRIC_RGB;
  }
  // A lone luma is gray.
  if (photometric == PHOTOMETRIC_YCBCR && bands == 1) h->photometric = PHOTOMETRIC_MINISBLACK;
  if (bands > 1 && needs_rgba(tiff, t, photometric, compression)) {
    h->is_rgba = true;
    h->photometric = PHOTOMETRIC_RGB;
    h->bands = 4;
    h->extra = 1;
    h->first_extra = 2;
    h->bits = 8;
  }
  h->sample_bytes = bytes_for((uint16_t)h->bits);
  h->chunk_bytes = t->TIFFIsTiled(tiff) ? t->TIFFTileSize64(tiff) : t->TIFFStripSize64(tiff);
  if (h->bits == 0 || h->bits > 64 || bands == 0) return fail(report, "its samples have no size");
  if (h->chunk_bytes == 0) return fail(report, "its strips or tiles have no size");
  return 0;
}

int henge_tiff_read_header(const uint8_t *bytes, size_t count, henge_tiff_header *header,
                           henge_tiff_report *report) {
  const henge_tiff_library *t = henge_tiff_open();
  henge_tiff_source source = {bytes, count, 0, report};
  TIFF *tiff = open_file(&source, t);
  if (tiff == NULL) return 1;
  int failed = describe(tiff, t, header, report);
  t->TIFFClose(tiff);
  return failed;
}

int henge_tiff_read_palette(const uint8_t *bytes, size_t count, const henge_tiff_header *header,
                            uint16_t *colors, henge_tiff_report *report) {
  const henge_tiff_library *t = henge_tiff_open();
  henge_tiff_source source = {bytes, count, 0, report};
  TIFF *tiff = open_file(&source, t);
  if (tiff == NULL) return 1;
  uint16_t *channels[3] = {NULL, NULL, NULL};
  int failed = 0;
  if (header->bits > 16 ||
      !t->TIFFGetField(tiff, TIFFTAG_COLORMAP, &channels[0], &channels[1], &channels[2])) {
    failed = fail(report, "its palette is missing");
  } else {
    for (size_t i = 0; i < (size_t)1 << header->bits; i++)
      for (int channel = 0; channel < 3; channel++) colors[3 * i + channel] = channels[channel][i];
  }
  t->TIFFClose(tiff);
  return failed;
}

// MARK: Samples

// A file being read into `samples`.
typedef struct {
  TIFF *tiff;
  const henge_tiff_library *t;
  const henge_tiff_header *h;
  uint8_t *samples;
  uint8_t *chunk;
  uint64_t row_bytes;   // of a row of a strip or tile
  uint32_t in_chunk;    // samples of a pixel there: all, or one where each band has its own
  uint32_t wanted;      // the bands to read, from the first on
  henge_tiff_report *report;
} work;

static uint64_t bits_at(const uint8_t *bytes, uint64_t at, uint32_t bits) {
  uint64_t value = 0;
  for (uint32_t i = 0; i < bits; i++, at++)
    value = value << 1 | (bytes[at >> 3] >> (7 - (at & 7)) & 1);
  return value;
}

static void store(uint8_t *to, uint64_t value, uint8_t size) {
  switch (size) {
    case 1: *to = (uint8_t)value; break;
    case 2: { uint16_t narrow = (uint16_t)value; memcpy(to, &narrow, 2); break; }
    case 4: { uint32_t narrow = (uint32_t)value; memcpy(to, &narrow, 4); break; }
    default: memcpy(to, &value, 8);
  }
}

// Copies `pixels` from row `row` of the chunk to column x of row y, from band `band` on.
static void copy_row(const work *w, uint64_t row, uint32_t x, uint32_t y, uint32_t pixels,
                     uint32_t band) {
  const henge_tiff_header *h = w->h;
  const uint8_t *from = w->chunk + row * w->row_bytes;
  uint8_t size = h->sample_bytes;
  uint8_t *to = w->samples + (((uint64_t)y * h->width + x) * h->bands + band) * size;
  if (h->bits == 8u * size && w->in_chunk == h->bands) {
    memcpy(to, from, (size_t)pixels * h->bands * size);
    return;
  }
  uint64_t step = (uint64_t)h->bands * size;
  for (uint32_t i = 0; i < pixels; i++, to += step) {
    for (uint32_t s = 0; s < w->in_chunk; s++) {
      uint64_t at = (uint64_t)i * w->in_chunk + s;
      if (h->bits == 8u * size)
        memcpy(to + s * size, from + at * size, size);
      else
        store(to + s * size, bits_at(from, at * h->bits, h->bits), size);
    }
  }
}

static bool is_damaged(const work *w) {
  return w->report->error[0] != 0 || w->report->warning[0] != 0;
}

static int damaged(work *w, tmsize_t got) {
  if (w->report->error[0] == 0 && w->report->warning[0] != 0)
    return fail(w->report, w->report->warning);
  return fail(w->report, got < 0 ? "its image data are damaged" : "its image data end too early");
}

// Reads the strips or tiles of `band`, or of all bands together.
static int read_band(work *w, uint32_t band, uint32_t rows, uint32_t columns, bool is_tiled,
                     bool (*goes_on)(void *), void *context) {
  const henge_tiff_header *h = w->h;
  for (uint32_t y = 0; y < h->height; y += rows) {
    uint32_t tall = h->height - y < rows ? h->height - y : rows;
    for (uint32_t x = 0; x < h->width; x += columns) {
      uint32_t wide = h->width - x < columns ? h->width - x : columns;
      if (!goes_on(context)) {
        w->report->is_stopped = true;
        return fail(w->report, "stopped");
      }
      uint64_t needed = tall * w->row_bytes;
      tmsize_t wanted = (tmsize_t)(is_tiled ? h->chunk_bytes : needed);
      tmsize_t got =
          is_tiled ? w->t->TIFFReadEncodedTile(
                         w->tiff, w->t->TIFFComputeTile(w->tiff, x, y, 0, (uint16_t)band), w->chunk,
                         wanted)
                   : w->t->TIFFReadEncodedStrip(
                         w->tiff, w->t->TIFFComputeStrip(w->tiff, y, (uint16_t)band), w->chunk,
                         wanted);
      if (got < 0 || (uint64_t)got < needed || is_damaged(w)) return damaged(w, got);
      for (uint32_t row = 0; row < tall; row++) copy_row(w, row, x, y + row, wide, band);
      if (h->width - x <= columns) break;
    }
    if (h->height - y <= rows) break;
  }
  return 0;
}

static int read_chunks(work *w, bool (*goes_on)(void *), void *context) {
  const henge_tiff_header *h = w->h;
  bool is_tiled = w->t->TIFFIsTiled(w->tiff);
  uint32_t rows = h->height, columns = h->width;
  uint16_t planar = 1;
  w->t->TIFFGetFieldDefaulted(w->tiff, TIFFTAG_PLANARCONFIG, &planar);
  if (is_tiled) {
    w->t->TIFFGetField(w->tiff, TIFFTAG_TILELENGTH, &rows);
    w->t->TIFFGetField(w->tiff, TIFFTAG_TILEWIDTH, &columns);
    w->row_bytes = w->t->TIFFTileRowSize64(w->tiff);
  } else {
    w->t->TIFFGetFieldDefaulted(w->tiff, TIFFTAG_ROWSPERSTRIP, &rows);
    w->row_bytes = w->t->TIFFScanlineSize64(w->tiff);
  }
  if (!is_tiled && rows > h->height) rows = h->height;
  w->in_chunk = planar == PLANARCONFIG_SEPARATE ? 1 : h->bands;
  // A strip or tile is as large as its rows, or libtiff and this file count differently.
  uint64_t packed = ((uint64_t)columns * w->in_chunk * h->bits + 7) / 8;
  if (rows == 0 || columns == 0 || w->row_bytes < packed ||
      w->row_bytes > h->chunk_bytes / rows)
    return fail(w->report, "its strips or tiles are of a kind that cannot be read");
  w->chunk = calloc(1, h->chunk_bytes);
  if (w->chunk == NULL) return fail(w->report, "out of memory");
  int failed = 0;
  uint32_t passes = planar == PLANARCONFIG_SEPARATE ? w->wanted : 1;
  if (w->wanted < h->bands)
    memset(w->samples, 0, (size_t)h->width * h->height * h->bands * h->sample_bytes);
  for (uint32_t band = 0; band < passes && !failed; band++)
    failed = read_band(w, band, rows, columns, is_tiled, goes_on, context);
  free(w->chunk);
  return failed;
}

int henge_tiff_read_samples(const uint8_t *bytes, size_t count, const henge_tiff_header *header,
                            uint32_t wanted, void *samples, bool (*goes_on)(void *), void *context,
                            henge_tiff_report *report) {
  const henge_tiff_library *t = henge_tiff_open();
  henge_tiff_source source = {bytes, count, 0, report};
  TIFF *tiff = open_file(&source, t);
  if (tiff == NULL) return 1;
  henge_tiff_header own;
  int failed = describe(tiff, t, &own, report);
  if (!failed && memcmp(&own, header, sizeof own) != 0)
    failed = fail(report, "the header is not this file's");
  // Reading the directory may complain of tags that no pixel depends on.
  report->error[0] = 0;
  report->warning[0] = 0;
  work w = {.tiff = tiff, .t = t, .h = header, .samples = samples,
            .wanted = wanted < header->bands ? wanted : header->bands, .report = report};
  if (!failed && header->is_rgba) {
    // In the order of the file: turning is done for all kinds alike.
    if (!t->TIFFReadRGBAImageOriented(tiff, header->width, header->height, samples,
                                      (int)header->orientation, 1) || is_damaged(&w))
      failed = damaged(&w, -1);
  } else if (!failed) {
    failed = read_chunks(&w, goes_on, context);
  }
  t->TIFFClose(tiff);
  return failed;
}
