// SPDX-License-Identifier: MIT
// Inner loops over plain buffers. No allocation, no threads, no state: whoever calls owns the
// memory, cuts the work and has checked every size.
#ifndef HENGE_KERNELS_H
#define HENGE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// ---------------------------------------------------------------------------------------------
// Elements (elementwise.c, integers.c, convert.c)
//
// A kernel walks `rows` rows of `n` elements. An operand has a step from row to row and from
// element to element, in elements; a step of 0 repeats. Output is row-major without gaps.

typedef struct {
  ptrdiff_t row;
  ptrdiff_t element;
} hk_steps;

typedef enum {
  HK_ADD, HK_SUBTRACT, HK_MULTIPLY, HK_DIVIDE, HK_FLOOR_DIVIDE, HK_MODULO, HK_POWER, HK_MAXIMUM,
  HK_MINIMUM, HK_ARC_TANGENT, HK_AND, HK_OR, HK_XOR
} hk_binary;

typedef enum {
  HK_EQUAL, HK_NOT_EQUAL, HK_LESS, HK_LESS_OR_EQUAL, HK_GREATER, HK_GREATER_OR_EQUAL
} hk_comparison;

// What integer arithmetic met; 0 is nothing.
typedef enum { HK_FINE, HK_OVERFLOW, HK_ZERO_DIVISION, HK_NEGATIVE_POWER } hk_fault;

// The number of a function of one element (unary.h), or -1 where there is none of that name.
int hk_unary_code(const char *name);
void hk_map_f32(int op, const float *a, hk_steps as, float *out, size_t rows, size_t n);
void hk_map_f64(int op, const double *a, hk_steps as, double *out, size_t rows, size_t n);
// negate, abs and square alone.
hk_fault hk_map_i64(int op, const int64_t *a, hk_steps as, int64_t *out, size_t rows, size_t n);

void hk_combine_f32(hk_binary op, const float *a, hk_steps as, const float *b, hk_steps bs,
                    float *out, size_t rows, size_t n);
void hk_combine_f64(hk_binary op, const double *a, hk_steps as, const double *b, hk_steps bs,
                    double *out, size_t rows, size_t n);
hk_fault hk_combine_i64(hk_binary op, const int64_t *a, hk_steps as, const int64_t *b, hk_steps bs,
                        int64_t *out, size_t rows, size_t n);
void hk_combine_u8(hk_binary op, const uint8_t *a, hk_steps as, const uint8_t *b, hk_steps bs,
                   uint8_t *out, size_t rows, size_t n);

void hk_compare_f32(hk_comparison op, const float *a, hk_steps as, const float *b, hk_steps bs,
                    uint8_t *out, size_t rows, size_t n);
void hk_compare_f64(hk_comparison op, const double *a, hk_steps as, const double *b, hk_steps bs,
                    uint8_t *out, size_t rows, size_t n);
void hk_compare_i64(hk_comparison op, const int64_t *a, hk_steps as, const int64_t *b, hk_steps bs,
                    uint8_t *out, size_t rows, size_t n);
void hk_compare_u8(hk_comparison op, const uint8_t *a, hk_steps as, const uint8_t *b, hk_steps bs,
                   uint8_t *out, size_t rows, size_t n);

// Chooses between elements of 1, 4 or 8 bytes.
void hk_select(int bytes, const uint8_t *condition, hk_steps cs, const void *a, hk_steps as,
               const void *b, hk_steps bs, void *out, size_t rows, size_t n);

// The types of elements, for conversions between any two.
typedef enum { HK_F32, HK_F64, HK_U8, HK_I64, HK_BOOL } hk_type;

// Copies n elements, `as` and `os` elements apart, converting. Returns how many floats had no
// 64-bit integer. `round_down` chooses truncation over rounding for floats to u8.
size_t hk_convert(hk_type from, const void *a, ptrdiff_t as, hk_type to, void *out, ptrdiff_t os,
                  size_t n, int round_down);

// out[i] = first + i * step for i in begin..<begin+n.
void hk_ramp_f32(double first, double step, float *out, size_t begin, size_t n);
void hk_ramp_f64(double first, double step, double *out, size_t begin, size_t n);
void hk_ramp_i64(int64_t first, int64_t step, int64_t *out, size_t begin, size_t n);

