// SPDX-License-Identifier: MIT
#ifndef CHENGEKERNELS_H
#define CHENGEKERNELS_H

// The module's header: named like the target, so that a header added here is noticed by every build.
#include "henge_kernels.h"
#include "henge_processor.h"
#include "henge_resize.h"
#include "henge_weighted_sums.h"

#endif
