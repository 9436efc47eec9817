// SPDX-License-Identifier: MIT
// The matrix products under the convolutions: tiles of C stay in registers over the whole depth.
#ifndef HENGE_CONVOLUTION_PRODUCT_H
#define HENGE_CONVOLUTION_PRODUCT_H

#include "vectors.h"

// What a tile needs of a product, for the columns of one panel.
typedef struct {
  const float *rows[ROWS]; // of A
  float *out[ROWS];        // of C
  const float *b;
  const float *ahead; // what is read next, a stretch of each segment for each tile
  size_t ahead_step;
  ptrdiff_t ahead_segment;
  float bias[PANEL];
  size_t columns;
  int is_whole; // whole vectors, which nothing is added to but the bias
} tile;

// Expands to the cases 1 to ROWS, so that in each the number of rows is a constant.
#define HK_CASE(r, call)                                                                           \
  case r:                                                                                          \
    if (r <= ROWS) call(r <= ROWS ? r : ROWS);                                                     \
    break;
#define HK_ROW_CASES(count, call)                                                                  \
  switch (count) {                                                                                 \
    HK_CASE(1, call)                                                                               \
    HK_CASE(2, call)                                                                               \
    HK_CASE(3, call)                                                                               \
    HK_CASE(4, call)                                                                               \
    HK_CASE(5, call) HK_CASE(6, call) HK_CASE(7, call) HK_CASE(8, call) HK_CASE(9, call)           \
        HK_CASE(10, call) HK_CASE(11, call) HK_CASE(12, call) HK_CASE(13, call) HK_CASE(14, call)  \
  }

// Writes a tile's sums from memory: `accumulate`, bias and activation as in hk_product.
static void finish(const tile *t, const hk_product *p, float (*sums)[PANEL], size_t rows) {
  for (size_t i = 0; i < rows; i++) {
    float row[PANEL] = {0};
    if (p->accumulate) memcpy(row, t->out[i], t->columns * sizeof(float));
    for (int j = 0; j < PANEL; j += WIDTH) {
      vector x = load(sums[i] + j);
      if (p->accumulate) x += load(row + j);
      if (p->bias) x += load(t->bias + j);
      store(row + j, activated(x, p->activation, p->slope));
    }
    memcpy(t->out[i], row, t->columns * sizeof(float));
  }
}

// `r` rows and `vectors` columns of vectors, both constants where it is inlined.
HK_INLINE void run_tile(const tile *t, const hk_product *p, int r, int vectors) {
  vector sums[ROWS][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < r; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) sums[i][j] = (vector){0};
  const float *b = t->b, *next = t->ahead;
  ptrdiff_t shift = 0;
  for (size_t s = 0; s < p->segments; s++, shift += p->a_segment, next += t->ahead_segment) {
    const float *a[ROWS], *ahead = next;
#pragma clang loop unroll(full)
    for (int i = 0; i < r; i++) a[i] = t->rows[i] + shift;
#pragma clang loop unroll(disable)
    for (size_t k = 0; k < p->length; k++, b += PANEL, ahead += t->ahead_step) {
      __builtin_prefetch(ahead, 0, 2);
      vector low = load(b), high = vectors > 1 ? load(b + WIDTH) : low;
#pragma clang loop unroll(full)
      for (int i = 0; i < r; i++) {
        vector x = a[i][k] - (vector){0};
        sums[i][0] += x * low;
        if (vectors > 1) sums[i][1] += x * high;
      }
    }
  }
  if (t->is_whole) {
#pragma clang loop unroll(full)
    for (int i = 0; i < r; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++)
        store(t->out[i] + j * WIDTH,
              activated(sums[i][j] + load(t->bias + j * WIDTH), p->activation, p->slope));
    return;
  }
  // The sums leave the registers by constant indices: anything else would keep them in memory.
  float kept[ROWS][PANEL];
#pragma clang loop unroll(full)
  for (int i = 0; i < r; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < 2; j++) store(kept[i] + j * WIDTH, j < vectors ? sums[i][j] : sums[i][0]);
  finish(t, p, kept, (size_t)r);
}

#define HK_WIDE_TILE(r) run_tile(&t, p, r, 2)
#define HK_NARROW_TILE(r) run_tile(&t, p, r, 1)

