// SPDX-License-Identifier: MIT
// The transforms of Winograd's convolution between filters and workspaces.
#ifndef HENGE_WINOGRAD_FILTERS_H
#define HENGE_WINOGRAD_FILTERS_H

#include "winograd_lines.h"
#include "winograd_tiles.h"

// The frequencies of one vector of filters, whose taps are PANEL floats apart.
HK_INLINE void transform_filter(size_t taps, const float *buffer, float *u, ptrdiff_t plane) {
  vector lines[4][6];
  for (size_t j = 0; j < taps; j++) {
    vector t[4];
    for (size_t i = 0; i < taps; i++) t[i] = load(buffer + (taps * i + j) * PANEL);
    line_filter(t, lines[j], taps);
  }
  for (int i = 0; i < 6; i++) {
    vector t[4], o[6];
    for (size_t j = 0; j < taps; j++) t[j] = lines[j][i];
    line_filter(t, o, taps);
    for (int j = 0; j < 6; j++) store_past_cache(u + (6 * i + j) * plane, o[j]);
  }
}

// The taps of a phase, of which there may be only one; what is transposed meets them in reverse.
HK_INLINE void transform_phase_of_filter(size_t taps, phase of, int is_transposed,
                                         const float *buffer, float *u, ptrdiff_t plane) {
  size_t rows[2] = {of.is_odd_row, of.is_odd_row + 2};
  size_t columns[2] = {of.is_odd_column, of.is_odd_column + 2};
  size_t down = rows[1] < taps ? 2 : 1, across = columns[1] < taps ? 2 : 1;
  vector lines[2][5];
  for (size_t j = 0; j < 2; j++) {
    vector t[2] = {{0}, {0}};
    size_t column = columns[is_transposed && across == 2 ? 1 - j : j];
    for (size_t i = 0; i < down && j < across; i++) {
      size_t row = rows[is_transposed && down == 2 ? 1 - i : i];
      t[i] = load(buffer + (taps * row + column) * PANEL);
    }
    line_filter_5(t, lines[j]);
  }
  for (size_t i = 0; i < of.down; i++) {
    vector t[2] = {lines[0][i], lines[1][i]}, o[5];
    line_filter_5(t, o);
    for (size_t j = 0; j < of.across; j++)
      store_past_cache(u + (ptrdiff_t)(5 * i + j) * plane, o[j]);
  }
}

// The taps of one column become rows of a panel; a row of filters is transposed through `buffer`,
// since each filter's floats are adjacent in memory and vectors run over columns. A layer's filters
// in all frequencies exceed a cache: they are written around it, without being read first.
HK_INLINE void filters(tiling by, size_t taps, int is_transposed, const float *w,
                       ptrdiff_t row_step, ptrdiff_t column_step, size_t depth, size_t n,
                       size_t from, size_t to, float *u, ptrdiff_t plane, ptrdiff_t panel_step,
                       ptrdiff_t phase_step) {
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
          const float *some = buffer[d][0] + half;
          float *out = u + (ptrdiff_t)(row + d) * PANEL + half;
          if (by.stride == 1) {
            transform_filter(taps, some, out, plane);
            continue;
          }
          for (size_t index = 0; index < HK_SPATIAL_PHASES; index++)
            transform_phase_of_filter(taps, phase_of(by, taps, index), is_transposed, some,
                                      out + (ptrdiff_t)index * phase_step, plane);
        }
      }
    }
  }
  // Non-temporal stores must be ordered before other threads read them.
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

#endif
