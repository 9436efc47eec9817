// SPDX-License-Identifier: MIT
// The processes that a launcher such as mpirun started, behind a table of functions.
//
// `site/henge_mpi.c` implements it with the MPI of a site. `Scripts/mpi` compiles that file with
// the site's mpicc into a library, which is opened by name: henge itself is built without MPI.
#ifndef HENGE_RANKS_H
#define HENGE_RANKS_H

#include <stddef.h>
#include <stdint.h>

// Changes with every change of the table.
#define HENGE_RANKS_VERSION 3

typedef struct henge_ranks {
  int version;
  // Joins the other processes: their number, the rank of this one, and whether several threads may
  // call these functions, one at a time. Returns 0, or MPI's error.
  int (*start)(int *count, int *mine, int *has_threads);
  // The name and version of the library, and the name of this machine, with a zero at the end.
  void (*library)(char *words, size_t size);
  void (*machine)(char *words, size_t size);
  // Sends out[r], of out_sizes[r] bytes, to each rank r, and receives in[r], of in_sizes[r] bytes,
  // from it; nothing for itself. Returns 0, or 1 where `limit` seconds passed first: late[r] is
  // then 1 for each rank of which something did not come.
  int (*exchange)(const void *const *out, const int64_t *out_sizes, void *const *in,
                  const int64_t *in_sizes, double limit, unsigned char *late);
  // Sends a number to all other ranks, and waits for nobody.
  void (*tell)(uint64_t number);
  // Takes the next number that a rank told: 1, or 0 where none has come.
  int (*hear)(uint64_t *number);
  // Leaves in order, which waits for all.
  void (*finish)(void);
  // Ends all processes of the job at once.
  void (*abandon)(int code);
} henge_ranks;

// The number of processors that this process may use.
int henge_ranks_processors(void);

// Opens the library at `path` and returns its table; NULL with the reason in `fault`.
const henge_ranks *henge_ranks_open(const char *path, char *fault, size_t size);

#endif
