// SPDX-License-Identifier: MIT
// The transforms of Winograd's convolution between pictures and workspaces.
#ifndef HENGE_WINOGRAD_TRANSFORMS_H
#define HENGE_WINOGRAD_TRANSFORMS_H

#include "winograd_lines.h"
#include "winograd_tiles.h"

// One vector of a tile's input. Lines are loaded again rather than kept: 36 vectors fit no register
// file, and a load costs less than a store and a load.
HK_INLINE void transform_input(const float *const rows[6], ptrdiff_t step, float *v,
                               ptrdiff_t plane) {
  vector line[2][6], o[6], d[6];
#define HK_DOWN(call)                                                                              \
  for (int j = 0; j < 6; j++) {                                                                    \
    for (int i = 0; i < 6; i++) d[i] = load(rows[i] + j * step);                                   \
    call;                                                                                          \
  }
#define HK_ALONG(n, f)                                                                             \
  line_input(line[n], o);                                                                          \
  for (int j = 0; j < 6; j++) store(v + (6 * (f) + j) * plane, o[j]);
  HK_DOWN(line_first(d, &line[0][j]))
  HK_ALONG(0, 0)
  HK_DOWN(line_second_third(d, &line[0][j], &line[1][j]))
  HK_ALONG(0, 1)
  HK_ALONG(1, 2)
  HK_DOWN(line_fourth_fifth(d, &line[0][j], &line[1][j]))
  HK_ALONG(0, 3)
  HK_ALONG(1, 4)
  HK_DOWN(line_last(d, &line[0][j]))
  HK_ALONG(0, 5)
#undef HK_DOWN
#undef HK_ALONG
}

HK_INLINE void tiles_input(size_t outputs, const hk_winograd *shape, const hk_tiles *tiles,
                           const float *x, float *v) {
  size_t picture_size = shape->height * shape->width * shape->channels;
  place at = place_of(shape, tiles->first, outputs);
  for (size_t t = 0; t < tiles->count; t++, advance(&at)) {
    footprint f = input_footprint(shape, at, outputs);
    const float *picture = x + at.picture * picture_size;
    for (size_t n = tiles->from; n < tiles->to; n++) {
      float *to = v + vector_offset(tiles, n) + (ptrdiff_t)t * PANEL;
      size_t count = lanes(shape->channels, n);
      const float *rows[6];
      if (f.is_inside && count == WIDTH) {
        for (int i = 0; i < 6; i++) rows[i] = picture + f.rows[i] + f.columns[0] + n * WIDTH;
        // The next tile's pixels are on their way meanwhile.
        for (int i = 0; i < 6; i++)
          for (int j = 6; j < 10; j++) __builtin_prefetch(rows[i] + j * (ptrdiff_t)shape->channels);
        transform_input(rows, (ptrdiff_t)shape->channels, to, tiles->plane);
        continue;
      }
      float copy[6][6][WIDTH];
      for (int i = 0; i < 6; i++) {
        rows[i] = copy[i][0];
        for (int j = 0; j < 6; j++) {
          const float *pixel = picture + f.rows[i] + f.columns[j] + n * WIDTH;
          if (f.rows[i] < 0 || f.columns[j] < 0)
            store(copy[i][j], (vector){0});
          else
            store(copy[i][j], count == WIDTH ? load(pixel) : load_part(pixel, count));
        }
      }
      transform_input(rows, WIDTH, to, tiles->plane);
    }
  }
}

HK_INLINE void tiles_output(size_t outputs, const hk_winograd *shape, const hk_tiles *tiles,
                            const float *m, float *y, const float *bias, hk_epilogue activation,
                            float slope) {
  size_t row_size = shape->out_width * shape->out_channels;
  place at = place_of(shape, tiles->first, outputs);
  for (size_t t = 0; t < tiles->count; t++, advance(&at)) {
    size_t down = smaller(outputs, shape->out_height - outputs * at.down);
    size_t across = smaller(outputs, shape->out_width - outputs * at.across);
    float *corner = y + (at.picture * shape->out_height + outputs * at.down) * row_size +
                    outputs * at.across * shape->out_channels;
    for (size_t n = tiles->from; n < tiles->to; n++) {
      size_t count = lanes(shape->out_channels, n);
      if (count == 0) continue;
      const float *from = m + vector_offset(tiles, n) + (ptrdiff_t)t * PANEL;
      vector lines[6][4];
      for (int j = 0; j < 6; j++) {
        vector d[6];
        for (int i = 0; i < 6; i++) d[i] = load(from + (6 * i + j) * tiles->plane);
        line_output(d, lines[j], outputs);
      }
      vector shift = {0};
      if (bias)
        shift = count == WIDTH ? load(bias + n * WIDTH) : load_part(bias + n * WIDTH, count);
#pragma clang loop unroll(full)
      for (size_t i = 0; i < outputs; i++) {
        vector d[6], o[4];
        for (int j = 0; j < 6; j++) d[j] = lines[j][i];
        line_output(d, o, outputs);
        if (i >= down) continue;
        float *to = corner + i * row_size + n * WIDTH;
#pragma clang loop unroll(full)
        for (size_t j = 0; j < outputs; j++) {
          if (j >= across) continue;
          vector out = activated(o[j] + shift, activation, slope);
          if (count == WIDTH)
            store(to + j * shape->out_channels, out);
          else
            store_part(to + j * shape->out_channels, out, count);
        }
      }
    }
  }
}

