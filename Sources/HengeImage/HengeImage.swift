// SPDX-License-Identifier: MIT

// What lives here: PNG and JPEG to pixels and back (`PictureReader`, `encodePNG`), resizing,
// cropping and fitting of pixels, the parallel reading of many files, montages and drawing.
