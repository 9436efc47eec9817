// SPDX-License-Identifier: MIT
#include "henge_resize.h"

// The products, quotients and luma here are Pillow's, to the bit.

static uint8_t times_255th(unsigned value, unsigned alpha) {
  unsigned product = value * alpha + 128;
  return (uint8_t)(((product >> 8) + product) >> 8);
}

void henge_premultiply_u8(uint8_t *pixels, int64_t count, int channels) {
  for (int64_t i = 0; i < count; i++, pixels += channels) {
    unsigned alpha = pixels[channels - 1];
    for (int c = 0; c < channels - 1; c++) pixels[c] = times_255th(pixels[c], alpha);
  }
}

void henge_unpremultiply_u8(uint8_t *pixels, int64_t count, int channels) {
  for (int64_t i = 0; i < count; i++, pixels += channels) {
    unsigned alpha = pixels[channels - 1];
    if (alpha == 0 || alpha == 255) continue;
    for (int c = 0; c < channels - 1; c++) {
      unsigned value = 255u * pixels[c] / alpha;
      pixels[c] = value > 255 ? 255 : (uint8_t)value;
    }
  }
}

static uint8_t luma(const uint8_t *rgb) {
  return (uint8_t)((rgb[0] * 19595u + rgb[1] * 38470u + rgb[2] * 7471u + 0x8000u) >> 16);
}

void henge_convert_u8(const uint8_t *in, int in_channels, uint8_t *out, int out_channels,
                      int64_t count) {
  int in_grey = in_channels < 3, out_grey = out_channels < 3;
  int in_alpha = !(in_channels & 1), out_alpha = !(out_channels & 1);
  for (int64_t i = 0; i < count; i++, in += in_channels, out += out_channels) {
    if (out_grey) {
      out[0] = in_grey ? in[0] : luma(in);
    } else {
      for (int c = 0; c < 3; c++) out[c] = in[in_grey ? 0 : c];
    }
    if (out_alpha) out[out_channels - 1] = in_alpha ? in[in_channels - 1] : 255;
  }
}

void henge_narrow_u16(const uint16_t *in, uint8_t *out, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = (uint8_t)((in[i] * 255u + 32767u) / 65535u);
}
