// SPDX-License-Identifier: MIT
// Functions of one and two floats, comparisons and choices.
#include "clones.h"
#include "henge_kernels.h"
#include "unary_codes.h"
#include <math.h>
#include <string.h>

// A product and a sum round separately, on every processor, as numpy's do.
#pragma STDC FP_CONTRACT OFF

// ---- exponentials in single precision
//
// The C library's functions are called one element at a time; these are plain arithmetic, which the
// compiler vectorizes, and return the same bits on every processor. Their error is below
// 2 units in the last place. Polynomials: Moshier's Cephes library, expf and tanhf.

HK_INLINE float power_of_two(int n) {
  int32_t bits = (n + 127) * (1 << 23);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

HK_INLINE float exp_f32(float x) {
  float y = x > 89.0f ? 89.0f : x;
  y = y < -105.0f ? -105.0f : y;
  float whole = y == y ? rintf(y * 1.44269504f) : 0.0f;
  float r = (y - whole * 0.693359375f) - whole * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  // In two steps, so that results near the ends of the range are neither cut off nor infinite.
  int n = (int)whole, half = n / 2;
  return p * power_of_two(half) * power_of_two(n - half);
}

HK_INLINE float tanh_f32(float x) {
  float size = fabsf(x), z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  float near = p * z * x + x;
  float far = copysignf(1.0f - 2.0f / (exp_f32(2.0f * size) + 1.0f), x);
  return size < 0.625f ? near : far;
}

// Double precision goes to the C library.
#define exp_f64 exp
#define tanh_f64 tanh

// Of the negative size, so that nothing overflows and small results keep their digits.
#define DEFINE_SIGMOID(TYPE, T, S)                                                                 \
  HK_INLINE T sigmoid_##TYPE(T x) {                                                                \
    T e = exp_##TYPE(-fabs##S(x));                                                                 \
    return (x < 0 ? e : (T)1) / ((T)1 + e);                                                        \
  }

DEFINE_SIGMOID(f32, float, f)
DEFINE_SIGMOID(f64, double, )

// ---- one operand

#define MAP_LOOP(T, EXPRESSION)                                                                    \
  for (size_t r = 0; r < rows; r++) {                                                              \
    const T *restrict p = a + (ptrdiff_t)r * as.row;                                               \
    T *restrict q = out + r * n;                                                                   \
    if (as.element == 1) {                                                                         \
      for (size_t i = 0; i < n; i++) {                                                             \
        T x = p[i];                                                                                \
        q[i] = (EXPRESSION);                                                                       \
      }                                                                                            \
    } else {                                                                                       \
      for (size_t i = 0; i < n; i++) {                                                             \
        T x = p[(ptrdiff_t)i * as.element];                                                        \
        q[i] = (EXPRESSION);                                                                       \
      }                                                                                            \
    }                                                                                              \
  }                                                                                                \
  break;

#define HK_UNARY(NAME, EXPRESSION) case HK_##NAME: MAP_LOOP(T, EXPRESSION)

#define T float
#define F(NAME) NAME##f
#define OWN(NAME) NAME##_f32
HK_CLONES void hk_map_f32(int op, const float *a, hk_steps as, float *out, size_t rows, size_t n) {
  switch (op) {
#include "unary.h"
  }
}
#undef T
#undef F
#undef OWN

#define T double
#define F(NAME) NAME
#define OWN(NAME) NAME##_f64
HK_CLONES void hk_map_f64(int op, const double *a, hk_steps as, double *out, size_t rows,
                          size_t n) {
  switch (op) {
#include "unary.h"
  }
}
#undef T
#undef F
#undef OWN
#undef HK_UNARY

int hk_unary_code(const char *name) {
  static const char *const names[] = {
#define HK_UNARY(NAME, EXPRESSION) #NAME,
#include "unary.h"
#undef HK_UNARY
  };
  for (size_t code = 0; code < sizeof names / sizeof *names; code++) {
    if (strcmp(names[code], name) == 0) return (int)code;
  }
  return -1;
}

// ---- two operands

// The four common cases have their own loops, which the compiler vectorizes.
#define PAIR_LOOP(T, R, EXPRESSION)                                                                \
  for (size_t r = 0; r < rows; r++) {                                                              \
    const T *restrict p = a + (ptrdiff_t)r * as.row;                                               \
    const T *restrict q = b + (ptrdiff_t)r * bs.row;                                               \
    R *restrict o = out + r * n;                                                                   \
    if (as.element == 1 && bs.element == 1) {                                                      \
      for (size_t i = 0; i < n; i++) {                                                             \
        T x = p[i], y = q[i];                                                                      \
        o[i] = (R)(EXPRESSION);                                                                    \
      }                                                                                            \
    } else if (as.element == 1 && bs.element == 0) {                                               \
      T y = q[0];                                                                                  \
      for (size_t i = 0; i < n; i++) {                                                             \
        T x = p[i];                                                                                \
        o[i] = (R)(EXPRESSION);                                                                    \
      }                                                                                            \
    } else if (as.element == 0 && bs.element == 1) {                                               \
      T x = p[0];                                                                                  \
      for (size_t i = 0; i < n; i++) {                                                             \
        T y = q[i];                                                                                \
        o[i] = (R)(EXPRESSION);                                                                    \
      }                                                                                            \
    } else {                                                                                       \
      for (size_t i = 0; i < n; i++) {                                                             \
        T x = p[(ptrdiff_t)i * as.element], y = q[(ptrdiff_t)i * bs.element];                      \
        o[i] = (R)(EXPRESSION);                                                                    \
      }                                                                                            \
    }                                                                                              \
  }                                                                                                \
  break;

