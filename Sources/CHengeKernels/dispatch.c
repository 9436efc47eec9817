#include "henge_kernels.h"
typedef int henge_kernels_dispatch_unit;
