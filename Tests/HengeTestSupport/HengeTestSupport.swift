// What lives here: what several test targets share.
