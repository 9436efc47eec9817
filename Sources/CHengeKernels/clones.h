// SPDX-License-Identifier: MIT
// Compiles a function once for every processor and once for those with AVX2 and FMA; the loader
// chooses at start. Loops stay plain C, so the portable version is the same source.
//
// x86-64-v3 is detected by features; `arch=haswell` would be detected by model, and would exclude
// the processors of all other makers.
#ifndef HENGE_CLONES_H
#define HENGE_CLONES_H

#if defined(__x86_64__) && defined(__linux__)
#define HK_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define HK_CLONES
#endif

#define HK_INLINE static inline __attribute__((always_inline))

#endif
