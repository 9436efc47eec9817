// SPDX-License-Identifier: MIT
// A stable merge sort of indices, bottom up. Descending order keeps equal elements in their order
// too, and NaN comes last either way.
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
  void hk_sort_##SUFFIX(const T *a, int64_t *order, int64_t *scratch, size_t n, int descending) {  \
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
