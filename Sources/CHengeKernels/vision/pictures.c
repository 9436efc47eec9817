// SPDX-License-Identifier: MIT
// What a detector makes of a gray picture first: other sizes, and tables of sums.
#include "../include/henge_vision.h"
#include "../clones.h"
#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

HK_INLINE void gray_luma(const uint8_t *restrict pixels, int channels, uint8_t *restrict gray,
                         int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const uint8_t *p = pixels + i * channels;
    gray[i] = (uint8_t)((p[0] * 9798 + p[1] * 19235 + p[2] * 3735 + 16384) >> 15);
  }
}

HK_INLINE void gray_mean(const uint8_t *restrict pixels, int channels, uint8_t *restrict gray,
                         int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const uint8_t *p = pixels + i * channels;
    gray[i] = (uint8_t)((p[0] + p[1] + p[2]) / 3);
  }
}

// Loops over three channels are compiled for three: only then are they vectorized.
HK_CLONES void henge_gray_luma_u8(const uint8_t *pixels, int channels, uint8_t *gray,
                                  int64_t count) {
  if (channels == 3) gray_luma(pixels, 3, gray, count);
  else gray_luma(pixels, channels, gray, count);
}

HK_CLONES void henge_gray_mean_u8(const uint8_t *pixels, int channels, uint8_t *gray,
                                  int64_t count) {
  if (channels == 3) gray_mean(pixels, 3, gray, count);
  else gray_mean(pixels, channels, gray, count);
}

void henge_blends(int32_t in_size, int32_t out_size, henge_blend *blends) {
  double scale = 1.0 / ((double)out_size / (double)in_size);
  for (int32_t i = 0; i < out_size; i++) {
    double place = scale * ((double)i + 0.5) - 0.5;
    double whole = floor(place);
    henge_blend *blend = blends + i;
    if (whole < 0 || whole >= (double)(in_size - 1)) {
      blend->first = blend->second = whole < 0 ? 0 : in_size - 1;
      blend->first_weight = 256;
      blend->second_weight = 0;
    } else {
      blend->first = (int32_t)whole;
      blend->second = blend->first + 1;
      blend->second_weight = (int32_t)rint((place - whole) * 256);
      blend->first_weight = 256 - blend->second_weight;
    }
  }
}

HK_INLINE void blend_row(const uint8_t *row, uint16_t *out, int32_t width,
                         const henge_blend *across) {
  for (int32_t x = 0; x < width; x++) {
    const henge_blend b = across[x];
    out[x] = (uint16_t)(row[b.first] * b.first_weight + row[b.second] * b.second_weight);
  }
}

HK_CLONES void henge_blend_u8(const uint8_t *in, int32_t in_width, uint8_t *out, int32_t out_width,
                              int32_t out_height, const henge_blend *across,
                              const henge_blend *down, uint16_t *scratch) {
  // The two rows in `scratch` are those numbered here; most are used twice.
  uint16_t *lines[2] = {scratch, scratch + out_width};
  int32_t numbers[2] = {-1, -1};
  for (int32_t y = 0; y < out_height; y++) {
    const henge_blend b = down[y];
    if (numbers[0] != b.first) {
      if (numbers[1] == b.first) {
        uint16_t *line = lines[0];
        lines[0] = lines[1], lines[1] = line;
        numbers[1] = numbers[0];
      } else {
        blend_row(in + (int64_t)b.first * in_width, lines[0], out_width, across);
      }
      numbers[0] = b.first;
    }
    if (b.second_weight != 0 && numbers[1] != b.second) {
      blend_row(in + (int64_t)b.second * in_width, lines[1], out_width, across);
      numbers[1] = b.second;
    }
    const uint16_t *restrict upper = lines[0];
    const uint16_t *restrict lower = b.second_weight != 0 ? lines[1] : lines[0];
    const uint32_t v = (uint32_t)b.first_weight, w = (uint32_t)b.second_weight;
    uint8_t *restrict to = out + (int64_t)y * out_width;
    for (int32_t x = 0; x < out_width; x++)
      to[x] = (uint8_t)((upper[x] * v + lower[x] * w + 32768u) >> 16);
  }
}

// The cone above position X of row Y contains the pixels y < Y with |x - X + 1| <= Y - y - 1. It is
// the sum of the two cones next to its tip minus the one that they share, plus the two pixels at
// its tip. Left of the image a cone contains the pixels of the one to its right, a row higher;
// likewise at the right.
static void tilted_row(const uint8_t *row, int32_t width, int32_t y, int64_t pitch,
                       uint32_t *tilted) {
  uint32_t *to = tilted + (int64_t)(y + 1) * pitch;
  const uint32_t *above = to - pitch;
  if (y == 0) {
    to[0] = 0;
    for (int32_t x = 1; x <= width; x++) to[x] = row[x - 1];
    return;
  }
  const uint32_t *twice = above - pitch;
  const uint8_t *before = row - width;
  to[0] = above[1];
  for (int32_t x = 1; x < width; x++)
    to[x] = above[x - 1] + above[x + 1] - twice[x] + row[x - 1] + before[x - 1];
  to[width] = above[width - 1] + row[width - 1] + before[width - 1];
}

void henge_integral_u8(const uint8_t *pixels, int32_t width, int32_t height, int64_t pitch,
                       uint32_t *sums, uint32_t *squares, uint32_t *tilted) {
  size_t line = (size_t)(width + 1) * sizeof(uint32_t);
  memset(sums, 0, line);
  if (squares) memset(squares, 0, line);
  if (tilted) memset(tilted, 0, line);
  for (int32_t y = 0; y < height; y++) {
    const uint8_t *restrict row = pixels + (int64_t)y * width;
    uint32_t *restrict to = sums + (int64_t)(y + 1) * pitch;
    const uint32_t *restrict above = sums + (int64_t)y * pitch;
    uint32_t sum = 0;
    to[0] = 0;
    if (squares) {
      uint32_t *restrict squared = squares + (int64_t)(y + 1) * pitch;
      const uint32_t *restrict squared_above = squares + (int64_t)y * pitch;
      uint32_t square = 0;
      squared[0] = 0;
      for (int32_t x = 0; x < width; x++) {
        uint32_t pixel = row[x];
        sum += pixel;
        square += pixel * pixel;
        to[x + 1] = above[x + 1] + sum;
        squared[x + 1] = squared_above[x + 1] + square;
      }
    } else {
      for (int32_t x = 0; x < width; x++) {
        sum += row[x];
        to[x + 1] = above[x + 1] + sum;
      }
    }
    if (tilted) tilted_row(row, width, y, pitch, tilted);
  }
}
