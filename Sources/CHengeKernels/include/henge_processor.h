// SPDX-License-Identifier: MIT
#ifndef HENGE_PROCESSOR_H
#define HENGE_PROCESSOR_H

// What this processor has of what the kernels are compiled for, such as "AVX2 FMA"; "baseline"
// when it has none. A constant string.
const char *henge_processor_features(void);

#endif
