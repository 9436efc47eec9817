// SPDX-License-Identifier: MIT
#ifndef HENGE_LAPACK_H
#define HENGE_LAPACK_H

#pragma clang assume_nonnull begin

// LAPACK out of OpenBLAS, which is opened when it is asked for and not before: it would start its
// own threads with the program, and take a tenth of a second under a limit on memory or never end.

// Opens the library once; returns null, or why it cannot be used.
const char *_Nullable henge_lapack_open(void);

// What it calls itself, once it is open.
const char *henge_lapack_version(void);

// dsyevd for vectors, upper triangle, in place of `a [n, n]`: returns its `info`. Needs a loaded
// library. The lengths of `work` and `integers` are documented by LAPACK.
int henge_lapack_eigen(int n, double *a, double *values, double *work, int length, int *integers,
                       int integer_length);

#pragma clang assume_nonnull end

#endif
