// SPDX-License-Identifier: MIT
#include <cblas.h>
#include <stddef.h>

// LAPACK's part of OpenBLAS comes without a header for C. The last two arguments are the lengths of
// `jobz` and `uplo`, which Fortran passes unseen.
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w,
             double *work, const int *lwork, int *iwork, const int *liwork, int *info,
             size_t jobz_length, size_t uplo_length);
