// What lives here: PNG and JPEG to pixels and back; resizing; montages; drawing.
