// SPDX-License-Identifier: MIT
#ifndef HENGE_VISION_H
#define HENGE_VISION_H

#include <stdint.h>

// Detection by a cascade, and landmarks by trees: the inner loops of HengeVision.

// Interleaved pixels of 3 or 4 channels as gray: Rec. 601 luma in 15-bit fixed point (OpenCV's
// cvtColor), or the sum of the colors divided by 3 (dlib).
void henge_gray_luma_u8(const uint8_t *pixels, int channels, uint8_t *gray, int64_t count);
void henge_gray_mean_u8(const uint8_t *pixels, int channels, uint8_t *gray, int64_t count);

// Two samples next to each other and their weights, which add up to 256, for one output position.
typedef struct {
  int32_t first;
  int32_t second;
  int32_t first_weight;
  int32_t second_weight;
} henge_blend;

// The blends of one side of a picture that `in_size` pixels long becomes `out_size`: bilinear, half
// a pixel in, in 8-bit fixed point (OpenCV's INTER_LINEAR_EXACT).
void henge_blends(int32_t in_size, int32_t out_size, henge_blend *blends);

// A gray picture at another size; `scratch` has room for two rows of the output.
void henge_blend_u8(const uint8_t *in, int32_t in_width, uint8_t *out, int32_t out_width,
                    int32_t out_height, const henge_blend *across, const henge_blend *down,
                    uint16_t *scratch);

// Sums of all pixels above and left, `height + 1` rows of `pitch` >= width + 1 numbers, modulo
// 2^32; of their squares, and of the pixels in the cone above, where those are not null.
void henge_integral_u8(const uint8_t *pixels, int32_t width, int32_t height, int64_t pitch,
                       uint32_t *sums, uint32_t *squares, uint32_t *tilted);

// One question of a tree. A child above 0 is a node of the same tree; others are leaves, negated.
typedef struct {
  int32_t left;
  int32_t right;
  int32_t feature;
  float threshold;
} henge_cascade_node;

// Three weighted rectangles: offsets of their corners from the window's in the table of sums.
typedef struct {
  int32_t corners[3][4];
  float weights[3];
  int32_t is_tilted;
} henge_haar_feature;

// Nine blocks: offsets of the 16 corners of their grid, row by row.
typedef struct {
  int32_t corners[16];
} henge_lbp_feature;

// A cascade with its tables; every index in it has been checked.
typedef struct {
  int32_t stages;
  int32_t is_stumps;              // every tree has one node
  const float *thresholds;        // of each stage
  const int32_t *trees;           // in each stage
  const int32_t *tree_nodes;      // in each tree
  const henge_cascade_node *nodes;
  const float *leaves;            // one more in each tree than it has nodes
  const uint32_t *subsets;        // LBP: 256 bits for each node; null otherwise
  const henge_haar_feature *haar; // one of the two is null
  const henge_lbp_feature *lbp;
  int32_t window_width;
  int32_t window_height;
  int64_t pitch;                  // of the tables
} henge_cascade;

// Looks at the windows whose top left corner is in rows first_row ..< end_row and columns
// 0 ..< columns, `step` apart; writes at most `capacity` pairs x, y of those that pass to
// `found`, and returns how many passed.
int64_t henge_cascade_scan(const henge_cascade *cascade, const uint32_t *sums,
                           const uint32_t *squares, const uint32_t *tilted, int32_t columns,
                           int32_t first_row, int32_t end_row, int32_t step, int32_t *found,
                           int64_t capacity);

// Where a step looks: `count` places, each `across` and `down` from a point of the mean face.
typedef struct {
  int64_t count;
  const int32_t *anchors;
  const float *across;
  const float *down;
} henge_landmark_places;

// A gray picture, and how places in the unit box of a face become its pixels.
typedef struct {
  const uint8_t *gray;
  int32_t width;
  int32_t height;
  double left;
  double top;
  double scale_x;
  double scale_y;
} henge_landmark_picture;

// The picture at places that move, turn and scale with the face, by the map
// (cosine x - sine y, sine x + cosine y); 0 outside of the picture.
void henge_landmark_pixels(const henge_landmark_places *places,
                           const henge_landmark_picture *picture, const float *shape,
                           float cosine, float sine, float *pixels);

// One split of a regression tree: left where the difference of two pixels is above the threshold.
typedef struct {
  int32_t first;
  int32_t second;
  float threshold;
} henge_landmark_split;

// Adds the leaves that `count` trees of `inner` splits each choose for `pixels` to the `length`
// coordinates of `shape`. A tree has one leaf more than splits.
void henge_landmark_trees(const henge_landmark_split *splits, const float *leaves, int64_t count,
                          int64_t inner, const float *pixels, float *shape, int64_t length);

#endif
