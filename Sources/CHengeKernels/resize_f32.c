// SPDX-License-Identifier: MIT
#include "henge_resize.h"

// The same floats on every processor: products and sums are never fused.
#pragma STDC FP_CONTRACT OFF

void henge_resize_f32_across(const float *in, int64_t rows, int64_t in_width, float *out,
                             int64_t out_width, int32_t taps, const henge_span *spans,
                             const double *weights) {
  int64_t y = 0;
  // Four rows at a time: their sums do not wait for each other.
  for (; y + 4 <= rows; y += 4) {
    for (int64_t x = 0; x < out_width; x++) {
      const float *row = in + y * in_width + spans[x].first;
      const double *weight = weights + x * taps;
      double sum[4] = {0, 0, 0, 0};
      for (int32_t k = 0; k < spans[x].count; k++) {
        for (int r = 0; r < 4; r++) sum[r] += (double)row[r * in_width + k] * weight[k];
      }
      for (int r = 0; r < 4; r++) out[(y + r) * out_width + x] = (float)sum[r];
    }
  }
  for (; y < rows; y++) {
    for (int64_t x = 0; x < out_width; x++) {
      const float *row = in + y * in_width + spans[x].first;
      double sum = 0;
      for (int32_t k = 0; k < spans[x].count; k++) sum += (double)row[k] * weights[x * taps + k];
      out[y * out_width + x] = (float)sum;
    }
  }
}

void henge_resize_f32_down(const float *in, int64_t width, float *out, int64_t out_rows,
                           int32_t taps, const henge_span *spans, const double *weights) {
  enum { BLOCK = 16 };
  for (int64_t y = 0; y < out_rows; y++) {
    const float *rows = in + (int64_t)spans[y].first * width;
    const double *weight = weights + y * taps;
    for (int64_t x = 0; x < width; x += BLOCK) {
      int64_t columns = width - x < BLOCK ? width - x : BLOCK;
      double sum[BLOCK] = {0};
      for (int32_t k = 0; k < spans[y].count; k++) {
        for (int64_t i = 0; i < columns; i++) sum[i] += (double)rows[k * width + x + i] * weight[k];
      }
      for (int64_t i = 0; i < columns; i++) out[y * width + x + i] = (float)sum[i];
    }
  }
}
