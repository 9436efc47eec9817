// SPDX-License-Identifier: MIT
// Matrix products for one type of element. Included once for each, with
//   ELEMENT    the type
//   NAME(x)    a name for it
//   LANES      elements in a vector
// and HK_ROWS rows of a tile of the result in registers.

typedef ELEMENT NAME(lanes) __attribute__((vector_size(LANES * sizeof(ELEMENT)),
                                           aligned(sizeof(ELEMENT))));

HK_INLINE NAME(lanes) NAME(get)(const ELEMENT *from) { return *(const NAME(lanes) *)from; }
HK_INLINE void NAME(put)(ELEMENT *to, NAME(lanes) x) { *(NAME(lanes) *)to = x; }

// Rows of a packed tile are STRIDE elements apart, columns 16: rows a power of two apart share
// one set of the cache.
enum {
  NAME(COLUMNS) = 2 * LANES,
  NAME(STRIDE) = HK_PRODUCT_DEPTH + 16,
  NAME(TILE) = HK_ROWS * NAME(STRIDE) > 16 * HK_PRODUCT_DEPTH ? HK_ROWS *NAME(STRIDE)
                                                              : 16 * HK_PRODUCT_DEPTH,
};

static void NAME(pack_left)(const hk_matrix *a, size_t m, size_t depth, void *packed) {
  size_t tiles = (m + HK_ROWS - 1) / HK_ROWS;
  const ELEMENT *from = a->at;
  ELEMENT *to = packed;
  for (size_t t = 0; t < tiles; t++, to += NAME(TILE)) {
    size_t first = m * t / tiles, rows = m * (t + 1) / tiles - first;
    if (a->column == 1) {
      for (size_t i = 0; i < rows; i++)
        memcpy(to + i * NAME(STRIDE), from + (ptrdiff_t)(first + i) * a->row,
               depth * sizeof(ELEMENT));
    } else if (first + 16 <= m) {
      for (size_t k = 0; k < depth; k++)
        memcpy(to + k * 16, from + (ptrdiff_t)first + (ptrdiff_t)k * a->column,
               16 * sizeof(ELEMENT));
    } else {
      for (size_t k = 0; k < depth; k++)
        for (size_t i = 0; i < rows; i++)
          to[k * 16 + i] = from[(ptrdiff_t)(first + i) + (ptrdiff_t)k * a->column];
    }
  }
}

// LANES columns of LANES rows, whose columns are `step` apart.
HK_INLINE void NAME(turn)(const ELEMENT *from, ptrdiff_t step, ELEMENT *to) {
  NAME(lanes) rows[LANES], zipped[LANES];
#pragma clang loop unroll(full)
  for (int i = 0; i < LANES; i++) rows[i] = NAME(get)(from + i * step);
#pragma clang loop unroll(full)
  for (int round = 1; round < LANES; round *= 2) {
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES / 2; i++) {
      zipped[2 * i] = NAME(ZIP)(rows[i], rows[i + LANES / 2], 0);
      zipped[2 * i + 1] = NAME(ZIP)(rows[i], rows[i + LANES / 2], LANES / 2);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; i++) rows[i] = zipped[i];
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < LANES; i++) NAME(put)(to + i * NAME(COLUMNS), rows[i]);
}

static void NAME(pack_right)(const hk_matrix *b, size_t depth, size_t n, void *packed) {
  const ELEMENT *from = b->at;
  ELEMENT *to = packed;
  for (size_t j = 0; j < n; j += NAME(COLUMNS), to += depth * NAME(COLUMNS)) {
    size_t columns = smaller(NAME(COLUMNS), n - j), k = 0;
    const ELEMENT *panel = from + (ptrdiff_t)j * b->column;
    if (columns == NAME(COLUMNS) && b->column == 1) {
      for (; k < depth; k++) {
        const ELEMENT *row = panel + (ptrdiff_t)k * b->row;
        NAME(put)(to + k * NAME(COLUMNS), NAME(get)(row));
        NAME(put)(to + k * NAME(COLUMNS) + LANES, NAME(get)(row + LANES));
      }
    } else if (columns == NAME(COLUMNS)) {
      for (; k + LANES <= depth; k += LANES) {
        NAME(turn)(panel + k, b->column, to + k * NAME(COLUMNS));
        NAME(turn)(panel + k + LANES * b->column, b->column, to + k * NAME(COLUMNS) + LANES);
      }
    }
    for (; k < depth; k++) {
      ELEMENT *row = to + k * NAME(COLUMNS);
      NAME(put)(row, (NAME(lanes)){0});
      NAME(put)(row + LANES, (NAME(lanes)){0});
      for (size_t c = 0; c < columns; c++)
        row[c] = panel[(ptrdiff_t)k * b->row + (ptrdiff_t)c * b->column];
    }
  }
}

// Of rows and columns of adjacent elements in eight sums of vectors, of others in one.
static void NAME(dot)(const hk_matrix *a, const hk_matrix *b, size_t depth, void *out, int adds) {
  const ELEMENT *x = a->at, *y = b->at;
  ELEMENT sum = 0;
  size_t k = 0;
  if (a->column == 1 && b->row == 1) {
    NAME(lanes) sums[8] = {0};
    for (; k + 8 * LANES <= depth; k += 8 * LANES)
#pragma clang loop unroll(full)
      for (int i = 0; i < 8; i++)
        sums[i] += NAME(get)(x + k + i * LANES) * NAME(get)(y + k + i * LANES);
    for (int i = 1; i < 8; i++) sums[0] += sums[i];
    for (int i = 0; i < LANES; i++) sum += sums[0][i];
  }
  for (; k < depth; k++) sum += x[(ptrdiff_t)k * a->column] * y[(ptrdiff_t)k * b->row];
  ELEMENT *to = out;
  *to = adds ? *to + sum : sum;
}

