// SPDX-License-Identifier: MIT
// The transforms of Winograd's convolution between pictures and workspaces.
#ifndef HENGE_WINOGRAD_TRANSFORMS_H
#define HENGE_WINOGRAD_TRANSFORMS_H

#include "winograd_filters.h"
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

// The same for five frequencies along each axis, or four in a phase that does without the last.
HK_INLINE void transform_input_5(const float *const rows[5], ptrdiff_t step, float *v,
                                 ptrdiff_t plane, int down, int across) {
  vector lines[5][5];
#pragma clang loop unroll(full)
  for (int j = 0; j < across; j++) {
    vector d[5], o[5];
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; i++) d[i] = i < down ? load(rows[i] + j * step) : (vector){0};
    line_input_5(d, o);
#pragma clang loop unroll(full)
    for (int i = 0; i < down; i++) lines[i][j] = o[i];
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < down; i++) {
    vector o[5];
    if (across < 5) lines[i][4] = (vector){0};
    line_input_5(lines[i], o);
#pragma clang loop unroll(full)
    for (int j = 0; j < across; j++) store(v + (5 * i + j) * plane, o[j]);
  }
}

HK_INLINE void transform_phase(tiling by, phase of, const float *const rows[6], ptrdiff_t step,
                               float *v, ptrdiff_t plane) {
  if (by.points == 6)
    transform_input(rows, step, v, plane);
  else if (of.down == 5 && of.across == 5)
    transform_input_5(rows, step, v, plane, 5, 5);
  else if (of.down == 5)
    transform_input_5(rows, step, v, plane, 5, 4);
  else if (of.across == 5)
    transform_input_5(rows, step, v, plane, 4, 5);
  else
    transform_input_5(rows, step, v, plane, 4, 4);
}

HK_INLINE void tiles_input(tiling by, size_t taps, const hk_winograd *shape, const hk_tiles *tiles,
                           const float *x, float *v) {
  size_t picture_size = shape->height * shape->width * shape->channels;
  ptrdiff_t step = (ptrdiff_t)(by.stride * shape->channels);
  size_t vectors = by.stride == 1 ? tiles->to : phase_vectors(shape->channels);
  place at = place_of(shape, tiles->first);
  for (size_t t = 0; t < tiles->count; t++, advance(&at)) {
    const float *picture = x + at.picture * picture_size;
    for (size_t index = 0; index < by.stride * by.stride; index++) {
      phase of = phase_of(by, taps, index);
      footprint f = input_footprint(shape, at, by, of);
      size_t first = index * vectors, last = smaller(tiles->to, first + vectors);
      for (size_t n = tiles->from > first ? tiles->from : first; n < last; n++) {
        float *to = v + vector_offset(tiles, n) + (ptrdiff_t)t * PANEL;
        size_t inner = n - first, count = lanes(shape->channels, inner);
        const float *rows[6];
        if (f.is_inside && count == WIDTH) {
          for (int i = 0; i < (int)by.points; i++)
            rows[i] = picture + f.rows[i] + f.columns[0] + inner * WIDTH;
          // The next tile's pixels are on their way meanwhile.
          for (int i = 0; i < (int)by.points; i++)
            for (int j = (int)by.points; j < (int)(by.points + by.outputs); j++)
              __builtin_prefetch(rows[i] + j * step);
          transform_phase(by, of, rows, step, to, tiles->plane);
          continue;
        }
        float copy[6][6][WIDTH];
        for (int i = 0; i < (int)by.points; i++) {
          rows[i] = copy[i][0];
          for (int j = 0; j < (int)by.points; j++) {
            const float *pixel = picture + f.rows[i] + f.columns[j] + inner * WIDTH;
            if (f.rows[i] < 0 || f.columns[j] < 0)
              store(copy[i][j], (vector){0});
            else
              store(copy[i][j], count == WIDTH ? load(pixel) : load_part(pixel, count));
          }
        }
        transform_phase(by, of, rows, WIDTH, to, tiles->plane);
      }
    }
  }
}

// The lines of one vector of a tile's M, down its columns; `o` is then taken along its rows.
HK_INLINE void output_lines(tiling by, phase of, const float *m, ptrdiff_t plane,
                            vector lines[6][4]) {
  int points = (int)by.points;
#pragma clang loop unroll(full)
  for (int j = 0; j < points; j++) {
    vector d[6];
#pragma clang loop unroll(full)
    for (int i = 0; i < points; i++)
      d[i] = i < (int)of.down && j < (int)of.across ? load(m + (points * i + j) * plane)
                                                    : (vector){0};
    if (points == 6)
      line_output(d, lines[j], by.outputs);
    else
      line_output_5(d, lines[j]);
  }
}

