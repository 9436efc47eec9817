// SPDX-License-Identifier: MIT

// What lives here: PNG and JPEG to pixels and back (`PictureReader`, `encodePNG`), resizing,
// cropping and fitting of pixels, montages and drawing.
