// SPDX-License-Identifier: MIT
// Winograd's matrices for F(4, 3) and F(3, 4) with the points 0, 1, -1, 2, -2 and infinity, applied
// to one line of vectors. A picture's tile takes each twice: down its columns, then along its rows.
// `outputs` and `taps`, 7 in all, are constants where these are inlined.
#ifndef HENGE_WINOGRAD_LINES_H
#define HENGE_WINOGRAD_LINES_H

#include "vectors.h"

// B': six inputs to six frequencies.
HK_INLINE void line_first(const vector d[6], vector *o) { *o = 4.0f * d[0] - 5.0f * d[2] + d[4]; }
HK_INLINE void line_second_third(const vector d[6], vector *second, vector *third) {
  vector even = d[4] - 4.0f * d[2], odd = d[3] - 4.0f * d[1];
  *second = even + odd;
  *third = even - odd;
}
HK_INLINE void line_fourth_fifth(const vector d[6], vector *fourth, vector *fifth) {
  vector even = d[4] - d[2], odd = d[3] - d[1];
  *fourth = even + 2.0f * odd;
  *fifth = even - 2.0f * odd;
}
HK_INLINE void line_last(const vector d[6], vector *o) { *o = 4.0f * d[1] - 5.0f * d[3] + d[5]; }

HK_INLINE void line_input(const vector d[6], vector o[6]) {
  line_first(d, o);
  line_second_third(d, o + 1, o + 2);
  line_fourth_fifth(d, o + 3, o + 4);
  line_last(d, o + 5);
}

// B: the transpose of line_input.
HK_INLINE void line_input_gradient(const vector v[6], vector o[6]) {
  vector s = v[1] + v[2], d = v[1] - v[2], s2 = v[3] + v[4], d2 = v[3] - v[4];
  o[0] = 4.0f * v[0];
  o[1] = 4.0f * (v[5] - d) - 2.0f * d2;
  o[2] = -5.0f * v[0] - 4.0f * s - s2;
  o[3] = d + 2.0f * d2 - 5.0f * v[5];
  o[4] = v[0] + s + s2;
  o[5] = v[5];
}

// A': six frequencies to the outputs.
HK_INLINE void line_output(const vector m[6], vector *o, size_t outputs) {
  vector s = m[1] + m[2], d = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];
  o[0] = m[0] + s + s2;
  o[1] = d + 2.0f * d2;
  o[2] = s + 4.0f * s2;
  if (outputs == 4)
    o[3] = d + 8.0f * d2 + m[5];
  else
    o[2] += m[5];
}

// A: the transpose of line_output.
HK_INLINE void line_output_gradient(const vector *y, vector o[6], size_t outputs) {
  vector even = y[0] + y[2], odd = y[1], even2 = y[0] + 4.0f * y[2], odd2 = y[1];
  if (outputs == 4) odd += y[3], odd2 += 4.0f * y[3];
  o[0] = y[0];
  o[1] = even + odd;
  o[2] = even - odd;
  o[3] = even2 + 2.0f * odd2;
  o[4] = even2 - 2.0f * odd2;
  o[5] = y[outputs - 1];
}

// G: the taps to six frequencies.
HK_INLINE void line_filter(const vector *w, vector o[6], size_t taps) {
  vector outer = (w[0] + w[2]) * (-1.0f / 6), middle = w[1] * (1.0f / 6);
  vector even = w[0] * (1.0f / 24) + w[2] * (1.0f / 6), odd = w[1] * (1.0f / 12);
  if (taps == 4) middle += w[3] * (1.0f / 6), odd += w[3] * (1.0f / 3);
  o[0] = w[0] * 0.25f;
  o[1] = outer - middle;
  o[2] = outer + middle;
  o[3] = even + odd;
  o[4] = even - odd;
  o[5] = w[taps - 1];
}

// The same for F(4, 2), with the points 0, 1, -1, 2 and infinity.
HK_INLINE void line_input_5(const vector d[5], vector o[5]) {
  vector odd = d[3] - d[1];
  o[0] = 2.0f * (d[0] - d[2]) + odd;
  o[1] = odd - d[1] - d[2];
  o[2] = 3.0f * (d[1] - d[2]) + odd;
  o[3] = odd;
  o[4] = 2.0f * (d[1] - d[3]) + d[4] - d[2];
}

HK_INLINE void line_output_5(const vector m[5], vector o[4]) {
  vector s = m[1] + m[2], d = m[1] - m[2];
  o[0] = m[0] + s + m[3];
  o[1] = d + 2.0f * m[3];
  o[2] = s + 4.0f * m[3];
  o[3] = d + 8.0f * m[3] + m[4];
}

HK_INLINE void line_filter_5(const vector w[2], vector o[5]) {
  o[0] = w[0] * 0.5f;
  o[1] = (w[0] + w[1]) * -0.5f;
  o[2] = (w[1] - w[0]) * (1.0f / 6);
  o[3] = w[0] * (1.0f / 6) + w[1] * (1.0f / 3);
  o[4] = w[1];
}

// G': the transpose of line_filter.
HK_INLINE void line_filter_gradient(const vector u[6], vector *o, size_t taps) {
  vector s = u[1] + u[2], d = u[2] - u[1], s2 = u[3] + u[4], d2 = u[3] - u[4];
  o[0] = u[0] * 0.25f - s * (1.0f / 6) + s2 * (1.0f / 24);
  o[1] = d * (1.0f / 6) + d2 * (1.0f / 12);
  o[2] = (s2 - s) * (1.0f / 6);
  if (taps == 4)
    o[3] = d * (1.0f / 6) + d2 * (1.0f / 3) + u[5];
  else
    o[2] += u[5];
}

#endif