// The destination of a tile's outputs; positions outside the image are left out.
typedef struct {
  ptrdiff_t first_row, first_column;
  ptrdiff_t step;
} target;

HK_INLINE target target_of(const hk_winograd *shape, place at, tiling by, phase of) {
  ptrdiff_t down = (ptrdiff_t)(by.outputs * at.down), across = (ptrdiff_t)(by.outputs * at.across);
  if (by.stride == 1) return (target){.first_row = down, .first_column = across, .step = 1};
  return (target){.first_row = shape->first_rows[of.is_odd_row] + 2 * down,
                  .first_column = shape->first_columns[of.is_odd_column] + 2 * across,
                  .step = 2};
}

HK_INLINE void tiles_output(tiling by, size_t taps, const hk_winograd *shape, const hk_tiles *tiles,
                            const float *m, float *y, const float *bias, hk_epilogue activation,
                            float slope) {
  ptrdiff_t height = (ptrdiff_t)shape->out_height, width = (ptrdiff_t)shape->out_width;
  ptrdiff_t row_size = width * (ptrdiff_t)shape->out_channels;
  size_t vectors = by.stride == 1 ? tiles->to : phase_vectors(shape->out_channels);
  place at = place_of(shape, tiles->first);
  for (size_t t = 0; t < tiles->count; t++, advance(&at)) {
    float *picture = y + (ptrdiff_t)at.picture * height * row_size;
    for (size_t index = 0; index < by.stride * by.stride; index++) {
      phase of = phase_of(by, taps, index);
      target to = target_of(shape, at, by, of);
      size_t first = index * vectors, last = smaller(tiles->to, first + vectors);
      for (size_t n = tiles->from > first ? tiles->from : first; n < last; n++) {
        size_t inner = n - first, count = lanes(shape->out_channels, inner);
        if (count == 0) continue;
        const float *from = m + vector_offset(tiles, n) + (ptrdiff_t)t * PANEL;
        vector lines[6][4];
        output_lines(by, of, from, tiles->plane, lines);
        vector shift = {0};
        if (bias) {
          const float *some = bias + inner * WIDTH;
          shift = count == WIDTH ? load(some) : load_part(some, count);
        }
#pragma clang loop unroll(full)
        for (size_t i = 0; i < by.outputs; i++) {
          vector d[6], o[4];
          for (size_t j = 0; j < by.points; j++) d[j] = lines[j][i];
          if (by.points == 6)
            line_output(d, o, by.outputs);
          else
            line_output_5(d, o);
          ptrdiff_t row = to.first_row + to.step * (ptrdiff_t)i;
          if (row < 0 || row >= height) continue;
          float *pixels = picture + row * row_size + inner * WIDTH;
#pragma clang loop unroll(full)
          for (size_t j = 0; j < by.outputs; j++) {
            ptrdiff_t column = to.first_column + to.step * (ptrdiff_t)j;
            if (column < 0 || column >= width) continue;
            vector out = activated(o[j] + shift, activation, slope);
            float *pixel = pixels + column * (ptrdiff_t)shape->out_channels;
            if (count == WIDTH)
              store(pixel, out);
            else
              store_part(pixel, out, count);
          }
        }
      }
    }
  }
}

HK_INLINE void tiles_output_gradient(size_t outputs, const hk_winograd *shape,
                                     const hk_tiles *tiles, const float *dy, float *dm) {
  size_t row_size = shape->out_width * shape->out_channels;
  place at = place_of(shape, tiles->first);
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
  tiling by = {.outputs = outputs, .points = 6, .stride = 1};
  phase all = {.down = 6, .across = 6};
  size_t picture_size = shape->height * shape->width * shape->channels;
  place at = place_of(shape, tiles->first);
  for (size_t t = 0; t < tiles->count; t++, advance(&at)) {
    footprint f = input_footprint(shape, at, by, all);
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

// The transforms of a pass, with names that end in `name`; a stride of 2 has phases in the input
// or, where it is transposed, in the output.
#define HK_WINOGRAD_INPUT(name, outputs, taps, stride)                                             \
  static void winograd_input_##name(const hk_winograd *shape, const hk_tiles *tiles,               \
                                    const float *x, float *v) {                                    \
    const tiling by = {outputs, outputs + (taps + stride - 1) / stride - 1, stride};               \
    tiles_input(by, taps, shape, tiles, x, v);                                                     \
  }
#define HK_WINOGRAD_OUTPUT(name, outputs, taps, stride)                                            \
  static void winograd_output_##name(const hk_winograd *shape, const hk_tiles *tiles,              \
                                     const float *m, float *y, const float *bias,                  \
                                     hk_epilogue activation, float slope) {                        \
    const tiling by = {outputs, outputs + (taps + stride - 1) / stride - 1, stride};               \
    tiles_output(by, taps, shape, tiles, m, y, bias, activation, slope);                           \
  }