// ---------------------------------------------------------------------------------------------
// Picking (pick.c): elements of 1, 4 or 8 bytes by lists of indices, which are in range.

// to[i] = from[indices[i]], with the steps of all three in elements.
void hk_take(int bytes, const void *from, ptrdiff_t from_step, const int64_t *indices,
             ptrdiff_t index_step, void *to, ptrdiff_t to_step, size_t n);
// to[indices[i]] = from[i].
void hk_put(int bytes, const void *from, ptrdiff_t from_step, const int64_t *indices, void *to,
            ptrdiff_t to_step, size_t n);
// to[i] = from[i * element_step + indices[i] * along_step].
void hk_take_along(int bytes, const void *from, ptrdiff_t element_step, ptrdiff_t along_step,
                   const int64_t *indices, ptrdiff_t index_step, void *to, size_t n);
// to[i * to_step + indices[i] * along_step] += from[i * from_step], in order.
void hk_add_along_f32(const float *from, ptrdiff_t from_step, const int64_t *indices,
                      ptrdiff_t index_step, float *to, ptrdiff_t to_step, ptrdiff_t along_step,
                      size_t n);
void hk_add_along_f64(const double *from, ptrdiff_t from_step, const int64_t *indices,
                      ptrdiff_t index_step, double *to, ptrdiff_t to_step, ptrdiff_t along_step,
                      size_t n);
size_t hk_count_true(const uint8_t *flags, size_t n);
size_t hk_positions(const uint8_t *flags, int64_t first, int64_t *out, size_t n);

// ---------------------------------------------------------------------------------------------
// Reductions (reduce.c)
//
// Each takes `rows` rows of `n` adjacent elements, `row_step` elements apart, to one partial result
// per row. Floats are summed in double precision.

void hk_sum_rows_f32(const float *a, ptrdiff_t row_step, double *out, size_t rows, size_t n);
void hk_sum_rows_f64(const double *a, ptrdiff_t row_step, double *out, size_t rows, size_t n);
hk_fault hk_sum_rows_i64(const int64_t *a, ptrdiff_t row_step, int64_t *out, size_t rows, size_t n);
hk_fault hk_sum_rows_u8(const uint8_t *a, ptrdiff_t row_step, int64_t *out, size_t rows, size_t n);

// Sums (x - center[row])^2.
void hk_squares_rows_f32(const float *a, ptrdiff_t row_step, const double *center, double *out,
                         size_t rows, size_t n);
void hk_squares_rows_f64(const double *a, ptrdiff_t row_step, const double *center, double *out,
                         size_t rows, size_t n);

// The index of the first largest (or smallest) element; a NaN counts as both.
void hk_extreme_rows_f32(int largest, const float *a, ptrdiff_t row_step, int64_t *where,
                         size_t rows, size_t n);
void hk_extreme_rows_f64(int largest, const double *a, ptrdiff_t row_step, int64_t *where,
                         size_t rows, size_t n);
void hk_extreme_rows_i64(int largest, const int64_t *a, ptrdiff_t row_step, int64_t *where,
                         size_t rows, size_t n);
void hk_extreme_rows_u8(int largest, const uint8_t *a, ptrdiff_t row_step, int64_t *where,
                        size_t rows, size_t n);

// The largest (or smallest) element of each of n adjacent columns over `rows` rows; NaN wins.
void hk_extreme_columns_f32(int largest, const float *a, ptrdiff_t row_step, float *out,
                            size_t rows, size_t n);
void hk_extreme_columns_f64(int largest, const double *a, ptrdiff_t row_step, double *out,
                            size_t rows, size_t n);
void hk_extreme_columns_i64(int largest, const int64_t *a, ptrdiff_t row_step, int64_t *out,
                            size_t rows, size_t n);
void hk_extreme_columns_u8(int largest, const uint8_t *a, ptrdiff_t row_step, uint8_t *out,
                           size_t rows, size_t n);

// Adds `rows` rows of n adjacent elements column by column to `sums`; with `center`, the squares of
// the distances to it.
void hk_sum_columns_f32(const float *a, ptrdiff_t row_step, const double *center, double *sums,
                        size_t rows, size_t n);
void hk_sum_columns_f64(const double *a, ptrdiff_t row_step, const double *center, double *sums,
                        size_t rows, size_t n);

