// SPDX-License-Identifier: MIT
#ifndef HENGE_RESIZE_H
#define HENGE_RESIZE_H

#include <stdint.h>

// Separable resizing as Pillow does it: for each position of the output a span of the input's
// positions and their weights. A picture goes across first (rows get their new width), then down.

enum { HENGE_NEAREST = 0, HENGE_BOX = 1, HENGE_BILINEAR = 2, HENGE_BICUBIC = 3 };

// The input positions first ..< first + count that one output position is made of.
typedef struct {
  int32_t first;
  int32_t count;
} henge_span;

// The most weights one of `out_size` outputs of the input's part from ..< to can have.
int32_t henge_resize_taps(int filter, float from, float to, int32_t out_size);

// The spans, and `taps` weights for each output; weights beyond a span's count are 0.
void henge_resize_weights(int filter, int32_t in_size, float from, float to, int32_t out_size,
                          int32_t taps, henge_span *spans, double *weights);

// Weights in 22-bit fixed point, rounded half away from zero.
void henge_resize_fixed(const double *weights, int64_t count, int32_t *fixed);

// How many int16_t henge_resize_pack writes.
int64_t henge_resize_packed_count(int32_t out_size, int32_t taps);

// The fixed weights as vector instructions take them, for henge_resize_u8_across.
void henge_resize_pack(const int32_t *fixed, int32_t out_size, int32_t taps, int16_t *packed);

// Rows of interleaved bytes to another width; channels is 1 to 4. `scratch` has room for a row of
// the input and 16 bytes. With `portable`, plain C is used on any processor; the bytes are equal.
void henge_resize_u8_across(const uint8_t *in, int64_t rows, int64_t in_width, int channels,
                            uint8_t *out, int64_t out_width, int32_t taps, const henge_span *spans,
                            const int32_t *fixed, const int16_t *packed, uint8_t *scratch,
                            int portable);

// Rows of `row_bytes` bytes to another number of rows; spans count from `first_row` of the input.
void henge_resize_u8_down(const uint8_t *in, int64_t row_bytes, int32_t first_row, uint8_t *out,
                          int64_t out_rows, int32_t taps, const henge_span *spans,
                          const int32_t *fixed, int portable);

// The same two steps for a plane of floats, summed in double.
void henge_resize_f32_across(const float *in, int64_t rows, int64_t in_width, float *out,
                             int64_t out_width, int32_t taps, const henge_span *spans,
                             const double *weights);
void henge_resize_f32_down(const float *in, int64_t width, float *out, int64_t out_rows,
                           int32_t taps, const henge_span *spans, const double *weights);

// Multiplies colors by alpha, and divides, in place; channels is 2 or 4, the last one alpha.
void henge_premultiply_u8(uint8_t *pixels, int64_t count, int channels);
void henge_unpremultiply_u8(uint8_t *pixels, int64_t count, int channels);

// Converts between 1 gray, 2 gray and alpha, 3 RGB and 4 RGBA: gray is Rec. 601 luma, a missing
// alpha 255.
void henge_convert_u8(const uint8_t *in, int in_channels, uint8_t *out, int out_channels,
                      int64_t count);

// 0..65535 to 0..255, linearly and rounded to the nearest.
void henge_narrow_u16(const uint16_t *in, uint8_t *out, int64_t count);

#endif
