// SPDX-License-Identifier: MIT
// Stable sorts of indices. Descending order keeps equal elements in their order too, and NaN comes
// last either way.
//
// Long rows of 8 and 32 bits are sorted byte by byte, the least significant first: a key and its
// index fit one number, so a pass reads memory in order. Others are merged, bottom up.
#include "clones.h"
#include "henge_kernels.h"
#include <string.h>

#define DEFINE_SORT(SUFFIX, T)                                                                     \
  HK_INLINE int before_##SUFFIX(T x, T y, int descending) {                                        \
    if (x != x) return 0;                                                                          \
    if (y != y) return 1;                                                                          \
    return descending ? x > y : x < y;                                                             \
  }                                                                                                \
  void hk_merge_##SUFFIX(const T *a, const int64_t *from, int64_t *to, hk_runs *runs, size_t n,    \
                         int descending) {                                                         \
    size_t left = runs->left, right = runs->right, next = left + (right - runs->middle);           \
    for (size_t k = next; k < next + n; k++) {                                                     \
      int take_right =                                                                             \
          left >= runs->middle ||                                                                  \
          (right < runs->high && before_##SUFFIX(a[from[right]], a[from[left]], descending));      \
      to[k] = take_right ? from[right++] : from[left++];                                           \
    }                                                                                              \
    runs->left = left;                                                                             \
    runs->right = right;                                                                           \
  }                                                                                                \
  static void merge_sort_##SUFFIX(const T *a, int64_t *order, int64_t *scratch, size_t n,          \
                                  int descending) {                                                \
    for (size_t i = 0; i < n; i++) order[i] = (int64_t)i;                                          \
    for (size_t i = 1; i < n; i++) {                                                               \
      if (i % 16 == 0) continue; /* insertion sort of runs of 16 */                                \
      size_t start = i - i % 16, j = i;                                                            \
      int64_t moving = order[i];                                                                   \
      while (j > start && before_##SUFFIX(a[moving], a[order[j - 1]], descending)) {               \
        order[j] = order[j - 1];                                                                   \
        j--;                                                                                       \
      }                                                                                            \
      order[j] = moving;                                                                           \
    }                                                                                              \
    int64_t *from = order, *to = scratch;                                                          \
    for (size_t width = 16; width < n; width *= 2) {                                               \
      for (size_t low = 0; low < n; low += 2 * width) {                                            \
        hk_runs runs = {.left = low, .middle = low + width < n ? low + width : n};                 \
        runs.right = runs.middle;                                                                  \
        runs.high = low + 2 * width < n ? low + 2 * width : n;                                     \
        hk_merge_##SUFFIX(a, from, to, &runs, runs.high - low, descending);                        \
      }                                                                                            \
      int64_t *swap = from;                                                                        \
      from = to;                                                                                   \
      to = swap;                                                                                   \
    }                                                                                              \
    if (from != order) memcpy(order, from, n * sizeof(int64_t));                                   \
  }

DEFINE_SORT(f32, float)
DEFINE_SORT(f64, double)
DEFINE_SORT(i64, int64_t)
DEFINE_SORT(u8, uint8_t)

enum { SHORTEST = 512 }; // below, counting bytes takes longer than merging

// Orders as its bits do when read as a whole number; -0 is 0, and every NaN the largest.
HK_INLINE uint32_t key_f32(float x, int descending) {
  if (x != x) return UINT32_MAX;
  x += 0.0f;
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  uint32_t key = bits >> 31 ? ~bits : bits | 0x80000000u;
  return descending ? ~key : key;
}

HK_INLINE uint32_t key_u8(uint8_t x, int descending) { return descending ? 255u - x : x; }

