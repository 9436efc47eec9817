// SPDX-License-Identifier: MIT
#include <math.h>

#include "henge_resize.h"

// Weights must be the same on every processor, so products and sums are never fused.
#pragma STDC FP_CONTRACT OFF

static double box(double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }

static double bilinear(double x) {
  x = fabs(x);
  return x < 1.0 ? 1.0 - x : 0.0;
}

// Keys' cubic with a = -0.5 [Keys 1981], in the order of operations Pillow has.
static double bicubic(double x) {
  const double a = -0.5;
  x = fabs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
  return 0.0;
}

static double half_width(int filter) {
  switch (filter) {
    case HENGE_BOX: return 0.5;
    case HENGE_BILINEAR: return 1.0;
    default: return 2.0;
  }
}

// The factor by which the filter is widened so that a shrunken image is blurred first
// (antialiasing).
static double stretch(float from, float to, int32_t out_size) {
  double scale = (double)(to - from) / out_size;
  return scale < 1.0 ? 1.0 : scale;
}

int32_t henge_resize_taps(int filter, float from, float to, int32_t out_size) {
  if (filter == HENGE_NEAREST) return 1;
  return (int32_t)ceil(half_width(filter) * stretch(from, to, out_size)) * 2 + 1;
}

// The pixel under each output's centre; positions are summed, as Pillow does, and so round alike.
static void nearest(int32_t in_size, float from, float to, int32_t out_size, henge_span *spans,
                    double *weights) {
  double step = (double)(to - from) / out_size;
  double centre = from + step * 0.5;
  for (int32_t i = 0; i < out_size; i++) {
    int32_t position = (int32_t)centre;
    spans[i].first = position < in_size ? position : in_size - 1;
    spans[i].count = 1;
    weights[i] = 1.0;
    centre += step;
  }
}

void henge_resize_weights(int filter, int32_t in_size, float from, float to, int32_t out_size,
                          int32_t taps, henge_span *spans, double *weights) {
  if (filter == HENGE_NEAREST) {
    nearest(in_size, from, to, out_size, spans, weights);
    return;
  }
  double (*f)(double) = filter == HENGE_BOX ? box : filter == HENGE_BILINEAR ? bilinear : bicubic;
  double scale = (double)(to - from) / out_size;
  double shrink = stretch(from, to, out_size);
  double support = half_width(filter) * shrink;
  for (int32_t i = 0; i < out_size; i++) {
    double centre = from + (i + 0.5) * scale;
    int32_t first = (int32_t)(centre - support + 0.5);
    if (first < 0) first = 0;
    int32_t end = (int32_t)(centre + support + 0.5);
    if (end > in_size) end = in_size;
    double *row = weights + (int64_t)i * taps;
    double sum = 0.0;
    for (int32_t k = 0; k < taps; k++) {
      row[k] = k < end - first ? f((k + first - centre + 0.5) * (1.0 / shrink)) : 0.0;
      sum += row[k];
    }
    for (int32_t k = 0; k < taps; k++) {
      if (sum != 0.0) row[k] /= sum;
    }
    spans[i] = (henge_span){first, end - first};
  }
}

void henge_resize_fixed(const double *weights, int64_t count, int32_t *fixed) {
  for (int64_t i = 0; i < count; i++) {
    double scaled = weights[i] * (1 << 22);
    fixed[i] = (int32_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  }
}