// Rows are distributed evenly to as few tiles as possible: 16 rows run as 8 and 8, because 14 and 2
// would leave most of the registers idle in the second.
static void product(const hk_product *p) {
  if (p->m == 0) return;
  size_t tiles = (p->m + ROWS - 1) / ROWS;
  for (size_t j = 0; j < p->n; j += PANEL) {
    tile t;
    t.columns = smaller(PANEL, p->n - j);
    t.b = p->b + (ptrdiff_t)(j / PANEL) * p->b_panel;
    t.ahead_step = PANEL / tiles;
    t.ahead_segment = p->ahead ? p->ahead_segment : (ptrdiff_t)p->length * PANEL;
    const float *next = p->ahead ? p->ahead : t.b + p->b_panel;
    memset(t.bias, 0, sizeof t.bias);
    if (p->bias) memcpy(t.bias, p->bias + j, t.columns * sizeof(float));
    t.is_whole = !p->accumulate && (t.columns == PANEL || t.columns == WIDTH);
    float *c = p->c + (ptrdiff_t)(j / PANEL) * p->c_panel;
    size_t group = 0, inside = 0;
    for (size_t n = 0; n < tiles; n++) {
      size_t rows = p->m * (n + 1) / tiles - p->m * n / tiles;
      t.ahead = next + n * t.ahead_step * p->length;
      for (size_t i = 0; i < rows; i++) {
        t.rows[i] = p->a + (ptrdiff_t)group * p->a_group + (ptrdiff_t)inside * p->a_step;
        t.out[i] = c + (ptrdiff_t)group * p->c_group + (ptrdiff_t)inside * p->c_step;
        if (++inside == p->group) inside = 0, group++;
      }
      if (t.columns > WIDTH) {
        HK_ROW_CASES(rows, HK_WIDE_TILE)
      } else {
        HK_ROW_CASES(rows, HK_NARROW_TILE)
      }
    }
  }
}

// Rows of C from row i; `r` and `vectors` are constants where it is inlined.
HK_INLINE void run_transposed_tile(const hk_transposed_product *p, size_t i, const float *b,
                                   const float *ahead, size_t ahead_step, float *c, size_t columns,
                                   int r, int vectors) {
  vector sums[ROWS][2];
#pragma clang loop unroll(full)
  for (int n = 0; n < r; n++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) sums[n][j] = (vector){0};
  // What is written is on its way while the sums are taken: it leaves the caches between chunks.
  for (int n = 0; n < r; n++)
    for (int j = 0; j < vectors * WIDTH; j += 16) __builtin_prefetch(c + n * p->c_step + j, 1);
  const float *group = p->a + i;
  for (size_t left = p->count; left > 0; group += p->a_group) {
    const float *a = group;
    size_t count = smaller(left, p->group);
    left -= count;
#pragma clang loop unroll(disable)
    for (; count > 0; count--, a += p->a_step, b += PANEL, ahead += ahead_step) {
      __builtin_prefetch(ahead, 0, 2);
      vector low = load(b), high = vectors > 1 ? load(b + WIDTH) : low;
#pragma clang loop unroll(full)
      for (int n = 0; n < r; n++) {
        vector x = a[n] - (vector){0};
        sums[n][0] += x * low;
        if (vectors > 1) sums[n][1] += x * high;
      }
    }
  }
  if (columns == (size_t)vectors * WIDTH) {
    if (p->accumulate) {
#pragma clang loop unroll(full)
      for (int n = 0; n < r; n++)
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) {
          float *to = c + n * p->c_step + j * WIDTH;
          store(to, load(to) + sums[n][j]);
        }
    } else {
#pragma clang loop unroll(full)
      for (int n = 0; n < r; n++)
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) store(c + n * p->c_step + j * WIDTH, sums[n][j]);
    }
    return;
  }
  float kept[ROWS][PANEL];
#pragma clang loop unroll(full)
  for (int n = 0; n < r; n++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) store(kept[n] + j * WIDTH, sums[n][j]);
  for (int n = 0; n < r; n++, c += p->c_step)
    for (size_t j = 0; j < columns; j++) c[j] = p->accumulate ? c[j] + kept[n][j] : kept[n][j];
}

#define HK_WIDE_TRANSPOSED(r)                                                                      \
  run_transposed_tile(p, i, b, ahead, step, c + (ptrdiff_t)i * p->c_step, columns, r, 2)
#define HK_NARROW_TRANSPOSED(r)                                                                    \
  run_transposed_tile(p, i, b, ahead, step, c + (ptrdiff_t)i * p->c_step, columns, r, 1)

