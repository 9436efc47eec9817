// SPDX-License-Identifier: MIT
#include "henge_jpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
// After jpeglib.h, which it needs.
#include <jerror.h>

// More scans than any encoder writes: each of a hostile file's takes as long as a whole image.
enum { most_scans = 500 };

// A file being read, with what libjpeg calls back.
typedef struct {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  henge_jpeg_report *report;
  bool (*goes_on)(void *);
  void *context;
} reader;

static reader *reader_of(j_common_ptr jpeg) { return jpeg->client_data; }

static _Noreturn void leave(reader *r, const char *reason) {
  snprintf(r->report->error, sizeof r->report->error, "%s", reason);
  longjmp(r->escape, 1);
}

static _Noreturn void on_error(j_common_ptr jpeg) {
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  leave(reader_of(jpeg), text);
}

// The first row that image data not read yet decide.
static uint32_t current_row(j_decompress_ptr jpeg) {
  int rows = jpeg->max_v_samp_factor * DCTSIZE;
  uint32_t row = jpeg->input_iMCU_row * (uint32_t)(rows > 0 ? rows : DCTSIZE);
  return row < jpeg->image_height ? row : jpeg->image_height;
}

static void on_message(j_common_ptr jpeg, int level) {
  reader *r = reader_of(jpeg);
  henge_jpeg_report *report = r->report;
  if (level >= 0) return;
  if (report->warnings++ == 0) {
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    snprintf(report->warning, sizeof report->warning, "%s", text);
  }
  switch (jpeg->err->msg_code) {
    case JWRN_JPEG_EOF:
      report->is_short = true;
      return;
    // The decoder fills what it has no data for with gray, or decodes other data than were written.
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
      if (report->is_missing) return;
      report->is_missing = true;
      report->first_row = current_row(&r->jpeg);
      report->scan = (uint32_t)r->jpeg.input_scan_number;
      return;
    default:
      return;
  }
}

static void on_output(j_common_ptr jpeg) { (void)jpeg; }

static void on_progress(j_common_ptr jpeg) {
  reader *r = reader_of(jpeg);
  if (r->jpeg.input_scan_number > most_scans) leave(r, "it has more than 500 scans");
  if (!r->goes_on(r->context)) {
    r->report->is_stopped = true;
    leave(r, "stopped");
  }
}

static void start_source(j_decompress_ptr jpeg) { (void)jpeg; }

static void end_source(j_decompress_ptr jpeg) { (void)jpeg; }

// The file's end: libjpeg is shown an end marker, as its own sources do.
static boolean past_the_end(j_decompress_ptr jpeg) {
  static const JOCTET end[] = {0xFF, JPEG_EOI};
  WARNMS(jpeg, JWRN_JPEG_EOF);
  jpeg->src->next_input_byte = end;
  jpeg->src->bytes_in_buffer = sizeof end;
  return TRUE;
}

static void skip(j_decompress_ptr jpeg, long count) {
  while (count > 0 && (size_t)count > jpeg->src->bytes_in_buffer) {
    count -= (long)jpeg->src->bytes_in_buffer;
    past_the_end(jpeg);
  }
  if (count <= 0) return;
  jpeg->src->next_input_byte += count;
  jpeg->src->bytes_in_buffer -= (size_t)count;
}

static bool always(void *context) {
  (void)context;
  return true;
}

// Prepares `r`; after it, and after a setjmp, libjpeg may be called.
static void prepare(reader *r, henge_jpeg_report *report, bool (*goes_on)(void *), void *context) {
  memset(report, 0, sizeof *report);
  memset(r, 0, sizeof *r);
  r->report = report;
  r->goes_on = goes_on;
  r->context = context;
  r->jpeg.err = jpeg_std_error(&r->errors);
  r->errors.error_exit = on_error;
  r->errors.emit_message = on_message;
  r->errors.output_message = on_output;
  r->jpeg.client_data = r;
}

// Reads the markers before the image data and chooses the color space of the result.
static void open_file(reader *r, const uint8_t *bytes, size_t count, henge_jpeg_header *header) {
  j_decompress_ptr jpeg = &r->jpeg;
  jpeg_create_decompress(jpeg);
  // Creation clears it.
  jpeg->client_data = r;
  r->progress.progress_monitor = on_progress;
  jpeg->progress = &r->progress;
  r->source = (struct jpeg_source_mgr){
      .next_input_byte = bytes, .bytes_in_buffer = count, .init_source = start_source,
      .fill_input_buffer = past_the_end, .skip_input_data = skip,
      .resync_to_restart = jpeg_resync_to_restart, .term_source = end_source};
  jpeg->src = &r->source;
  jpeg_read_header(jpeg, TRUE);
  switch (jpeg->num_components) {
    case 1: jpeg->out_color_space = JCS_GRAYSCALE; break;
    case 3: jpeg->out_color_space = JCS_RGB; break;
    case 4: jpeg->out_color_space = JCS_CMYK; break;
    default: {
      char text[80];
      snprintf(text, sizeof text, "it has %d components; 1, 3 and 4 can be read",
               jpeg->num_components);
      leave(r, text);
    }
  }
  header->width = jpeg->image_width;
  header->height = jpeg->image_height;
  header->components = (uint32_t)jpeg->num_components;
  header->channels = header->components == 1 ? 1 : 3;
  header->is_buffered = jpeg_has_multiple_scans(jpeg);
}