// Sorts numbers of a key above and an index below by the lowest `bytes` of the key; leaves the
// indices alone in `order`.
static void radix_sort(int64_t *order, int64_t *scratch, size_t n, int bytes) {
  size_t counts[4][256];
  memset(counts, 0, sizeof counts);
  for (size_t i = 0; i < n; i++)
    for (int byte = 0; byte < bytes; byte++)
      counts[byte][(uint64_t)order[i] >> (32 + 8 * byte) & 255]++;
  int64_t *from = order, *to = scratch;
  for (int byte = 0; byte < bytes; byte++) {
    size_t *place = counts[byte], sum = 0, largest = 0;
    for (int value = 0; value < 256; value++) {
      size_t count = place[value];
      if (count > largest) largest = count;
      place[value] = sum;
      sum += count;
    }
    if (largest == n) continue; // all alike
    for (size_t i = 0; i < n; i++)
      to[place[(uint64_t)from[i] >> (32 + 8 * byte) & 255]++] = from[i];
    int64_t *swap = from;
    from = to;
    to = swap;
  }
  for (size_t i = 0; i < n; i++) order[i] = from[i] & UINT32_MAX;
}

#define DEFINE_RADIX_SORT(SUFFIX, T, BYTES)                                                        \
  void hk_sort_##SUFFIX(const T *a, int64_t *order, int64_t *scratch, size_t n, int descending) {  \
    if (n < SHORTEST || n > UINT32_MAX) {                                                          \
      merge_sort_##SUFFIX(a, order, scratch, n, descending);                                       \
      return;                                                                                      \
    }                                                                                              \
    for (size_t i = 0; i < n; i++)                                                                 \
      order[i] = (int64_t)((uint64_t)key_##SUFFIX(a[i], descending) << 32 | i);                    \
    radix_sort(order, scratch, n, BYTES);                                                          \
  }

#define DEFINE_MERGE_SORT(SUFFIX, T)                                                               \
  void hk_sort_##SUFFIX(const T *a, int64_t *order, int64_t *scratch, size_t n, int descending) {  \
    merge_sort_##SUFFIX(a, order, scratch, n, descending);                                         \
  }

DEFINE_RADIX_SORT(f32, float, 4)
DEFINE_RADIX_SORT(u8, uint8_t, 1)
DEFINE_MERGE_SORT(f64, double)
DEFINE_MERGE_SORT(i64, int64_t)

// Values alone, which is a fraction of the work: three passes over half as many bytes.

HK_INLINE uint32_t value_key(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  if (x != x) return UINT32_MAX;
  return bits >> 31 ? ~bits : bits | 0x80000000u;
}

// Of equal values only zeros and NaN differ in their bits: puts each sort of them in its order.
static void keep_order(const float *a, uint32_t *out, size_t n, size_t first_zero, size_t nans) {
  size_t zero = first_zero, nan = n - nans;
  for (size_t i = 0; i < n; i++) {
    if (a[i] == 0)
      memcpy(&out[zero++], &a[i], sizeof *out);
    else if (a[i] != a[i])
      memcpy(&out[nan++], &a[i], sizeof *out);
  }
}

enum { DIGIT = 11, DIGITS = 3, VALUES = 1 << DIGIT };

void hk_sort_values_f32(const float *a, uint32_t *out, uint32_t *scratch, size_t n) {
  size_t counts[DIGITS][VALUES], below = 0, special = 0, nans = 0;
  memset(counts, 0, sizeof counts);
  for (size_t i = 0; i < n; i++) {
    uint32_t key = value_key(a[i]);
    scratch[i] = key;
    below += a[i] < 0;
    nans += a[i] != a[i];
    special += key == 0x7FFFFFFFu; // -0
    for (int digit = 0; digit < DIGITS; digit++)
      counts[digit][key >> (DIGIT * digit) & (VALUES - 1)]++;
  }
  uint32_t *from = scratch, *to = out;
  for (int digit = 0; digit < DIGITS; digit++) {
    size_t *place = counts[digit], sum = 0;
    for (int value = 0; value < VALUES; value++) {
      size_t count = place[value];
      place[value] = sum;
      sum += count;
    }
    for (size_t i = 0; i < n; i++)
      to[place[from[i] >> (DIGIT * digit) & (VALUES - 1)]++] = from[i];
    uint32_t *swap = from;
    from = to;
    to = swap;
  }
  for (size_t i = 0; i < n; i++) out[i] = from[i] >> 31 ? from[i] & 0x7FFFFFFFu : ~from[i];
  if (special + nans > 0) keep_order(a, out, n, below, nans);
}