static void transposed_product(const hk_transposed_product *p) {
  if (p->m == 0) return;
  size_t tiles = (p->m + ROWS - 1) / ROWS, step = PANEL / tiles;
  for (size_t j = 0; j < p->n; j += PANEL) {
    size_t columns = smaller(PANEL, p->n - j);
    const float *b = p->b + (ptrdiff_t)(j / PANEL) * p->b_panel;
    const float *next = j + PANEL >= p->n && p->ahead ? p->ahead : b + p->b_panel;
    float *c = p->c + (ptrdiff_t)(j / PANEL) * p->c_panel;
    for (size_t n = 0, i = 0; n < tiles; n++) {
      size_t rows = p->m * (n + 1) / tiles - i;
      const float *ahead = next + n * step * p->count;
      if (columns > WIDTH) {
        HK_ROW_CASES(rows, HK_WIDE_TRANSPOSED)
      } else {
        HK_ROW_CASES(rows, HK_NARROW_TRANSPOSED)
      }
      i += rows;
    }
  }
}

static void pack(const float *source, ptrdiff_t step, size_t depth, size_t n, float *packed,
                 ptrdiff_t packed_panel) {
  for (size_t j = 0; j < n; j += PANEL, packed += packed_panel) {
    size_t columns = smaller(PANEL, n - j);
    const float *from = source + j;
    float *to = packed;
    if (columns == PANEL) {
      for (size_t k = 0; k < depth; k++, from += step, to += PANEL) {
        store(to, load(from));
        store(to + WIDTH, load(from + WIDTH));
      }
    } else {
      for (size_t k = 0; k < depth; k++, from += step, to += PANEL) {
        memcpy(to, from, columns * sizeof(float));
        memset(to + columns, 0, (PANEL - columns) * sizeof(float));
      }
    }
  }
}

// One vector of each pair, then the other's half: log2(WIDTH) rounds of it transpose a square.
#if HK_WIDTH == 16
#define HK_ZIP(a, b, first)                                                                        \
  __builtin_shufflevector(a, b, first, first + 16, first + 1, first + 17, first + 2, first + 18,   \
                          first + 3, first + 19, first + 4, first + 20, first + 5, first + 21,     \
                          first + 6, first + 22, first + 7, first + 23)
#elif HK_WIDTH == 8
#define HK_ZIP(a, b, first)                                                                        \
  __builtin_shufflevector(a, b, first, first + 8, first + 1, first + 9, first + 2, first + 10,     \
                          first + 3, first + 11)
#elif HK_WIDTH == 4
#define HK_ZIP(a, b, first) __builtin_shufflevector(a, b, first, first + 4, first + 1, first + 5)
#endif

// Rows of both are PANEL floats apart.
HK_INLINE void transpose_square(const float *from, float *to) {
  vector rows[WIDTH], zipped[WIDTH];
  for (int i = 0; i < WIDTH; i++) rows[i] = load(from + i * PANEL);
  for (int round = 1; round < WIDTH; round *= 2) {
    for (int i = 0; i < WIDTH / 2; i++) {
      zipped[2 * i] = HK_ZIP(rows[i], rows[i + WIDTH / 2], 0);
      zipped[2 * i + 1] = HK_ZIP(rows[i], rows[i + WIDTH / 2], WIDTH / 2);
    }
    for (int i = 0; i < WIDTH; i++) rows[i] = zipped[i];
  }
  for (int i = 0; i < WIDTH; i++) store(to + i * PANEL, rows[i]);
}

static void transpose_block(const float *from, float *to) {
  for (int i = 0; i < PANEL; i += WIDTH)
    for (int j = 0; j < PANEL; j += WIDTH)
      transpose_square(from + i * PANEL + j, to + j * PANEL + i);
}

static void transpose_packed(const float *b, ptrdiff_t b_panel, size_t rows, size_t depth,
                             float *packed) {
  enum { BLOCK = PANEL * PANEL };
  for (size_t k = 0; k < depth; k += PANEL, b += b_panel, packed += BLOCK) {
    size_t count = smaller(PANEL, depth - k);
    if (rows == PANEL && count == PANEL) {
      transpose_block(b, packed);
      continue;
    }
    float from[BLOCK] = {0}, to[BLOCK];
    memcpy(from, b, rows * PANEL * sizeof(float));
    transpose_block(from, to);
    memcpy(packed, to, count * PANEL * sizeof(float));
  }
}

#endif
