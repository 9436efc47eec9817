// SPDX-License-Identifier: MIT

// What lives here: collections of images and tables of numbers, as immutable, lazy descriptions.
//
// `Sources/` is where images come from (a folder, henge's own drawn faces, a tensor, a function of
// another dataset); `Pictures/` decodes them in parallel and keeps their bytes; `Dataset/` is the
// value in scripts: a list of references into sources, and the questions that it answers.
