// SPDX-License-Identifier: MIT

// Image files to pixels (`PictureReader`, each format in `Formats`) and back (`encodePNG`),
// resizing, cropping and fitting of pixels, montages and drawing.
