// SPDX-License-Identifier: MIT
// The functions of one element by number: HK_negate, HK_abs, …
#ifndef HENGE_UNARY_CODES_H
#define HENGE_UNARY_CODES_H

enum {
#define HK_UNARY(NAME, EXPRESSION) HK_##NAME,
#include "unary.h"
#undef HK_UNARY
};

#endif