// `r` rows, `vectors` columns of vectors and the steps of `a` are constants where it is inlined.
HK_INLINE void NAME(run_tile)(const ELEMENT *a, const ELEMENT *b, size_t depth, ELEMENT *c,
                              ptrdiff_t step, size_t columns, int adds, int r, int vectors,
                              ptrdiff_t row, ptrdiff_t column) {
  NAME(lanes) sums[HK_ROWS][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < r; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) sums[i][j] = (NAME(lanes)){0};
  // What is added to is on its way while the sums are taken.
  for (int i = 0; i < r; i++)
    for (int j = 0; j < vectors * LANES; j += 64 / (int)sizeof(ELEMENT))
      __builtin_prefetch(c + i * step + j, 1);
#pragma clang loop unroll(disable)
  for (size_t k = 0; k < depth; k++, a += column, b += NAME(COLUMNS)) {
    __builtin_prefetch(b + 8 * NAME(COLUMNS));
    __builtin_prefetch(b + 9 * NAME(COLUMNS) - 64 / (int)sizeof(ELEMENT));
    NAME(lanes) low = NAME(get)(b), high = vectors > 1 ? NAME(get)(b + LANES) : low;
#pragma clang loop unroll(full)
    for (int i = 0; i < r; i++) {
      NAME(lanes) x = a[i * row] - (NAME(lanes)){0};
      sums[i][0] += x * low;
      if (vectors > 1) sums[i][1] += x * high;
    }
  }
  if (columns == (size_t)(vectors * LANES)) {
#pragma clang loop unroll(full)
    for (int i = 0; i < r; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) {
        ELEMENT *to = c + i * step + j * LANES;
        NAME(put)(to, adds ? NAME(get)(to) + sums[i][j] : sums[i][j]);
      }
    return;
  }
  // The sums leave the registers by constant indices: anything else would keep them in memory.
  ELEMENT kept[HK_ROWS][NAME(COLUMNS)];
#pragma clang loop unroll(full)
  for (int i = 0; i < r; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) NAME(put)(kept[i] + j * LANES, sums[i][j]);
  for (int i = 0; i < r; i++, c += step)
    for (size_t j = 0; j < columns; j++) c[j] = adds ? c[j] + kept[i][j] : kept[i][j];
}

#define HK_RUN(r, vectors, row, column)                                                            \
  NAME(run_tile)(a, b, depth, c, step, columns, adds, r, vectors, row, column)
#define HK_ROWS_WIDE(r) HK_RUN(r, 2, NAME(STRIDE), 1)
#define HK_ROWS_NARROW(r) HK_RUN(r, 1, NAME(STRIDE), 1)
#define HK_COLUMNS_WIDE(r) HK_RUN(r, 2, 1, 16)
#define HK_COLUMNS_NARROW(r) HK_RUN(r, 1, 1, 16)

static void NAME(run_rows)(const ELEMENT *a, const ELEMENT *b, size_t depth, ELEMENT *c,
                           ptrdiff_t step, size_t rows, size_t columns, int adds) {
  if (columns > LANES) {
    HK_ROW_CASES(rows, HK_ROWS_WIDE)
  } else {
    HK_ROW_CASES(rows, HK_ROWS_NARROW)
  }
}

static void NAME(run_columns)(const ELEMENT *a, const ELEMENT *b, size_t depth, ELEMENT *c,
                              ptrdiff_t step, size_t rows, size_t columns, int adds) {
  if (columns > LANES) {
    HK_ROW_CASES(rows, HK_COLUMNS_WIDE)
  } else {
    HK_ROW_CASES(rows, HK_COLUMNS_NARROW)
  }
}

// Rows are distributed evenly to as few tiles as possible.
static void NAME(multiply)(const hk_matrix *a, const void *left, const void *right, size_t m,
                           size_t n, size_t depth, void *out, ptrdiff_t step, int adds) {
  size_t tiles = (m + HK_ROWS - 1) / HK_ROWS;
  const ELEMENT *b = right;
  for (size_t j = 0; j < n; j += NAME(COLUMNS), b += depth * NAME(COLUMNS)) {
    size_t columns = smaller(NAME(COLUMNS), n - j);
    ELEMENT *c = (ELEMENT *)out + j;
    const ELEMENT *tile = left;
    for (size_t t = 0; t < tiles; t++, tile += NAME(TILE)) {
      size_t rows = m * (t + 1) / tiles - m * t / tiles;
      if (a->column == 1)
        NAME(run_rows)(tile, b, depth, c, step, rows, columns, adds);
      else
        NAME(run_columns)(tile, b, depth, c, step, rows, columns, adds);
      c += (ptrdiff_t)rows * step;
    }
  }
}

#undef HK_RUN
#undef HK_ROWS_WIDE
#undef HK_ROWS_NARROW
#undef HK_COLUMNS_WIDE
#undef HK_COLUMNS_NARROW
