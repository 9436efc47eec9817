// SPDX-License-Identifier: MIT
// Several weighted sums of the same rows in one pass: a matrix product whose right side is bytes.
#include "clones.h"
#include "henge_weighted_sums.h"

#pragma clang fp contract(fast)

enum {
  BLOCK = 32, // rows converted at a time
  PANEL = 64, // elements of a row at a time: a cache line of bytes, and 16 KB of doubles in all
  LANES = 4,
  STRIP = 8, // elements whose sums stay in registers, for GROUP rows of weights
  GROUP = 4
};

// Aligned no more than the elements, so that it can be read from anywhere.
typedef double vector __attribute__((vector_size(LANES * 8), aligned(8)));

// Adds the contribution of `count` rows to `groups` x STRIP sums. Each sum adds the rows in order,
// by itself, so its value does not depend on how rows, elements or weights were grouped.
HK_INLINE void add_strip(const double (*panel)[PANEL], size_t column, const double *weights,
                         size_t weight_step, size_t count, double *sums, size_t sum_step,
                         int group) {
  vector low[GROUP], high[GROUP];
  for (int k = 0; k < group; k++) {
    low[k] = *(const vector *)(sums + (size_t)k * sum_step);
    high[k] = *(const vector *)(sums + (size_t)k * sum_step + LANES);
  }
  for (size_t row = 0; row < count; row++) {
    vector a = *(const vector *)(panel[row] + column);
    vector b = *(const vector *)(panel[row] + column + LANES);
    for (int k = 0; k < group; k++) {
      double w = weights[(size_t)k * weight_step + row];
      low[k] = low[k] + a * w;
      high[k] = high[k] + b * w;
    }
  }
  for (int k = 0; k < group; k++) {
    *(vector *)(sums + (size_t)k * sum_step) = low[k];
    *(vector *)(sums + (size_t)k * sum_step + LANES) = high[k];
  }
}

// As add_strip, for a panel's last elements, which fill no strip.
HK_INLINE void add_rest(const double (*panel)[PANEL], size_t from, size_t to, const double *weights,
                        size_t count, double *sums) {
  for (size_t column = from; column < to; column++) {
    double sum = sums[column];
    for (size_t row = 0; row < count; row++) sum = sum + panel[row][column] * weights[row];
    sums[column] = sum;
  }
}

HK_INLINE void add_panel(const double (*panel)[PANEL], size_t width, const double *weights,
                         size_t weight_step, size_t count, double *sums, size_t sum_step,
                         size_t groups) {
  size_t strips = width / STRIP * STRIP, k = 0;
  for (; k + GROUP <= groups; k += GROUP)
    for (size_t c = 0; c < strips; c += STRIP)
      add_strip(panel, c, weights + k * weight_step, weight_step, count, sums + k * sum_step + c,
                sum_step, GROUP);
  for (; k < groups; k++)
    for (size_t c = 0; c < strips; c += STRIP)
      add_strip(panel, c, weights + k * weight_step, weight_step, count, sums + k * sum_step + c,
                sum_step, 1);
  for (k = 0; k < groups && strips < width; k++)
    add_rest(panel, strips, width, weights + k * weight_step, count, sums + k * sum_step);
}

#define HK_WEIGHTED_SUMS(name, element)                                                            \
  HK_CLONES void name(const element *rows, size_t row_step, size_t row_count,                      \
                      const double *weights, size_t weight_step, size_t groups, double *sums,      \
                      size_t sum_step, size_t width) {                                             \
    double panel[BLOCK][PANEL];                                                                    \
    for (size_t row = 0; row < row_count; row += BLOCK) {                                          \
      size_t count = row_count - row < BLOCK ? row_count - row : BLOCK;                            \
      for (size_t from = 0; from < width; from += PANEL) {                                         \
        size_t columns = width - from < PANEL ? width - from : PANEL;                              \
        for (size_t r = 0; r < count; r++) {                                                       \
          const element *source = rows + (row + r) * row_step + from;                              \
          for (size_t c = 0; c < columns; c++) panel[r][c] = (double)source[c];                    \
        }                                                                                          \
        add_panel((const double(*)[PANEL])panel, columns, weights + row, weight_step, count,       \
                  sums + from, sum_step, groups);                                                  \
      }                                                                                            \
    }                                                                                              \
  }

HK_WEIGHTED_SUMS(hk_weighted_sums_u8, uint8_t)
HK_WEIGHTED_SUMS(hk_weighted_sums_f32, float)