#define HK_WINOGRAD_FILTER(name, outputs, taps, stride, is_transposed)                             \
  static void winograd_filter_##name(const float *w, ptrdiff_t row_step, ptrdiff_t column_step,    \
                                     size_t depth, size_t n, size_t from, size_t to, float *u,     \
                                     ptrdiff_t plane, ptrdiff_t panel_step,                        \
                                     ptrdiff_t phase_step) {                                       \
    const tiling by = {outputs, outputs + (taps + stride - 1) / stride - 1, stride};               \
    filters(by, taps, is_transposed, w, row_step, column_step, depth, n, from, to, u, plane,       \
            panel_step, phase_step);                                                               \
  }
#define HK_WINOGRAD_GRADIENTS(outputs, taps)                                                       \
  static void winograd_output_gradient_##taps(const hk_winograd *shape, const hk_tiles *tiles,     \
                                              const float *dy, float *dm) {                        \
    tiles_output_gradient(outputs, shape, tiles, dy, dm);                                          \
  }                                                                                                \
  static void winograd_input_gradient_##taps(const hk_winograd *shape, const hk_tiles *tiles,      \
                                             const float *dv, float *dx) {                         \
    tiles_input_gradient(outputs, shape, tiles, dv, dx);                                           \
  }                                                                                                \
  static void winograd_filter_gradient_##taps(const float *u, ptrdiff_t plane, ptrdiff_t u_step,   \
                                              size_t from, size_t to, size_t n, float *w) {        \
    filter_gradients(taps, u, plane, u_step, from, to, n, w);                                      \
  }
// Of a stride of 1, F(outputs, taps).
#define HK_WINOGRAD(outputs, taps)                                                                 \
  HK_WINOGRAD_INPUT(taps, outputs, taps, 1)                                                        \
  HK_WINOGRAD_OUTPUT(taps, outputs, taps, 1)                                                       \
  HK_WINOGRAD_FILTER(taps, outputs, taps, 1, 0)                                                    \
  HK_WINOGRAD_GRADIENTS(outputs, taps)
// Of a stride of 2.
#define HK_WINOGRAD_STRIDED(taps)                                                                  \
  HK_WINOGRAD_INPUT(strided_##taps, 4, taps, 2)                                                    \
  HK_WINOGRAD_OUTPUT(transposed_##taps, 4, taps, 2)                                                \
  HK_WINOGRAD_FILTER(strided_##taps, 4, taps, 2, 0)                                                \
  HK_WINOGRAD_FILTER(transposed_##taps, 4, taps, 2, 1)

HK_WINOGRAD(4, 3)
HK_WINOGRAD(3, 4)
// Of all phases together: they share one side.
HK_WINOGRAD_INPUT(phases, 4, 2, 1)
HK_WINOGRAD_OUTPUT(phases, 4, 2, 1)
HK_WINOGRAD_STRIDED(3)
HK_WINOGRAD_STRIDED(4)

#define HK_WINOGRAD_PASS(count_of_outputs, count_of_points, input_name, output_name, filter_name)  \
  {.outputs = count_of_outputs,                                                                    \
   .frequencies = count_of_points * count_of_points,                                               \
   .input = winograd_input_##input_name,                                                           \
   .output = winograd_output_##output_name,                                                        \
   .filter = winograd_filter_##filter_name}
#define HK_WINOGRAD_KERNELS(outputs, taps)                                                         \
  {.pass = HK_WINOGRAD_PASS(outputs, 6, taps, taps, taps),                                         \
   .output_gradient = winograd_output_gradient_##taps,                                             \
   .input_gradient = winograd_input_gradient_##taps,                                               \
   .filter_gradient = winograd_filter_gradient_##taps}
#define HK_WINOGRAD_STRIDED_PASSES(taps)                                                           \
  {HK_WINOGRAD_PASS(4, 5, strided_##taps, phases, strided_##taps),                                 \
   HK_WINOGRAD_PASS(4, 5, phases, transposed_##taps, transposed_##taps)}

// For filters of 3 and of 4.
#define HK_WINOGRAD_TABLES(name)                                                                   \
  const hk_winograd_kernels name[2] = {HK_WINOGRAD_KERNELS(4, 3), HK_WINOGRAD_KERNELS(3, 4)};      \
  const hk_winograd_pass name##_strided[2][2] = {HK_WINOGRAD_STRIDED_PASSES(3),                    \
                                                 HK_WINOGRAD_STRIDED_PASSES(4)};

#endif
