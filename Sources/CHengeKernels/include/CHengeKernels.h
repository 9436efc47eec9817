// SPDX-License-Identifier: MIT
#ifndef CHENGEKERNELS_H
#define CHENGEKERNELS_H

// The header of the module: named like the target, so that every build notices one added here.
#include "henge_convolution.h"
#include "henge_direct.h"
#include "henge_kernels.h"
#include "henge_networks.h"
#include "henge_normalization.h"
#include "henge_optimizer.h"
#include "henge_processor.h"
#include "henge_products.h"
#include "henge_resize.h"
#include "henge_vision.h"
#include "henge_weighted_sums.h"
#include "henge_winograd.h"

#endif
