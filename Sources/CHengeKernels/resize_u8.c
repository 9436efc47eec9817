// SPDX-License-Identifier: MIT
#include <string.h>

#include "henge_resize.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Weights are in 22-bit fixed point: 255 * 2^22 and the overshoot of bicubic fit 32 bits.
enum { BITS = 22, HALF = 1 << (BITS - 1) };

static uint8_t clip(int32_t sum) {
  int32_t value = sum >> BITS;
  return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
}

static void across_portable(const uint8_t *in, int64_t rows, int64_t in_width, int channels,
                            uint8_t *out, int64_t out_width, int32_t taps, const henge_span *spans,
                            const int32_t *fixed) {
  for (int64_t y = 0; y < rows; y++, in += in_width * channels) {
    for (int64_t x = 0; x < out_width; x++) {
      const uint8_t *pixel = in + (int64_t)spans[x].first * channels;
      for (int c = 0; c < channels; c++) {
        int32_t sum = HALF;
        for (int32_t k = 0; k < spans[x].count; k++) {
          sum += pixel[k * channels + c] * fixed[x * taps + k];
        }
        *out++ = clip(sum);
      }
    }
  }
}

// The columns from ..< row_bytes of one output row.
static void column_sums(const uint8_t *in, int64_t row_bytes, int64_t from, uint8_t *out,
                        int32_t count, const int32_t *fixed) {
  for (int64_t x = from; x < row_bytes; x++) {
    int32_t sum = HALF;
    for (int32_t k = 0; k < count; k++) sum += in[k * row_bytes + x] * fixed[k];
    out[x] = clip(sum);
  }
}

// A weight is split into two numbers of 16 bits, weight = high * 2^12 + low, because one
// instruction multiplies sixteen of those and adds adjacent ones. The sum is the same number modulo
// 2^32.
enum { LOW_BITS = 12, LOW_MASK = (1 << LOW_BITS) - 1, GROUP = 4, GROUP_SIZE = 32 };

int64_t henge_resize_packed_count(int32_t out_size, int32_t taps) {
  return (int64_t)out_size * ((taps + GROUP - 1) / GROUP) * GROUP_SIZE;
}

// For each output and each group of four weights: sixteen low halves, then sixteen high halves;
// in both, weights 0 and 1 four times, for four channels, then weights 2 and 3 four times.
void henge_resize_pack(const int32_t *fixed, int32_t out_size, int32_t taps, int16_t *packed) {
  int32_t groups = (taps + GROUP - 1) / GROUP;
  for (int32_t x = 0; x < out_size; x++) {
    for (int32_t group = 0; group < groups; group++, packed += GROUP_SIZE) {
      for (int32_t lane = 0; lane < GROUP_SIZE / 2; lane++) {
        int32_t k = group * GROUP + (lane >= 8 ? 2 : 0) + (lane & 1);
        int32_t weight = k < taps ? fixed[(int64_t)x * taps + k] : 0;
        packed[lane] = (int16_t)(weight & LOW_MASK);
        packed[lane + GROUP_SIZE / 2] = (int16_t)(weight >> LOW_BITS);
      }
    }
  }
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))

// Where the bytes of four neighbouring pixels go: channel c of pixels 0 and 1 side by side as
// 16-bit numbers in the lower half, of pixels 2 and 3 in the upper; 0x80 makes a zero.
static void pair_mask(int channels, int8_t mask[32]) {
  memset(mask, -128, 32);
  for (int c = 0; c < channels; c++) {
    for (int pixel = 0; pixel < 4; pixel++) {
      mask[(pixel / 2) * 16 + c * 4 + (pixel & 1) * 2] = (int8_t)(pixel * channels + c);
    }
  }
}

// One row. `row` must be readable for 16 bytes beyond its end.
AVX2 static inline __attribute__((always_inline)) void across_row_avx2(
    const uint8_t *row, const int channels, __m256i mask, uint8_t *out, int64_t out_width,
    int32_t taps, const henge_span *spans, const int16_t *packed) {
  int64_t step = (int64_t)((taps + GROUP - 1) / GROUP) * GROUP_SIZE;
  for (int64_t x = 0; x < out_width; x++, packed += step, out += channels) {
    const uint8_t *pixel = row + (int64_t)spans[x].first * channels;
    const int16_t *weights = packed;
    __m256i low = _mm256_setzero_si256();
    __m256i high = _mm256_setzero_si256();
    for (int32_t k = 0; k < spans[x].count; k += GROUP) {
      __m128i bytes = _mm_loadu_si128((const __m128i *)pixel);
      __m256i pairs = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), mask);
      __m256i l = _mm256_loadu_si256((const __m256i *)weights);
      __m256i h = _mm256_loadu_si256((const __m256i *)(weights + GROUP_SIZE / 2));
      low = _mm256_add_epi32(low, _mm256_madd_epi16(pairs, l));
      high = _mm256_add_epi32(high, _mm256_madd_epi16(pairs, h));
      pixel += GROUP * channels;
      weights += GROUP_SIZE;
    }
    __m256i halves = _mm256_add_epi32(_mm256_slli_epi32(high, LOW_BITS), low);
    __m128i others = _mm256_extracti128_si256(halves, 1);
    __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(halves), others);
    sum = _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(HALF)), BITS);
    sum = _mm_packs_epi32(sum, sum);
    int32_t four = _mm_cvtsi128_si32(_mm_packus_epi16(sum, sum));
    memcpy(out, &four, (size_t)channels);
  }
}

