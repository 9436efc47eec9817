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

// One plane as bytes next to each other, a loop that is vectorized.
HK_INLINE size_t bytes_from_plane(const float *restrict plane, uint8_t *restrict bytes,
                                  size_t count, double low, double span) {
  size_t clipped = 0;
  for (size_t i = 0; i < count; i++) {
    double value = rint(((double)plane[i] - low) * 255.0 / span);
    clipped += !(value >= 0 && value <= 255);
    value = value > 0 ? value : 0; // NaN becomes 0
    bytes[i] = (uint8_t)(int32_t)(value < 255 ? value : 255);
  }
  return clipped;
}

HK_CLONES size_t hk_pixels_from_planes(const float *planes, uint8_t *pixels, size_t count,
                                       size_t plane, size_t channels, float low, float high) {
  enum { PART = 1024 };
  uint8_t parts[3][PART];
  size_t clipped = 0;
  double span = (double)high - (double)low;
  for (size_t begin = 0; begin < count; begin += PART) {
    size_t part = count - begin < PART ? count - begin : PART;
    uint8_t *restrict to = pixels + begin * channels;
    if (channels == 3) {
      for (size_t c = 0; c < 3; c++)
        clipped += bytes_from_plane(planes + c * plane + begin, parts[c], part, low, span);
      for (size_t i = 0; i < part; i++)
        for (size_t c = 0; c < 3; c++) to[3 * i + c] = parts[c][i];
    } else {
      for (size_t c = 0; c < channels; c++) {
        clipped += bytes_from_plane(planes + c * plane + begin, parts[0], part, low, span);
        for (size_t i = 0; i < part; i++) to[i * channels + c] = parts[0][i];
      }
    }
  }
  return clipped;
}