HK_INLINE void tiles_output_gradient(size_t outputs, const hk_winograd *shape,
                                     const hk_tiles *tiles, const float *dy, float *dm) {
  size_t row_size = shape->out_width * shape->out_channels;
  place at = place_of(shape, tiles->first, outputs);
  for (size_t t = 0; t < tiles->count; t++, advance(&at)) {
    size_t down = smaller(outputs, shape->out_height - outputs * at.down);
    size_t across = smaller(outputs, shape->out_width - outputs * at.across);
    const float *corner = dy + (at.picture * shape->out_height + outputs * at.down) * row_size +
                          outputs * at.across * shape->out_channels;
    for (size_t n = tiles->from; n < tiles->to; n++) {
      size_t count = lanes(shape->out_channels, n);
      float *to = dm + vector_offset(tiles, n) + (ptrdiff_t)t * PANEL;
      vector lines[4][6];
      for (size_t j = 0; j < outputs; j++) {
        vector d[4];
        for (size_t i = 0; i < outputs; i++) {
          const float *pixel = corner + i * row_size + j * shape->out_channels + n * WIDTH;
          d[i] = (vector){0};
          if (i < down && j < across) d[i] = count == WIDTH ? load(pixel) : load_part(pixel, count);
        }
        line_output_gradient(d, lines[j], outputs);
      }
      for (int i = 0; i < 6; i++) {
        vector d[4], o[6];
        for (size_t j = 0; j < outputs; j++) d[j] = lines[j][i];
        line_output_gradient(d, o, outputs);
        for (int j = 0; j < 6; j++) store(to + (6 * i + j) * tiles->plane, o[j]);
      }
    }
  }
}

HK_INLINE void tiles_input_gradient(size_t outputs, const hk_winograd *shape, const hk_tiles *tiles,
                                    const float *dv, float *dx) {
  size_t picture_size = shape->height * shape->width * shape->channels;
  place at = place_of(shape, tiles->first, outputs);
  for (size_t t = 0; t < tiles->count; t++, advance(&at)) {
    footprint f = input_footprint(shape, at, outputs);
    float *picture = dx + at.picture * picture_size;
    for (size_t n = tiles->from; n < tiles->to; n++) {
      size_t count = lanes(shape->channels, n);
      if (count == 0) continue;
      const float *from = dv + vector_offset(tiles, n) + (ptrdiff_t)t * PANEL;
      vector lines[6][6];
      for (int j = 0; j < 6; j++) {
        vector d[6];
        for (int i = 0; i < 6; i++) d[i] = load(from + (6 * i + j) * tiles->plane);
        line_input_gradient(d, lines[j]);
      }
      for (int i = 0; i < 6; i++) {
        if (f.rows[i] < 0) continue;
        vector d[6], o[6];
        for (int j = 0; j < 6; j++) d[j] = lines[j][i];
        line_input_gradient(d, o);
        float *row = picture + f.rows[i] + n * WIDTH;
        for (int j = 0; j < 6; j++) {
          if (f.columns[j] < 0) continue;
          float *pixel = row + f.columns[j];
          if (count == WIDTH)
            store(pixel, load(pixel) + o[j]);
          else
            store_part(pixel, load_part(pixel, count) + o[j], count);
        }
      }
    }
  }
}

