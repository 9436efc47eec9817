// SPDX-License-Identifier: MIT
#include "henge_markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Opened by name when a text is parsed: only documents need it.
#define FUNCTIONS(use) \
  use(core, parser_new) use(core, parser_feed) use(core, parser_finish) use(core, parser_free) \
  use(core, parser_attach_syntax_extension) use(core, find_syntax_extension) \
  use(core, node_free) use(core, node_first_child) use(core, node_next) use(core, node_parent) \
  use(core, node_get_type_string) use(core, node_get_literal) use(core, node_get_url) \
  use(core, node_get_fence_info) use(core, node_get_heading_level) use(core, node_get_list_type) \
  use(core, node_get_list_start) use(core, node_get_list_tight) use(core, node_get_type) \
  use(extensions, gfm_extensions_get_table_alignments) \
  use(extensions, gfm_extensions_get_table_row_is_header)

static struct {
#define DECLARE(library, name) __typeof__(cmark_##name) *name;
  FUNCTIONS(DECLARE)
  void (*ensure_registered)(void);
  const char *fault;
} md;

static void *open_one(const char *exact, const char *any) {
  void *library = dlopen(exact, RTLD_NOW | RTLD_GLOBAL);
  return library != NULL ? library : dlopen(any, RTLD_NOW | RTLD_GLOBAL);
}