// The sums, or the products, of all elements of a row up to each one; a fault for integers. A row
// may be cut: `carry` is that of the elements before, 0 or 1 at first, and becomes that of all so
// far.
void hk_accumulate_f32(const float *a, float *out, size_t n, double *carry);
void hk_accumulate_f64(const double *a, double *out, size_t n, double *carry);
hk_fault hk_accumulate_i64(const int64_t *a, int64_t *out, size_t n, int64_t *carry);
void hk_accumulate_products_f32(const float *a, float *out, size_t n, double *carry);
void hk_accumulate_products_f64(const double *a, double *out, size_t n, double *carry);
hk_fault hk_accumulate_products_i64(const int64_t *a, int64_t *out, size_t n, int64_t *carry);

// Statistics of n adjacent elements.
typedef struct {
  int64_t finite, nan, infinite;
  double minimum, maximum, sum;
} hk_statistics;
void hk_statistics_f32(const float *a, size_t n, hk_statistics *out);
void hk_statistics_f64(const double *a, size_t n, hk_statistics *out);
// The sum of (x - center)^2 over the finite ones.
double hk_finite_squares_f32(const float *a, size_t n, double center);
double hk_finite_squares_f64(const double *a, size_t n, double center);

// ---------------------------------------------------------------------------------------------
// Order (sort.c): a stable order of one row as indices; NaN last. `scratch` is memory for n
// indices.

void hk_sort_f32(const float *a, int64_t *order, int64_t *scratch, size_t n, int descending);
void hk_sort_f64(const double *a, int64_t *order, int64_t *scratch, size_t n, int descending);
void hk_sort_i64(const int64_t *a, int64_t *order, int64_t *scratch, size_t n, int descending);
void hk_sort_u8(const uint8_t *a, int64_t *order, int64_t *scratch, size_t n, int descending);
// The values themselves, ascending, as bits; the same ones in the same order as by hk_sort_f32.
void hk_sort_values_f32(const float *a, uint32_t *out, uint32_t *scratch, size_t n);

// Two adjacent runs of indices, each in order: the rest of the first is left..<middle, that of the
// second right..<high.
typedef struct {
  size_t left, middle, right, high;
} hk_runs;

// Puts the next n indices of both `runs` in `from` in order, at their place in `to`, and moves the
// runs' beginnings on: so a long merge may be done in stretches.
void hk_merge_f32(const float *a, const int64_t *from, int64_t *to, hk_runs *runs, size_t n,
                  int descending);
void hk_merge_f64(const double *a, const int64_t *from, int64_t *to, hk_runs *runs, size_t n,
                  int descending);
void hk_merge_i64(const int64_t *a, const int64_t *from, int64_t *to, hk_runs *runs, size_t n,
                  int descending);
void hk_merge_u8(const uint8_t *a, const int64_t *from, int64_t *to, hk_runs *runs, size_t n,
                 int descending);

// ---------------------------------------------------------------------------------------------
// Random numbers (random.c): draws begin..<begin+n of the Philox stream (key, name), the draws
// that RandomStream.draw(at:) returns one by one.

void hk_uniform_f32(uint64_t key, uint64_t name, uint64_t begin, float *out, size_t n);
void hk_uniform_f64(uint64_t key, uint64_t name, uint64_t begin, double *out, size_t n);
// Pairs of normal numbers from pairs of draws (Box and Muller); n counts numbers.
void hk_normal_f32(uint64_t key, uint64_t name, uint64_t begin, float *out, size_t n);
void hk_normal_f64(uint64_t key, uint64_t name, uint64_t begin, double *out, size_t n);

// ---------------------------------------------------------------------------------------------
// Products of integers (integers.c), row-major, without gaps; of floats see henge_products.h.

hk_fault hk_multiply_i64(const int64_t *a, const int64_t *b, int64_t *out, size_t m, size_t k,
                         size_t n);

// ---------------------------------------------------------------------------------------------
// Pictures (pixels.c): between interleaved bytes and planes of floats, for `count` pixels of one
// picture; planes begin `plane` elements apart.

void hk_planes_from_pixels(const uint8_t *pixels, float *planes, size_t count, size_t plane,
                           size_t channels, float low, float high);
// Returns how many elements had to be clamped; NaN becomes 0 and counts.
size_t hk_pixels_from_planes(const float *planes, uint8_t *pixels, size_t count, size_t plane,
                             size_t channels, float low, float high);

#endif