// The taps of one column become rows of a panel; a row of filters is transposed through `buffer`,
// since each filter's floats are adjacent in memory and vectors run over columns. A layer's filters
// in all frequencies are more than a cache holds: they go past it, without being read first.
HK_INLINE void filters(size_t taps, const float *w, ptrdiff_t row_step, ptrdiff_t column_step,
                       size_t depth, size_t n, size_t from, size_t to, float *u, ptrdiff_t plane,
                       ptrdiff_t panel_step) {
  enum { ROWS_AT_ONCE = 8 };
  float buffer[ROWS_AT_ONCE][16][PANEL];
  for (size_t first = 0; first < n; first += PANEL, u += panel_step) {
    size_t columns = smaller(PANEL, n - first);
    for (size_t row = from; row < to; row += ROWS_AT_ONCE) {
      size_t rows = smaller(ROWS_AT_ONCE, to - row);
      size_t filled = row >= depth ? 0 : smaller(rows, depth - row);
      if (columns < PANEL || filled < rows) memset(buffer, 0, sizeof buffer);
      for (size_t j = 0; j < columns; j++) {
        const float *filter = w + (ptrdiff_t)(first + j) * column_step + (ptrdiff_t)row * row_step;
        for (size_t d = 0; d < filled; d++, filter += row_step)
          for (size_t k = 0; k < taps * taps; k++) buffer[d][k][j] = filter[k];
      }
      for (size_t d = 0; d < rows; d++) {
        for (int half = 0; half < PANEL; half += WIDTH) {
          vector lines[4][6];
          for (size_t j = 0; j < taps; j++) {
            vector t[4];
            for (size_t i = 0; i < taps; i++) t[i] = load(buffer[d][taps * i + j] + half);
            line_filter(t, lines[j], taps);
          }
          float *out = u + (ptrdiff_t)(row + d) * PANEL + half;
          for (int i = 0; i < 6; i++) {
            vector t[4], o[6];
            for (size_t j = 0; j < taps; j++) t[j] = lines[j][i];
            line_filter(t, o, taps);
            for (int j = 0; j < 6; j++) store_past_cache(out + (6 * i + j) * plane, o[j]);
          }
        }
      }
    }
  }
  // What went past the cache is told to other threads like any other store.
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

HK_INLINE void filter_gradients(size_t taps, const float *u, ptrdiff_t plane, ptrdiff_t u_step,
                                size_t from, size_t to, size_t n, float *w) {
  for (size_t row = from; row < to; row++) {
    const float *line = u + (ptrdiff_t)row * u_step;
    float *filter = w + row * n * taps * taps;
    for (size_t first = 0; first < n; first += WIDTH, filter += taps * taps * WIDTH) {
      size_t count = smaller(WIDTH, n - first);
      vector lines[6][4];
      for (int j = 0; j < 6; j++) {
        vector d[6];
        for (int i = 0; i < 6; i++) {
          const float *at = line + (6 * i + j) * plane + first;
          d[i] = count == WIDTH ? load(at) : load_part(at, count);
        }
        line_filter_gradient(d, lines[j], taps);
      }
      float buffer[16][WIDTH];
      for (size_t i = 0; i < taps; i++) {
        vector d[6], o[4];
        for (int j = 0; j < 6; j++) d[j] = lines[j][i];
        line_filter_gradient(d, o, taps);
        for (size_t j = 0; j < taps; j++) store(buffer[taps * i + j], o[j]);
      }
      // One by one: AVX-512 would scatter, which takes longer.
#pragma clang loop vectorize(disable)
      for (size_t j = 0; j < count; j++)
#pragma clang loop vectorize(disable)
        for (size_t k = 0; k < taps * taps; k++) filter[j * taps * taps + k] = buffer[k][j];
    }
  }
}

// The transforms of F(outputs, taps), with names that end in `taps`.
#define HK_WINOGRAD(outputs, taps)                                                                 \
  static void winograd_input_##taps(const hk_winograd *shape, const hk_tiles *tiles,               \
                                    const float *x, float *v) {                                    \
    tiles_input(outputs, shape, tiles, x, v);                                                      \
  }                                                                                                \
  static void winograd_output_##taps(const hk_winograd *shape, const hk_tiles *tiles,              \
                                     const float *m, float *y, const float *bias,                  \
                                     hk_epilogue activation, float slope) {                        \
    tiles_output(outputs, shape, tiles, m, y, bias, activation, slope);                            \
  }                                                                                                \
  static void winograd_output_gradient_##taps(const hk_winograd *shape, const hk_tiles *tiles,     \
                                              const float *dy, float *dm) {                        \
    tiles_output_gradient(outputs, shape, tiles, dy, dm);                                          \
  }                                                                                                \
  static void winograd_input_gradient_##taps(const hk_winograd *shape, const hk_tiles *tiles,      \
                                             const float *dv, float *dx) {                         \
    tiles_input_gradient(outputs, shape, tiles, dv, dx);                                           \
  }                                                                                                \
  static void winograd_filter_##taps(const float *w, ptrdiff_t row_step, ptrdiff_t column_step,    \
                                     size_t depth, size_t n, size_t from, size_t to, float *u,     \
                                     ptrdiff_t plane, ptrdiff_t panel_step) {                      \
    filters(taps, w, row_step, column_step, depth, n, from, to, u, plane, panel_step);             \
  }                                                                                                \
  static void winograd_filter_gradient_##taps(const float *u, ptrdiff_t plane, ptrdiff_t u_step,   \
                                              size_t from, size_t to, size_t n, float *w) {        \
    filter_gradients(taps, u, plane, u_step, from, to, n, w);                                      \
  }

HK_WINOGRAD(4, 3)
HK_WINOGRAD(3, 4)

#define HK_WINOGRAD_TABLE(name, count_of_outputs, count_of_taps)                                   \
  const hk_winograd_kernels name = {.outputs = count_of_outputs,                                   \
                                    .taps = count_of_taps,                                         \
                                    .input = winograd_input_##count_of_taps,                       \
                                    .output = winograd_output_##count_of_taps,                     \
                                    .output_gradient = winograd_output_gradient_##count_of_taps,   \
                                    .input_gradient = winograd_input_gradient_##count_of_taps,     \
                                    .filter = winograd_filter_##count_of_taps,                     \
                                    .filter_gradient = winograd_filter_gradient_##count_of_taps};

#endif