int henge_jpeg_read_header(const uint8_t *bytes, size_t count, henge_jpeg_header *header,
                           henge_jpeg_report *report) {
  reader r;
  prepare(&r, report, always, NULL);
  if (setjmp(r.escape)) {
    jpeg_destroy_decompress(&r.jpeg);
    return 1;
  }
  open_file(&r, bytes, count, header);
  jpeg_destroy_decompress(&r.jpeg);
  return 0;
}

// A progressive file that ended early may lack whole scans, which no decoder misses.
static bool lacks_scans(j_decompress_ptr jpeg) {
  if (jpeg->coef_bits == NULL) return false;
  for (int component = 0; component < jpeg->num_components; component++)
    for (int i = 0; i < DCTSIZE2; i++)
      if (jpeg->coef_bits[component][i] != 0) return true;
  return false;
}

static void read_rows(reader *r, const henge_jpeg_header *header, uint8_t *pixels, uint8_t *inks) {
  j_decompress_ptr jpeg = &r->jpeg;
  size_t stride = (size_t)header->width * header->channels;
  while (jpeg->output_scanline < jpeg->output_height) {
    if (!r->goes_on(r->context)) {
      r->report->is_stopped = true;
      leave(r, "stopped");
    }
    uint8_t *row = pixels + jpeg->output_scanline * stride;
    JSAMPROW into = inks == NULL ? row : inks;
    if (jpeg_read_scanlines(jpeg, &into, 1) != 1) leave(r, "its rows end early");
    if (inks != NULL) henge_rgb_of_inks(inks, header->width, true, row);
  }
}

int henge_jpeg_read_pixels(const uint8_t *bytes, size_t count, const henge_jpeg_header *header,
                           uint8_t *pixels, bool (*goes_on)(void *), void *context,
                           henge_jpeg_report *report) {
  reader r;
  uint8_t *volatile inks = NULL;
  volatile bool is_whole = false;
  prepare(&r, report, goes_on, context);
  if (setjmp(r.escape)) {
    jpeg_destroy_decompress(&r.jpeg);
    free(inks);
    // What comes after the last row decides no pixel; Pillow does not even look.
    if (is_whole && !report->is_stopped && !report->is_missing) {
      if (report->warnings++ == 0)
        snprintf(report->warning, sizeof report->warning, "%s", report->error);
      report->error[0] = 0;
      return 0;
    }
    return 1;
  }
  henge_jpeg_header own = {0};
  open_file(&r, bytes, count, &own);
  if (own.width != header->width || own.height != header->height ||
      own.channels != header->channels)
    leave(&r, "the header is not this file's");
  if (own.components == 4) {
    inks = malloc((size_t)own.width * 4);
    if (inks == NULL) leave(&r, "out of memory");
  }
  if (!jpeg_start_decompress(&r.jpeg)) leave(&r, "its image data end early");
  read_rows(&r, header, pixels, inks);
  if (report->is_short && lacks_scans(&r.jpeg) && !report->is_missing) {
    report->is_missing = true;
    report->scan = (uint32_t)r.jpeg.input_scan_number + 1;
  }
  is_whole = true;
  jpeg_finish_decompress(&r.jpeg);
  jpeg_destroy_decompress(&r.jpeg);
  free(inks);
  return 0;
}

void henge_rgb_of_inks(const uint8_t *inks, size_t count, bool are_inverted, uint8_t *rgb) {
  uint8_t flip = are_inverted ? 255 : 0;
  for (size_t i = 0; i < count; i++, inks += 4, rgb += 3) {
    int light = 255 - (inks[3] ^ flip);
    for (int channel = 0; channel < 3; channel++) {
      int product = (inks[channel] ^ flip) * light + 128;
      // light * ink / 255, rounded.
      rgb[channel] = (uint8_t)(light - (((product >> 8) + product) >> 8));
    }
  }
}

#define HENGE_TEXT(value) #value
#define HENGE_TEXT_OF(value) HENGE_TEXT(value)

const char *henge_jpeg_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
  return "libjpeg-turbo " HENGE_TEXT_OF(LIBJPEG_TURBO_VERSION);
#else
  return "libjpeg " HENGE_TEXT_OF(JPEG_LIB_VERSION);
#endif
}