// Remainder with the divisor's sign, and the quotient that goes with it; as numpy's divmod.
#define DEFINE_DIVISION(T, S)                                                                      \
  HK_INLINE T modulo##S(T x, T y) {                                                                \
    T m = fmod##S(x, y);                                                                           \
    if (y == 0) return m;                                                                          \
    if (m == 0) return copysign##S(0, y);                                                          \
    return (y < 0) != (m < 0) ? m + y : m;                                                         \
  }                                                                                                \
  HK_INLINE T floor_divide##S(T x, T y) {                                                          \
    if (y == 0) return x / y;                                                                      \
    T m = fmod##S(x, y);                                                                           \
    T quotient = (x - m) / y;                                                                      \
    if (m != 0 && (y < 0) != (m < 0)) quotient -= 1;                                               \
    if (quotient == 0) return copysign##S(0, x / y);                                               \
    T whole = floor##S(quotient);                                                                  \
    return quotient - whole > (T)0.5 ? whole + 1 : whole;                                          \
  }

DEFINE_DIVISION(float, f)
DEFINE_DIVISION(double, )

#define DEFINE_COMBINE(NAME, T, S)                                                                 \
  HK_CLONES void NAME(hk_binary op, const T *a, hk_steps as, const T *b, hk_steps bs, T *out,      \
                      size_t rows, size_t n) {                                                     \
    switch (op) {                                                                                  \
    case HK_ADD: PAIR_LOOP(T, T, x + y)                                                            \
    case HK_SUBTRACT: PAIR_LOOP(T, T, x - y)                                                       \
    case HK_MULTIPLY: PAIR_LOOP(T, T, x *y)                                                        \
    case HK_DIVIDE: PAIR_LOOP(T, T, x / y)                                                         \
    case HK_FLOOR_DIVIDE: PAIR_LOOP(T, T, floor_divide##S(x, y))                                   \
    case HK_MODULO: PAIR_LOOP(T, T, modulo##S(x, y))                                               \
    case HK_POWER: PAIR_LOOP(T, T, pow##S(x, y))                                                   \
    case HK_MAXIMUM: PAIR_LOOP(T, T, (x > y || x != x) ? x : y)                                    \
    case HK_MINIMUM: PAIR_LOOP(T, T, (x < y || x != x) ? x : y)                                    \
    case HK_ARC_TANGENT: PAIR_LOOP(T, T, atan2##S(x, y))                                           \
    case HK_AND:                                                                                   \
    case HK_OR:                                                                                    \
    case HK_XOR: break;                                                                            \
    }                                                                                              \
  }

DEFINE_COMBINE(hk_combine_f32, float, f)
DEFINE_COMBINE(hk_combine_f64, double, )

HK_CLONES void hk_combine_u8(hk_binary op, const uint8_t *a, hk_steps as, const uint8_t *b,
                             hk_steps bs, uint8_t *out, size_t rows, size_t n) {
  switch (op) {
  case HK_AND: PAIR_LOOP(uint8_t, uint8_t, x &y)
  case HK_OR: PAIR_LOOP(uint8_t, uint8_t, x | y)
  case HK_XOR: PAIR_LOOP(uint8_t, uint8_t, x ^ y)
  case HK_MAXIMUM: PAIR_LOOP(uint8_t, uint8_t, x > y ? x : y)
  case HK_MINIMUM: PAIR_LOOP(uint8_t, uint8_t, x < y ? x : y)
  default: break;
  }
}

#define DEFINE_COMPARE(NAME, T)                                                                    \
  HK_CLONES void NAME(hk_comparison op, const T *a, hk_steps as, const T *b, hk_steps bs,          \
                      uint8_t *out, size_t rows, size_t n) {                                       \
    switch (op) {                                                                                  \
    case HK_EQUAL: PAIR_LOOP(T, uint8_t, x == y)                                                   \
    case HK_NOT_EQUAL: PAIR_LOOP(T, uint8_t, x != y)                                               \
    case HK_LESS: PAIR_LOOP(T, uint8_t, x < y)                                                     \
    case HK_LESS_OR_EQUAL: PAIR_LOOP(T, uint8_t, x <= y)                                           \
    case HK_GREATER: PAIR_LOOP(T, uint8_t, x > y)                                                  \
    case HK_GREATER_OR_EQUAL: PAIR_LOOP(T, uint8_t, x >= y)                                        \
    }                                                                                              \
  }

DEFINE_COMPARE(hk_compare_f32, float)
DEFINE_COMPARE(hk_compare_f64, double)
DEFINE_COMPARE(hk_compare_i64, int64_t)
DEFINE_COMPARE(hk_compare_u8, uint8_t)

// ---- a condition and two operands

#define SELECT_ROWS(T)                                                                             \
  for (size_t r = 0; r < rows; r++) {                                                              \
    const uint8_t *c = condition + (ptrdiff_t)r * cs.row;                                          \
    const T *p = (const T *)a + (ptrdiff_t)r * as.row;                                             \
    const T *q = (const T *)b + (ptrdiff_t)r * bs.row;                                             \
    T *o = (T *)out + r * n;                                                                       \
    for (size_t i = 0; i < n; i++) {                                                               \
      ptrdiff_t k = (ptrdiff_t)i;                                                                  \
      T x = p[k * as.element], y = q[k * bs.element];                                              \
      o[i] = c[k * cs.element] ? x : y;                                                            \
    }                                                                                              \
  }

HK_CLONES void hk_select(int bytes, const uint8_t *condition, hk_steps cs, const void *a,
                         hk_steps as, const void *b, hk_steps bs, void *out, size_t rows,
                         size_t n) {
  if (bytes == 1) {
    SELECT_ROWS(uint8_t)
  } else if (bytes == 4) {
    SELECT_ROWS(uint32_t)
  } else {
    SELECT_ROWS(uint64_t)
  }
}
