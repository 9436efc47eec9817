// SPDX-License-Identifier: MIT
// Elements chosen by lists of indices.
#include "clones.h"
#include "henge_kernels.h"

#define BY_SIZE(LOOP)                                                                              \
  if (bytes == 1) {                                                                                \
    LOOP(uint8_t)                                                                                  \
  } else if (bytes == 4) {                                                                         \
    LOOP(uint32_t)                                                                                 \
  } else {                                                                                         \
    LOOP(uint64_t)                                                                                 \
  }

#define EACH(T, STATEMENT)                                                                         \
  const T *p = (const T *)from;                                                                    \
  T *q = (T *)to;                                                                                  \
  for (ptrdiff_t i = 0; i < (ptrdiff_t)n; i++) STATEMENT;

#define TAKE(T) EACH(T, q[i * to_step] = p[indices[i * index_step] * from_step])
#define PUT(T) EACH(T, q[indices[i] * to_step] = p[i * from_step])
#define ALONG(T) EACH(T, q[i] = p[i * element_step + indices[i * index_step] * along_step])

void hk_take(int bytes, const void *from, ptrdiff_t from_step, const int64_t *indices,
             ptrdiff_t index_step, void *to, ptrdiff_t to_step, size_t n) {
  BY_SIZE(TAKE)
}

void hk_put(int bytes, const void *from, ptrdiff_t from_step, const int64_t *indices, void *to,
            ptrdiff_t to_step, size_t n) {
  BY_SIZE(PUT)
}

void hk_take_along(int bytes, const void *from, ptrdiff_t element_step, ptrdiff_t along_step,
                   const int64_t *indices, ptrdiff_t index_step, void *to, size_t n) {
  BY_SIZE(ALONG)
}

#define DEFINE_ADD_ALONG(T, NAME)                                                                  \
  void hk_add_along_##NAME(const T *from, ptrdiff_t from_step, const int64_t *indices,             \
                           ptrdiff_t index_step, T *to, ptrdiff_t to_step, ptrdiff_t along_step,   \
                           size_t n) {                                                             \
    for (ptrdiff_t i = 0; i < (ptrdiff_t)n; i++) {                                                 \
      to[i * to_step + indices[i * index_step] * along_step] += from[i * from_step];               \
    }                                                                                              \
  }
DEFINE_ADD_ALONG(float, f32)
DEFINE_ADD_ALONG(double, f64)

HK_CLONES size_t hk_count_true(const uint8_t *flags, size_t n) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) count += flags[i] != 0;
  return count;
}

size_t hk_positions(const uint8_t *flags, int64_t first, int64_t *out, size_t n) {
  int64_t *next = out;
  for (size_t i = 0; i < n; i++)
    if (flags[i]) *next++ = first + (int64_t)i;
  return (size_t)(next - out);
}
