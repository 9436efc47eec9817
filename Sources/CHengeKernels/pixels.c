// SPDX-License-Identifier: MIT
// Between interleaved bytes, as pictures are stored, and planes of floats, as networks want them.
#include "clones.h"
#include "henge_kernels.h"
#include <math.h>

#pragma STDC FP_CONTRACT OFF

HK_CLONES void hk_planes_from_pixels(const uint8_t *pixels, float *planes, size_t count,
                                     size_t plane, size_t channels, float low, float high) {
  // 256 values are all there are: a table costs less than arithmetic.
  float value[256];
  for (int byte = 0; byte < 256; byte++)
    value[byte] = (float)((double)low + (double)byte * ((double)high - (double)low) / 255.0);
  for (size_t c = 0; c < channels; c++) {
    const uint8_t *restrict p = pixels + c;
    float *restrict q = planes + c * plane;
    for (size_t i = 0; i < count; i++) q[i] = value[p[i * channels]];
  }
}

HK_CLONES size_t hk_pixels_from_planes(const float *planes, uint8_t *pixels, size_t count,
                                       size_t plane, size_t channels, float low, float high) {
  size_t clipped = 0;
  double span = (double)high - (double)low, base = (double)low;
  for (size_t c = 0; c < channels; c++) {
    const float *restrict p = planes + c * plane;
    uint8_t *restrict q = pixels + c;
    for (size_t i = 0; i < count; i++) {
      double value = rint(((double)p[i] - base) * 255.0 / span);
      clipped += !(value >= 0 && value <= 255);
      value = value > 0 ? value : 0; // NaN becomes 0
      q[i * channels] = (uint8_t)(value < 255 ? value : 255);
    }
  }
  return clipped;
}
