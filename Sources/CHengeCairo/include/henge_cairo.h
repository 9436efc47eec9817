// SPDX-License-Identifier: MIT
#ifndef HENGE_CAIRO_H
#define HENGE_CAIRO_H

#include <cairo/cairo.h>
#include <cairo/cairo-pdf.h>

// cairo, opened by name when something is drawn: it brings twenty more libraries, for which every
// start would wait.

// Its functions, without `cairo_`.
#define HENGE_CAIRO_FUNCTIONS(use) \
  use(clip) use(close_path) use(create) use(curve_to) use(destroy) use(fill) use(font_extents) \
  use(font_options_create) use(font_options_destroy) use(font_options_set_antialias) \
  use(font_options_set_hint_metrics) use(font_options_set_hint_style) use(get_matrix) \
  use(get_scaled_font) use(get_source) use(glyph_free) use(identity_matrix) \
  use(image_surface_create) use(image_surface_get_data) use(image_surface_get_stride) \
  use(line_to) use(move_to) use(new_path) use(paint) use(paint_with_alpha) use(path_extents) \
  use(pattern_add_color_stop_rgba) use(pattern_create_linear) use(pattern_create_radial) \
  use(pattern_destroy) use(pattern_set_extend) use(pdf_surface_create_for_stream) \
  use(pdf_surface_set_metadata) use(pop_group_to_source) use(push_group) use(rectangle) \
  use(restore) use(save) use(scaled_font_text_to_glyphs) use(select_font_face) \
  use(set_antialias) use(set_dash) use(set_font_options) use(set_font_size) use(set_line_cap) \
  use(set_line_join) use(set_line_width) use(set_source) use(set_source_rgba) \
  use(set_source_surface) use(set_tolerance) use(show_text) use(status) use(status_to_string) \
  use(stroke) use(surface_create_similar_image) use(surface_destroy) use(surface_finish) \
  use(surface_flush) use(surface_mark_dirty) use(surface_status) use(text_extents) \
  use(transform) use(version_string)

typedef struct {
#define HENGE_DECLARE(name) __typeof__(cairo_##name) *name;
  HENGE_CAIRO_FUNCTIONS(HENGE_DECLARE)
#undef HENGE_DECLARE
} henge_cairo_functions;

// Opens the library once; NULL, or why it cannot be used, a text that stays.
const char *henge_cairo_fault(void);

// The functions, all of them there where henge_cairo_fault() is NULL.
const henge_cairo_functions *henge_cairo(void);

#endif
