// SPDX-License-Identifier: MIT
// Regression trees that move the points of a face, and the pixels that they compare.
#include "../include/henge_vision.h"
#include "../clones.h"
#include <math.h>

#pragma STDC FP_CONTRACT OFF

// Places looked at together, and trees whose leaves are on their way from memory together.
enum { PLACES = 128, TREES = 64 };

HK_CLONES void henge_landmark_pixels(const henge_landmark_places *places,
                                     const henge_landmark_picture *picture, const float *shape,
                                     float cosine, float sine, float *pixels) {
  double width = picture->width, height = picture->height;
  for (int64_t begin = 0; begin < places->count; begin += PLACES) {
    int64_t count = places->count - begin < PLACES ? places->count - begin : PLACES;
    const int32_t *restrict anchors = places->anchors + begin;
    const float *restrict dx = places->across + begin, *restrict dy = places->down + begin;
    int32_t columns[PLACES], rows[PLACES], inside[PLACES];
    for (int64_t i = 0; i < count; i++) {
      const float *point = shape + 2 * anchors[i];
      float across = cosine * dx[i] - sine * dy[i] + point[0];
      float down = sine * dx[i] + cosine * dy[i] + point[1];
      double x = floor((double)across * picture->scale_x + picture->left + 0.5);
      double y = floor((double)down * picture->scale_y + picture->top + 0.5);
      // False for what is not a number, too: a damaged file can move points anywhere.
      int is_inside = (x >= 0) & (y >= 0) & (x < width) & (y < height);
      columns[i] = (int32_t)(is_inside ? x : 0);
      rows[i] = (int32_t)(is_inside ? y : 0);
      inside[i] = is_inside;
    }
    for (int64_t i = 0; i < count; i++) {
      int64_t place = (int64_t)rows[i] * picture->width + columns[i];
      pixels[begin + i] = inside[i] ? (float)picture->gray[place] : 0;
    }
  }
}

// Walks without a branch, which no processor could predict: a tree asks what is not known yet.
HK_INLINE int64_t leaf_of(const henge_landmark_split *tree, int64_t inner, const float *pixels) {
  int64_t node = 0;
  while (node < inner) {
    const henge_landmark_split *asked = tree + node;
    int is_left = pixels[asked->first] - pixels[asked->second] > asked->threshold;
    node = 2 * node + 2 - is_left;
  }
  return node - inner;
}

HK_CLONES void henge_landmark_trees(const henge_landmark_split *splits, const float *leaves,
                                    int64_t count, int64_t inner, const float *pixels,
                                    float *restrict shape, int64_t length) {
  const float *chosen[TREES];
  for (int64_t begin = 0; begin < count; begin += TREES) {
    int64_t trees = count - begin < TREES ? count - begin : TREES;
    // The leaves of a model do not fit into the caches near the processor.
    for (int64_t i = 0; i < trees; i++) {
      int64_t tree = begin + i;
      int64_t leaf = tree * (inner + 1) + leaf_of(splits + tree * inner, inner, pixels);
      chosen[i] = leaves + leaf * length;
      __builtin_prefetch(chosen[i]);
      __builtin_prefetch(chosen[i] + length - 1);
    }
    for (int64_t i = 0; i < trees; i++) {
      const float *restrict leaf = chosen[i];
      for (int64_t k = 0; k < length; k++) shape[k] += leaf[k];
    }
  }
}
