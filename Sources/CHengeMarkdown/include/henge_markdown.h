// SPDX-License-Identifier: MIT
// Markdown by cmark-gfm: a text in, its tree as a list of nodes out, each before its children.
#ifndef HENGE_MARKDOWN_H
#define HENGE_MARKDOWN_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
  HENGE_MD_DOCUMENT, HENGE_MD_QUOTE, HENGE_MD_LIST, HENGE_MD_ITEM, HENGE_MD_CODE_BLOCK,
  HENGE_MD_HTML_BLOCK, HENGE_MD_PARAGRAPH, HENGE_MD_HEADING, HENGE_MD_RULE, HENGE_MD_TABLE,
  HENGE_MD_ROW, HENGE_MD_CELL, HENGE_MD_TEXT, HENGE_MD_SOFT_BREAK, HENGE_MD_BREAK, HENGE_MD_CODE,
  HENGE_MD_HTML, HENGE_MD_EMPHASIS, HENGE_MD_STRONG, HENGE_MD_LINK, HENGE_MD_IMAGE,
  HENGE_MD_STRUCK, HENGE_MD_OTHER
} henge_md_kind;

typedef struct {
  henge_md_kind kind;
  // The number of its ancestors.
  int32_t depth;
  // The level of a heading; the first number of an ordered list, -1 of another; 1 for the heading
  // row of a table; the alignment of a table's cell: 'l', 'c', 'r' or 0.
  int32_t number;
  // 1 for a list without space between its items.
  int32_t is_tight;
  // Code and text; NULL if it has none. Lives as long as the tree.
  const char *text;
  // The address of a link or image, the language of a block of code; NULL if it has none.
  const char *address;
} henge_md_node;

typedef struct henge_md_tree henge_md_tree;

// Parses `count` bytes; NULL with a reason in `fault` where the library is missing or memory is
// short.
henge_md_tree *henge_md_parse(const char *text, size_t count, const char **fault);
// The nodes, the document first.
const henge_md_node *henge_md_nodes(const henge_md_tree *tree, size_t *count);
void henge_md_free(henge_md_tree *tree);

#endif
