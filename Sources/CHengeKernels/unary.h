// SPDX-License-Identifier: MIT
// The functions of one element: a name, and the expression for an element `x` of type T.
// F(f) is the C library's function f for T, OWN(f) that of elementwise.c. Included several times,
// each time with another HK_UNARY.
HK_UNARY(negate, -x)
HK_UNARY(abs, F(fabs)(x))
HK_UNARY(exp, OWN(exp)(x))
HK_UNARY(expm1, F(expm1)(x))
HK_UNARY(log, F(log)(x))
HK_UNARY(log1p, F(log1p)(x))
HK_UNARY(sqrt, F(sqrt)(x))
HK_UNARY(sin, F(sin)(x))
HK_UNARY(cos, F(cos)(x))
HK_UNARY(tanh, OWN(tanh)(x))
HK_UNARY(erf, F(erf)(x))
HK_UNARY(sigmoid, OWN(sigmoid)(x))
HK_UNARY(softplus, (x < 0 ? 0 : x) + F(log1p)(OWN(exp)(-F(fabs)(x))))
HK_UNARY(relu, x < 0 ? 0 : x)
HK_UNARY(floor, F(floor)(x))
HK_UNARY(ceil, F(ceil)(x))
HK_UNARY(round, F(rint)(x))
HK_UNARY(square, x *x)
