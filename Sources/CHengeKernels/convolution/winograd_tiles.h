// SPDX-License-Identifier: MIT
// The positions of a tile's pixels in an image with padding.
#ifndef HENGE_WINOGRAD_TILES_H
#define HENGE_WINOGRAD_TILES_H

#include "henge_winograd.h"
#include "vectors.h"

// A walk over tiles: picture, then down, then across.
typedef struct {
  size_t picture, down, across;
  size_t tiles_down, tiles_across;
} place;

HK_INLINE place place_of(const hk_winograd *shape, size_t tile) {
  place at;
  at.tiles_down = shape->tiles_down;
  at.tiles_across = shape->tiles_across;
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

// How a picture is cut into tiles; all constants where it is inlined.
typedef struct {
  size_t outputs, points; // along each axis: of a tile, and frequencies
  size_t stride;
} tiling;

// One of the phases of a stride, or all there is of a stride of 1.
typedef struct {
  size_t is_odd_row, is_odd_column;
  size_t down, across; // how many frequencies it has
} phase;

// The phase of an index, where filters have `taps` rows and columns.
HK_INLINE phase phase_of(tiling by, size_t taps, size_t index) {
  phase p = {.down = by.points, .across = by.points};
  if (by.stride == 1) return p;
  p.is_odd_row = index >= 2;
  p.is_odd_column = index == 0 || index == 3;
  if (taps == 3) p.down -= p.is_odd_row, p.across -= p.is_odd_column;
  return p;
}

// The offsets of a tile's rows and columns, -1 where there are zeros.
typedef struct {
  ptrdiff_t rows[6], columns[6];
  int is_inside; // evenly spaced pixels, none of them padding
} footprint;

HK_INLINE footprint input_footprint(const hk_winograd *shape, place at, tiling by, phase of) {
  footprint f;
  ptrdiff_t step = (ptrdiff_t)by.stride, last = step * (ptrdiff_t)(by.points - 1);
  ptrdiff_t y = (ptrdiff_t)(by.stride * by.outputs * at.down + of.is_odd_row) - shape->top;
  ptrdiff_t x = (ptrdiff_t)(by.stride * by.outputs * at.across + of.is_odd_column) - shape->left;
  f.is_inside = y >= 0 && x >= 0 && y + last < (ptrdiff_t)shape->height &&
                x + last < (ptrdiff_t)shape->width;
  for (int i = 0; i < (int)by.points; i++) {
    ptrdiff_t row = mapped(y + step * i, shape->height, shape->reflects);
    ptrdiff_t column = mapped(x + step * i, shape->width, shape->reflects);
    f.rows[i] = row < 0 ? -1 : row * (ptrdiff_t)(shape->width * shape->channels);
    f.columns[i] = column < 0 ? -1 : column * (ptrdiff_t)shape->channels;
  }
  return f;
}

// How many vectors of a workspace each phase has: whole panels.
HK_INLINE size_t phase_vectors(size_t channels) { return (channels + PANEL - 1) / PANEL * 2; }

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