AVX2 static void across_avx2(const uint8_t *in, int64_t rows, int64_t in_width, int channels,
                             uint8_t *out, int64_t out_width, int32_t taps, const henge_span *spans,
                             const int16_t *packed, uint8_t *scratch) {
  int8_t bytes[32];
  pair_mask(channels, bytes);
  __m256i mask = _mm256_loadu_si256((const __m256i *)bytes);
  for (int64_t y = 0; y < rows; y++, in += in_width * channels, out += out_width * channels) {
    const uint8_t *row = in;
    // Only from a row that has 16 bytes after it may whole vectors be read up to its end.
    if ((rows - 1 - y) * in_width * channels < 16) {
      memcpy(scratch, in, (size_t)(in_width * channels));
      memset(scratch + in_width * channels, 0, 16);
      row = scratch;
    }
    switch (channels) {
      case 1: across_row_avx2(row, 1, mask, out, out_width, taps, spans, packed); break;
      case 2: across_row_avx2(row, 2, mask, out, out_width, taps, spans, packed); break;
      case 3: across_row_avx2(row, 3, mask, out, out_width, taps, spans, packed); break;
      default: across_row_avx2(row, 4, mask, out, out_width, taps, spans, packed); break;
    }
  }
}

// Sixteen columns of one output row.
AVX2 static inline __attribute__((always_inline)) void sixteen_columns_avx2(
    const uint8_t *in, int64_t row_bytes, uint8_t *out, int32_t count, const int32_t *fixed) {
  __m256i low_0 = _mm256_set1_epi32(HALF), low_1 = low_0;
  __m256i high_0 = _mm256_setzero_si256(), high_1 = high_0;
  for (int32_t k = 0; k < count; k += 2) {
    // The last of an odd number of rows is paired with itself at weight 0.
    int32_t other = k + 1 < count ? k + 1 : k;
    int32_t second = k + 1 < count ? fixed[k + 1] : 0;
    __m256i a = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(in + k * row_bytes)));
    __m256i b = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(in + other * row_bytes)));
    __m256i l = _mm256_set1_epi32((fixed[k] & LOW_MASK) | (second & LOW_MASK) << 16);
    __m256i h = _mm256_set1_epi32((int32_t)((uint32_t)(fixed[k] >> LOW_BITS & 0xffff) |
                                            (uint32_t)(second >> LOW_BITS) << 16));
    __m256i p_0 = _mm256_unpacklo_epi16(a, b);
    __m256i p_1 = _mm256_unpackhi_epi16(a, b);
    low_0 = _mm256_add_epi32(low_0, _mm256_madd_epi16(p_0, l));
    low_1 = _mm256_add_epi32(low_1, _mm256_madd_epi16(p_1, l));
    high_0 = _mm256_add_epi32(high_0, _mm256_madd_epi16(p_0, h));
    high_1 = _mm256_add_epi32(high_1, _mm256_madd_epi16(p_1, h));
  }
  low_0 = _mm256_add_epi32(_mm256_slli_epi32(high_0, LOW_BITS), low_0);
  low_1 = _mm256_add_epi32(_mm256_slli_epi32(high_1, LOW_BITS), low_1);
  __m256i words =
      _mm256_packs_epi32(_mm256_srai_epi32(low_0, BITS), _mm256_srai_epi32(low_1, BITS));
  __m128i bytes =
      _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
  _mm_storeu_si128((__m128i *)out, bytes);
}

AVX2 static void down_row_avx2(const uint8_t *in, int64_t row_bytes, uint8_t *out, int32_t count,
                               const int32_t *fixed) {
  int64_t x = 0;
  for (; x + 16 <= row_bytes; x += 16) {
    sixteen_columns_avx2(in + x, row_bytes, out + x, count, fixed);
  }
  column_sums(in, row_bytes, x, out, count, fixed);
}
#endif

static int has_avx2(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2");
#else
  return 0;
#endif
}

void henge_resize_u8_across(const uint8_t *in, int64_t rows, int64_t in_width, int channels,
                            uint8_t *out, int64_t out_width, int32_t taps, const henge_span *spans,
                            const int32_t *fixed, const int16_t *packed, uint8_t *scratch,
                            int portable) {
#if defined(__x86_64__)
  if (!portable && has_avx2()) {
    across_avx2(in, rows, in_width, channels, out, out_width, taps, spans, packed, scratch);
    return;
  }
#else
  (void)packed, (void)scratch, (void)portable;
#endif
  across_portable(in, rows, in_width, channels, out, out_width, taps, spans, fixed);
}

void henge_resize_u8_down(const uint8_t *in, int64_t row_bytes, int32_t first_row, uint8_t *out,
                          int64_t out_rows, int32_t taps, const henge_span *spans,
                          const int32_t *fixed, int portable) {
  int vectors = !portable && has_avx2();
  for (int64_t y = 0; y < out_rows; y++, out += row_bytes, fixed += taps) {
    const uint8_t *rows = in + (spans[y].first - first_row) * row_bytes;
#if defined(__x86_64__)
    if (vectors) {
      down_row_avx2(rows, row_bytes, out, spans[y].count, fixed);
      continue;
    }
#endif
    (void)vectors;
    column_sums(rows, row_bytes, 0, out, spans[y].count, fixed);
  }
}
