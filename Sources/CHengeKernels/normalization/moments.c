// SPDX-License-Identifier: MIT
// What joins the sums of a normalisation's parts: once for each channel, so plain C.
#include "henge_normalization.h"
#include <math.h>

void hk_join_sums(const double *partials, size_t parts, size_t channels, double *totals) {
  for (size_t i = 0; i < 2 * channels; i++) totals[i] = 0;
  for (size_t part = 0; part < parts; part++, partials += 2 * channels)
    for (size_t i = 0; i < 2 * channels; i++) totals[i] += partials[i];
}

void hk_moments_finish(const double *totals, size_t channels, double count, double epsilon,
                       float *mean, float *inverse) {
  for (size_t c = 0; c < channels; c++) {
    double m = totals[c] / count, variance = totals[channels + c] / count - m * m;
    // Rounding can leave less than nothing; NaN compares false and stays.
    if (variance < 0) variance = 0;
    mean[c] = (float)m;
    inverse[c] = (float)(1 / sqrt(variance + epsilon));
  }
}
