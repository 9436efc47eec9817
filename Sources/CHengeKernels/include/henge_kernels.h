#ifndef HENGE_KERNELS_H
#define HENGE_KERNELS_H
#endif
