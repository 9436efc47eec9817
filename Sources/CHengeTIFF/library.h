// SPDX-License-Identifier: MIT
#ifndef HENGE_TIFF_LIBRARY_H
#define HENGE_TIFF_LIBRARY_H

#include <tiffio.h>

#define HENGE_TIFF_FUNCTIONS(F)                                                                  \
  F(TIFFClientOpen) F(TIFFClose) F(TIFFGetField) F(TIFFGetFieldDefaulted) F(TIFFSetField)         \
  F(TIFFIsTiled) F(TIFFTileSize64) F(TIFFStripSize64) F(TIFFTileRowSize64) F(TIFFScanlineSize64) \
  F(TIFFComputeTile) F(TIFFComputeStrip) F(TIFFReadEncodedTile) F(TIFFReadEncodedStrip)          \
  F(TIFFReadRGBAImageOriented) F(TIFFSetErrorHandler) F(TIFFSetWarningHandler)                   \
  F(TIFFSetErrorHandlerExt) F(TIFFSetWarningHandlerExt)

// libtiff's functions, found by name.
typedef struct {
#define HENGE_TIFF_MEMBER(name) __typeof__(&name) name;
  HENGE_TIFF_FUNCTIONS(HENGE_TIFF_MEMBER)
#undef HENGE_TIFF_MEMBER
  const char *fault;  // why it cannot be used, NULL if it can
} henge_tiff_library;

// libtiff, opened at the first call.
const henge_tiff_library *henge_tiff_open(void);

// What libtiff knows of the file it reads, which it hands back with each message.
typedef struct {
  const uint8_t *bytes;
  uint64_t count;
  uint64_t offset;
  void *report;
} henge_tiff_source;

#endif