static void open_library(void) {
  void *core = open_one("libcmark-gfm.so.0.29.0.gfm.6", "libcmark-gfm.so");
  void *extensions =
      open_one("libcmark-gfm-extensions.so.0.29.0.gfm.6", "libcmark-gfm-extensions.so");
  if (core == NULL || extensions == NULL) {
    md.fault = "cmark-gfm, which reads Markdown, is not installed: "
               "apt-get install libcmark-gfm-extensions-dev";
    return;
  }
#define FIND(library, name) \
  *(void **)&md.name = dlsym(library, "cmark_" #name); \
  if (md.name == NULL) md.fault = "the cmark-gfm here is another than henge was built for";
  FUNCTIONS(FIND)
  *(void **)&md.ensure_registered =
      dlsym(extensions, "cmark_gfm_core_extensions_ensure_registered");
  if (md.ensure_registered == NULL)
    md.fault = "the cmark-gfm here is another than henge was built for";
  if (md.fault == NULL) md.ensure_registered();
}

struct henge_md_tree {
  cmark_node *root;
  henge_md_node *nodes;
  size_t count;
};

static henge_md_kind kind_of(const char *name) {
  static const struct { const char *name; henge_md_kind kind; } kinds[] = {
      {"document", HENGE_MD_DOCUMENT}, {"block_quote", HENGE_MD_QUOTE}, {"list", HENGE_MD_LIST},
      {"item", HENGE_MD_ITEM}, {"tasklist", HENGE_MD_ITEM}, {"code_block", HENGE_MD_CODE_BLOCK},
      {"html_block", HENGE_MD_HTML_BLOCK}, {"paragraph", HENGE_MD_PARAGRAPH},
      {"heading", HENGE_MD_HEADING}, {"thematic_break", HENGE_MD_RULE}, {"table", HENGE_MD_TABLE},
      {"table_row", HENGE_MD_ROW}, {"table_header", HENGE_MD_ROW}, {"table_cell", HENGE_MD_CELL},
      {"text", HENGE_MD_TEXT}, {"softbreak", HENGE_MD_SOFT_BREAK}, {"linebreak", HENGE_MD_BREAK},
      {"code", HENGE_MD_CODE}, {"html_inline", HENGE_MD_HTML}, {"emph", HENGE_MD_EMPHASIS},
      {"strong", HENGE_MD_STRONG}, {"link", HENGE_MD_LINK}, {"image", HENGE_MD_IMAGE},
      {"strikethrough", HENGE_MD_STRUCK}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(kinds[i].name, name) == 0) return kinds[i].kind;
  return HENGE_MD_OTHER;
}

// The place of a cell in its row.
static int column_of(cmark_node *cell) {
  int column = 0;
  cmark_node *other = md.node_first_child(md.node_parent(cell));
  for (; other != NULL && other != cell; other = md.node_next(other)) column++;
  return column;
}

static henge_md_node described(cmark_node *node, int depth) {
  henge_md_node result = {.kind = kind_of(md.node_get_type_string(node)), .depth = depth};
  switch (result.kind) {
    case HENGE_MD_HEADING: result.number = md.node_get_heading_level(node); break;
    case HENGE_MD_LIST:
      result.number = md.node_get_list_type(node) == CMARK_ORDERED_LIST
                          ? md.node_get_list_start(node) : -1;
      result.is_tight = md.node_get_list_tight(node);
      break;
    case HENGE_MD_ROW: result.number = md.gfm_extensions_get_table_row_is_header(node); break;
    case HENGE_MD_CELL: {
      cmark_node *table = md.node_parent(md.node_parent(node));
      uint8_t *alignments = md.gfm_extensions_get_table_alignments(table);
      if (alignments != NULL) result.number = alignments[column_of(node)];
      break;
    }
    case HENGE_MD_CODE_BLOCK:
      result.address = md.node_get_fence_info(node);
      result.text = md.node_get_literal(node);
      break;
    case HENGE_MD_LINK: case HENGE_MD_IMAGE: result.address = md.node_get_url(node); break;
    case HENGE_MD_TEXT: case HENGE_MD_CODE: case HENGE_MD_HTML: case HENGE_MD_HTML_BLOCK:
      result.text = md.node_get_literal(node);
      break;
    default: break;
  }
  return result;
}

// Walks without recursion: a text may nest as deep as it is long.
static int collect(henge_md_tree *tree) {
  size_t room = 0;
  int depth = 0;
  cmark_node *node = tree->root;
  while (node != NULL) {
    if (tree->count == room) {
      room = room == 0 ? 64 : room * 2;
      henge_md_node *nodes = realloc(tree->nodes, room * sizeof *nodes);
      if (nodes == NULL) return 0;
      tree->nodes = nodes;
    }
    tree->nodes[tree->count++] = described(node, depth);
    cmark_node *child = md.node_first_child(node);
    if (child != NULL) {
      node = child;
      depth++;
      continue;
    }
    while (node != NULL && md.node_next(node) == NULL) {
      node = node == tree->root ? NULL : md.node_parent(node);
      depth--;
    }
    if (node != NULL) node = md.node_next(node);
  }
  return 1;
}

henge_md_tree *henge_md_parse(const char *text, size_t count, const char **fault) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  *fault = md.fault;
  if (md.fault != NULL) return NULL;
  *fault = "there is no memory to read the text";
  cmark_parser *parser = md.parser_new(CMARK_OPT_UNSAFE | CMARK_OPT_VALIDATE_UTF8);
  if (parser == NULL) return NULL;
  const char *extensions[] = {"table", "strikethrough", "autolink"};
  for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
    cmark_syntax_extension *extension = md.find_syntax_extension(extensions[i]);
    if (extension != NULL) md.parser_attach_syntax_extension(parser, extension);
  }
  md.parser_feed(parser, text, count);
  cmark_node *root = md.parser_finish(parser);
  md.parser_free(parser);
  if (root == NULL) return NULL;
  henge_md_tree *tree = calloc(1, sizeof *tree);
  if (tree != NULL) tree->root = root;
  if (tree == NULL || !collect(tree)) {
    if (tree == NULL) md.node_free(root);
    henge_md_free(tree);
    return NULL;
  }
  *fault = NULL;
  return tree;
}

const henge_md_node *henge_md_nodes(const henge_md_tree *tree, size_t *count) {
  *count = tree->count;
  return tree->nodes;
}

void henge_md_free(henge_md_tree *tree) {
  if (tree == NULL) return;
  md.node_free(tree->root);
  free(tree->nodes);
  free(tree);
}
