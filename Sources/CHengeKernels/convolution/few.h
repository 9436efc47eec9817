// SPDX-License-Identifier: MIT
// Products with at most FEW columns: vectors run along the depth, for no panel would be filled.
#ifndef HENGE_CONVOLUTION_FEW_H
#define HENGE_CONVOLUTION_FEW_H

#include "henge_direct.h"
#include "vectors.h"

enum { FEW = HK_FEW };

// `some` below WIDTH reads that many lanes, the others being 0.
HK_INLINE vector load_lanes(const float *from, size_t some) {
  if (some == WIDTH) return load(from);
  vector x = {0};
  memcpy(&x, from, some * sizeof(float));
  return x;
}

// Adds the lanes pairwise: a half to the other until one is left.
HK_INLINE float total(vector x) {
  float lanes[WIDTH];
  store(lanes, x);
  for (int half = WIDTH / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
  return lanes[0];
}

// One step along the depth of `r` rows by `n` columns.
HK_INLINE void few_step(vector (*sums)[FEW], const float *const *a, const float *b, ptrdiff_t next,
                        size_t k, int r, int n, size_t some) {
  vector y[FEW];
#pragma clang loop unroll(full)
  for (int j = 0; j < n; j++) y[j] = load_lanes(b + j * next + k, some);
#pragma clang loop unroll(full)
  for (int i = 0; i < r; i++) {
    vector x = load_lanes(a[i] + k, some);
#pragma clang loop unroll(full)
    for (int j = 0; j < n; j++) sums[i][j] += x * y[j];
  }
}

HK_INLINE void few_tile(const hk_product *p, size_t first, int r, int n) {
  const float *rows[8];
  float *out[8];
  for (int i = 0; i < r; i++) {
    size_t group = (first + i) / p->group, inside = (first + i) % p->group;
    rows[i] = p->a + (ptrdiff_t)group * p->a_group + (ptrdiff_t)inside * p->a_step;
    out[i] = p->c + (ptrdiff_t)group * p->c_group + (ptrdiff_t)inside * p->c_step;
  }
  vector sums[8][FEW];
#pragma clang loop unroll(full)
  for (int i = 0; i < r; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < n; j++) sums[i][j] = (vector){0};
  const float *b = p->b;
  for (size_t s = 0; s < p->segments; s++, b += p->length) {
    const float *a[8];
    for (int i = 0; i < r; i++) a[i] = rows[i] + (ptrdiff_t)s * p->a_segment;
    size_t k = 0;
#pragma clang loop unroll(disable)
    for (; k + WIDTH <= p->length; k += WIDTH)
      few_step(sums, a, b, p->b_panel, k, r, n, WIDTH);
    if (k < p->length) few_step(sums, a, b, p->b_panel, k, r, n, p->length - k);
  }
  for (int i = 0; i < r; i++)
    for (int j = 0; j < n; j++) {
      float sum = total(sums[i][j]) + (p->bias ? p->bias[j] : 0);
      out[i][j] = p->accumulate ? out[i][j] + sum : sum;
    }
}

// `r` rows together keep r * n sums in registers and load each of B once for all of them.
HK_INLINE void few_columns(const hk_product *p, int r, int n) {
  size_t i = 0;
  for (; i + r <= p->m; i += r) few_tile(p, i, r, n);
  for (; i < p->m; i++) few_tile(p, i, 1, n);
}

static void few(const hk_product *p) {
  enum { MANY = WIDTH == 16 ? 8 : 4 };
  switch (p->n) {
  case 1: few_columns(p, 8, 1); break;
  case 2: few_columns(p, MANY, 2); break;
  case 3: few_columns(p, 4, 3); break;
  case 4: few_columns(p, MANY / 2, 4); break;
  }
}

HK_INLINE void few_transposed_strip(const hk_few_transposed *p, size_t j, int m, int vectors,
                                    size_t some) {
  vector sums[FEW][4];
  for (int i = 0; i < m; i++)
    for (int v = 0; v < vectors; v++) sums[i][v] = (vector){0};
  const float *a_group = p->a, *b_group = p->b + j;
  for (size_t left = p->count; left > 0; a_group += p->a_group, b_group += p->b_group) {
    const float *a = a_group, *b = b_group;
    size_t count = smaller(left, p->group);
    left -= count;
    for (; count > 0; count--, a += p->a_step, b += p->b_step) {
      vector y[4];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) y[v] = load_lanes(b + v * WIDTH, some);
#pragma clang loop unroll(full)
      for (int i = 0; i < m; i++) {
        vector x = a[i] - (vector){0};
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sums[i][v] += x * y[v];
      }
    }
  }
  for (int i = 0; i < m; i++)
    for (int v = 0; v < vectors; v++) {
      float *c = p->c + (ptrdiff_t)i * p->c_step + j + v * WIDTH;
      vector x = sums[i][v];
      if (p->accumulate) x += load_lanes(c, some);
      memcpy(c, &x, some * sizeof(float));
    }
}

HK_INLINE void few_transposed_rows(const hk_few_transposed *p, int m) {
  enum { VECTORS = WIDTH == 16 ? 4 : 2 };
  size_t j = 0;
  for (; j + VECTORS * WIDTH <= p->n; j += VECTORS * WIDTH)
    few_transposed_strip(p, j, m, VECTORS, WIDTH);
  for (; j + WIDTH <= p->n; j += WIDTH) few_transposed_strip(p, j, m, 1, WIDTH);
  if (j < p->n) few_transposed_strip(p, j, m, 1, p->n - j);
}

static void few_transposed(const hk_few_transposed *p) {
  switch (p->m) {
  case 1: few_transposed_rows(p, 1); break;
  case 2: few_transposed_rows(p, 2); break;
  case 3: few_transposed_rows(p, 3); break;
  case 4: few_transposed_rows(p, 4); break;
  }
}

#define HK_FEW_TABLE(name)                                                                         \
  const hk_few_kernels name = {.product = few, .transposed_product = few_transposed};

#endif
