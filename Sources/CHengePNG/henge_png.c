#include "henge_png.h"
typedef int henge_png_unit;
