// SPDX-License-Identifier: MIT
// 64-bit integers: every result is checked, because a wrapped index or count is a wrong answer that
// looks right. A fault is reported once, for the whole call.
#include "clones.h"
#include "henge_kernels.h"
#include "unary_codes.h"

hk_fault hk_map_i64(int op, const int64_t *a, hk_steps as, int64_t *out, size_t rows, size_t n) {
  int overflow = 0;
  for (size_t r = 0; r < rows; r++) {
    for (size_t i = 0; i < n; i++) {
      int64_t x = a[(ptrdiff_t)r * as.row + (ptrdiff_t)i * as.element], y = x;
      if (op == HK_square) {
        overflow |= __builtin_mul_overflow(x, x, &y);
      } else if (op == HK_negate || x < 0) {
        overflow |= __builtin_sub_overflow((int64_t)0, x, &y);
      }
      out[r * n + i] = y;
    }
  }
  return overflow ? HK_OVERFLOW : HK_FINE;
}

HK_INLINE hk_fault floor_divide(int64_t x, int64_t y, int64_t *quotient, int64_t *remainder) {
  *quotient = *remainder = 0;
  if (y == 0) return HK_ZERO_DIVISION;
  if (y == -1) return __builtin_sub_overflow((int64_t)0, x, quotient) ? HK_OVERFLOW : HK_FINE;
  *quotient = x / y;
  *remainder = x % y;
  if (*remainder != 0 && (*remainder < 0) != (y < 0)) {
    *quotient -= 1;
    *remainder += y;
  }
  return HK_FINE;
}

HK_INLINE hk_fault power(int64_t base, int64_t exponent, int64_t *result) {
  *result = 1;
  if (exponent < 0) return HK_NEGATIVE_POWER;
  int64_t factor = base;
  while (exponent > 0) {
    if ((exponent & 1) && __builtin_mul_overflow(*result, factor, result)) return HK_OVERFLOW;
    exponent >>= 1;
    if (exponent > 0 && __builtin_mul_overflow(factor, factor, &factor)) return HK_OVERFLOW;
  }
  return HK_FINE;
}

HK_INLINE hk_fault combine_one(hk_binary op, int64_t x, int64_t y, int64_t *o) {
  int64_t other;
  switch (op) {
  case HK_ADD: return __builtin_add_overflow(x, y, o) ? HK_OVERFLOW : HK_FINE;
  case HK_SUBTRACT: return __builtin_sub_overflow(x, y, o) ? HK_OVERFLOW : HK_FINE;
  case HK_MULTIPLY: return __builtin_mul_overflow(x, y, o) ? HK_OVERFLOW : HK_FINE;
  case HK_FLOOR_DIVIDE: return floor_divide(x, y, o, &other);
  case HK_MODULO: {
    hk_fault fault = floor_divide(x, y, &other, o);
    return fault == HK_OVERFLOW ? HK_FINE : fault; // x % -1 is 0 even where x / -1 has no value
  }
  case HK_POWER: return power(x, y, o);
  case HK_MAXIMUM: *o = x > y ? x : y; return HK_FINE;
  case HK_MINIMUM: *o = x < y ? x : y; return HK_FINE;
  case HK_AND: *o = x & y; return HK_FINE;
  case HK_OR: *o = x | y; return HK_FINE;
  case HK_XOR: *o = x ^ y; return HK_FINE;
  case HK_DIVIDE:
  case HK_ARC_TANGENT: break;
  }
  *o = 0;
  return HK_FINE;
}

#define COMBINE(OP)                                                                                \
  case OP:                                                                                         \
    for (size_t r = 0; r < rows; r++) {                                                            \
      for (size_t i = 0; i < n; i++) {                                                             \
        hk_fault one = combine_one(OP, a[(ptrdiff_t)r * as.row + (ptrdiff_t)i * as.element],       \
                                   b[(ptrdiff_t)r * bs.row + (ptrdiff_t)i * bs.element],           \
                                   out + r * n + i);                                               \
        if (one != HK_FINE) fault = one;                                                           \
      }                                                                                            \
    }                                                                                              \
    break;

hk_fault hk_combine_i64(hk_binary op, const int64_t *a, hk_steps as, const int64_t *b, hk_steps bs,
                        int64_t *out, size_t rows, size_t n) {
  hk_fault fault = HK_FINE;
  switch (op) {
    COMBINE(HK_ADD)
    COMBINE(HK_SUBTRACT)
    COMBINE(HK_MULTIPLY)
    COMBINE(HK_FLOOR_DIVIDE)
    COMBINE(HK_MODULO)
    COMBINE(HK_POWER)
    COMBINE(HK_MAXIMUM)
    COMBINE(HK_MINIMUM)
    COMBINE(HK_AND)
    COMBINE(HK_OR)
    COMBINE(HK_XOR)
  case HK_DIVIDE:
  case HK_ARC_TANGENT: break;
  }
  return fault;
}

hk_fault hk_sum_rows_i64(const int64_t *a, ptrdiff_t row_step, int64_t *out, size_t rows,
                         size_t n) {
  int overflow = 0;
  for (size_t r = 0; r < rows; r++) {
    // 128 bits can represent any sum of 2^64 terms, so only the result is checked, not its order.
    __int128 sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[(ptrdiff_t)r * row_step + (ptrdiff_t)i];
    out[r] = (int64_t)sum;
    overflow |= sum != (__int128)out[r];
  }
  return overflow ? HK_OVERFLOW : HK_FINE;
}

HK_CLONES hk_fault hk_sum_rows_u8(const uint8_t *a, ptrdiff_t row_step, int64_t *out, size_t rows,
                                  size_t n) {
  for (size_t r = 0; r < rows; r++) {
    const uint8_t *p = a + (ptrdiff_t)r * row_step;
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += p[i];
    out[r] = sum;
  }
  return HK_FINE;
}

hk_fault hk_accumulate_i64(const int64_t *a, int64_t *out, size_t n, int64_t *carry) {
  int64_t sum = *carry;
  int overflow = 0;
  for (size_t i = 0; i < n; i++) {
    overflow |= __builtin_add_overflow(sum, a[i], &sum);
    out[i] = sum;
  }
  *carry = sum;
  return overflow ? HK_OVERFLOW : HK_FINE;
}

hk_fault hk_accumulate_products_i64(const int64_t *a, int64_t *out, size_t n, int64_t *carry) {
  int64_t product = *carry;
  int overflow = 0;
  for (size_t i = 0; i < n; i++) {
    overflow |= __builtin_mul_overflow(product, a[i], &product);
    out[i] = product;
  }
  *carry = product;
  return overflow ? HK_OVERFLOW : HK_FINE;
}

hk_fault hk_multiply_i64(const int64_t *a, const int64_t *b, int64_t *out, size_t m, size_t k,
                         size_t n) {
  int overflow = 0;
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) out[i * n + j] = 0;
    for (size_t l = 0; l < k; l++) {
      int64_t x = a[i * k + l], product;
      for (size_t j = 0; j < n; j++) {
        overflow |= __builtin_mul_overflow(x, b[l * n + j], &product);
        overflow |= __builtin_add_overflow(out[i * n + j], product, &out[i * n + j]);
      }
    }
  }
  return overflow ? HK_OVERFLOW : HK_FINE;
}
