// SPDX-License-Identifier: MIT
// Where a tile's pixels lie in a picture with padding.
#ifndef HENGE_WINOGRAD_TILES_H
#define HENGE_WINOGRAD_TILES_H

#include "henge_winograd.h"
#include "vectors.h"

// A walk over tiles of `outputs` rows and columns: picture, then down, then across.
typedef struct {
  size_t picture, down, across;
  size_t tiles_down, tiles_across;
} place;

HK_INLINE place place_of(const hk_winograd *shape, size_t tile, size_t outputs) {
  place at;
  at.tiles_down = (shape->out_height + outputs - 1) / outputs;
  at.tiles_across = (shape->out_width + outputs - 1) / outputs;
  at.across = tile % at.tiles_across;
  at.down = tile / at.tiles_across % at.tiles_down;
  at.picture = tile / at.tiles_across / at.tiles_down;
  return at;
}

HK_INLINE void advance(place *at) {
  if (++at->across < at->tiles_across) return;
  at->across = 0;
  if (++at->down < at->tiles_down) return;
  at->down = 0;
  at->picture++;
}

// The row or column of the picture at `i` of the padded picture counted from its first, or -1 where
// there is nothing but zeros.
HK_INLINE ptrdiff_t mapped(ptrdiff_t i, size_t size, int reflects) {
  ptrdiff_t last = (ptrdiff_t)size - 1;
  if (i >= 0 && i <= last) return i;
  if (!reflects) return -1;
  i = i < 0 ? -i : 2 * last - i;
  // What is beyond any reflection belongs to outputs beyond the last.
  return i >= 0 && i <= last ? i : -1;
}

// The offsets of a tile's six rows and columns, -1 where there are zeros.
typedef struct {
  ptrdiff_t rows[6], columns[6];
  int is_inside; // adjacent pixels, none of them padding
} footprint;

HK_INLINE footprint input_footprint(const hk_winograd *shape, place at, size_t outputs) {
  footprint f;
  ptrdiff_t y = (ptrdiff_t)(outputs * at.down) - shape->top;
  ptrdiff_t x = (ptrdiff_t)(outputs * at.across) - shape->left;
  f.is_inside =
      y >= 0 && x >= 0 && y + 6 <= (ptrdiff_t)shape->height && x + 6 <= (ptrdiff_t)shape->width;
  for (int i = 0; i < 6; i++) {
    ptrdiff_t row = mapped(y + i, shape->height, shape->reflects);
    ptrdiff_t column = mapped(x + i, shape->width, shape->reflects);
    f.rows[i] = row < 0 ? -1 : row * (ptrdiff_t)(shape->width * shape->channels);
    f.columns[i] = column < 0 ? -1 : column * (ptrdiff_t)shape->channels;
  }
  return f;
}

// The first `count` elements, and zeros.
HK_INLINE vector load_part(const float *from, size_t count) {
  float part[WIDTH] = {0};
  memcpy(part, from, count * sizeof(float));
  return load(part);
}

HK_INLINE void store_part(float *to, vector x, size_t count) {
  float part[WIDTH];
  store(part, x);
  memcpy(to, part, count * sizeof(float));
}

// How many of a vector's channels there are.
HK_INLINE size_t lanes(size_t channels, size_t vector_index) {
  size_t before = vector_index * WIDTH;
  return before >= channels ? 0 : smaller(WIDTH, channels - before);
}

// Where a vector of channels begins in a workspace.
HK_INLINE ptrdiff_t vector_offset(const hk_tiles *tiles, size_t vector_index) {
  return (ptrdiff_t)(vector_index / 2) * tiles->panel_step + (ptrdiff_t)(vector_index % 2) * WIDTH;
}

#endif
