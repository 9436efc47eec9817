// SPDX-License-Identifier: MIT
#include "pictures.h"
#include <string.h>

// The row or column of a picture that place `at` of its padding shows; -1 is outside.
static ptrdiff_t shown(ptrdiff_t at, ptrdiff_t size, int reflect) {
  if (at >= 0 && at < size) return at;
  if (!reflect) return -1;
  return at < 0 ? -at : 2 * (size - 1) - at;
}

void hk_pad(const hk_border *b, const float *picture, float *padded, size_t first, size_t count) {
  size_t row = b->padded_width * b->channels, inside = b->width * b->channels;
  size_t left = b->left * b->channels, right = row - left - inside;
  for (size_t y = first; y < first + count; y++) {
    float *to = padded + y * row;
    ptrdiff_t from_row = shown((ptrdiff_t)y - (ptrdiff_t)b->top, (ptrdiff_t)b->height, b->reflect);
    if (from_row < 0) {
      memset(to, 0, row * sizeof(float));
      continue;
    }
    const float *from = picture + (size_t)from_row * inside;
    memcpy(to + left, from, inside * sizeof(float));
    if (!b->reflect) {
      memset(to, 0, left * sizeof(float));
      memset(to + left + inside, 0, right * sizeof(float));
      continue;
    }
    for (size_t x = 0; x < b->padded_width; x++) {
      if (x == b->left) x += b->width;
      if (x >= b->padded_width) break;
      ptrdiff_t at = shown((ptrdiff_t)x - (ptrdiff_t)b->left, (ptrdiff_t)b->width, 1);
      memcpy(to + x * b->channels, from + (size_t)at * b->channels, b->channels * sizeof(float));
    }
  }
}

static void add(float *restrict to, const float *restrict from, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] += from[i];
}

// Adds a padded row to an image's row: first the inside, then the borders from left to right.
static void fold_row(const hk_border *b, const float *padded, float *row, int is_first) {
  size_t inside = b->width * b->channels;
  if (is_first)
    memcpy(row, padded + b->left * b->channels, inside * sizeof(float));
  else
    add(row, padded + b->left * b->channels, inside);
  for (size_t x = 0; x < b->padded_width; x++) {
    if (x == b->left) x += b->width;
    if (x >= b->padded_width) break;
    ptrdiff_t at = shown((ptrdiff_t)x - (ptrdiff_t)b->left, (ptrdiff_t)b->width, 1);
    add(row + (size_t)at * b->channels, padded + x * b->channels, b->channels);
  }
}

void hk_fold(const hk_border *b, const float *padded, float *picture, size_t first, size_t count) {
  size_t row = b->padded_width * b->channels, bottom = b->padded_height - b->top - b->height;
  for (size_t y = first; y < first + count; y++) {
    float *to = picture + y * b->width * b->channels;
    fold_row(b, padded + (y + b->top) * row, to, 1);
    // The mirrored rows above and below that show this one.
    if (y >= 1 && y <= b->top) fold_row(b, padded + (b->top - y) * row, to, 0);
    if (y + 1 + bottom >= b->height && y + 1 < b->height)
      fold_row(b, padded + (b->top + 2 * (b->height - 1) - y) * row, to, 0);
  }
}

enum { LINES = 32, TAPS = 128 };

// The taps of one inner channel and a panel's outer channels pass through a small buffer: filters
// are a power of two apart in memory, where a cache has few places, and this way each is read once.
void hk_pack_filter(const hk_filter_layout *l, const float *filter, float *packed, size_t panel,
                    size_t first, size_t count) {
  float lines[LINES * TAPS];
  size_t start = panel * l->panel, columns = l->outer - start;
  if (columns > l->panel) columns = l->panel;
  for (size_t i = first; i < first + count; i++) {
    for (size_t t0 = 0; t0 < l->taps; t0 += TAPS) {
      size_t taps = l->taps - t0 < TAPS ? l->taps - t0 : TAPS;
      const float *from = filter + i * l->inner_step + start * l->outer_step + t0;
      for (size_t j = 0; j < columns; j++)
        memcpy(lines + j * taps, from + j * l->outer_step, taps * sizeof(float));
      for (size_t t = 0; t < taps; t++) {
        if (l->to[t0 + t] == HK_NOWHERE) continue;
        float *to = packed + l->to[t0 + t] + panel * l->to_panel[t0 + t] + i * l->panel;
        for (size_t j = 0; j < columns; j++) to[j] = lines[j * taps + t];
        for (size_t j = columns; j < l->panel; j++) to[j] = 0;
      }
    }
  }
}

void hk_unpack_filter(const hk_filter_layout *l, const float *packed, float *filter, size_t panel,
                      size_t first, size_t count) {
  float lines[LINES * TAPS];
  size_t start = panel * l->panel, columns = l->outer - start;
  if (columns > l->panel) columns = l->panel;
  for (size_t i = first; i < first + count; i++) {
    for (size_t t0 = 0; t0 < l->taps; t0 += TAPS) {
      size_t taps = l->taps - t0 < TAPS ? l->taps - t0 : TAPS;
      for (size_t t = 0; t < taps; t++) {
        const float *from = packed + l->to[t0 + t] + panel * l->to_panel[t0 + t] + i * l->panel;
        for (size_t j = 0; j < columns; j++) lines[j * taps + t] = from[j];
      }
      float *to = filter + i * l->inner_step + start * l->outer_step + t0;
      for (size_t j = 0; j < columns; j++)
        memcpy(to + j * l->outer_step, lines + j * taps, taps * sizeof(float));
    }
  }
}
