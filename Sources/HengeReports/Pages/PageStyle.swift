// SPDX-License-Identifier: MIT

/// The style of all pages: one column, dark where the reader's system is, without anything from outside.
enum PageStyle {
  /// Forbids whatever a page might fetch or run.
  static let policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

  static let css = """
    :root { color-scheme: light dark; --ink: #1c1e21; --soft: #57606a; --paper: #ffffff;
      --plate: #f5f6f8; --line: #d0d7de; --link: #0550ae; --bad: #a40e26; --bad-plate: #fff0f0;
      --c: #57606a; --k: #8a2e8c; --n: #0550ae; --s: #0a5c2e; --q: #7d4e00; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #a8b1bb; --paper: #15181c;
      --plate: #1f242a; --line: #3d444d; --link: #7ab7ff; --bad: #ff9a9a; --bad-plate: #3a1d20;
      --c: #a8b1bb; --k: #e39ae6; --n: #7ab7ff; --s: #8ad6a4; --q: #f0c070; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--paper); color: var(--ink);
      font: 17px/1.55 'DejaVu Sans', Verdana, sans-serif; overflow-wrap: break-word; }
    main { max-width: 48rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
    h1, h2, h3, h4 { line-height: 1.25; margin: 1.8em 0 0.6em; }
    h1 { font-size: 1.8rem; margin-top: 0.4em; } h2 { font-size: 1.35rem; } h3 { font-size: 1.1rem; }
    a { color: var(--link); }
    code, pre { font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace; font-size: 0.82em; }
    code { background: var(--plate); padding: 0.1em 0.3em; border-radius: 3px; }
    pre { margin: 0.5rem 0; padding: 0.6rem 0.8rem; overflow-x: auto; line-height: 1.45; }
    .outputs > pre { margin: 0.2rem 0; padding-top: 0.2rem; padding-bottom: 0.2rem; }
    pre.code { background: var(--plate); border-left: 3px solid var(--line); border-radius: 3px; }
    pre.error { background: var(--bad-plate); color: var(--bad); border-left: 3px solid var(--bad); }
    .c { color: var(--c); } .k { color: var(--k); } .n { color: var(--n); } .s { color: var(--s); }
    .q { color: var(--q); }
    th.n, td.n { color: inherit; text-align: right; } th.c, td.c { color: inherit; text-align: center; }
    .cell { margin: 1.1rem 0; } .title { color: var(--soft); font-size: 0.85em; margin: 0 0 0.2rem; }
    .note, figcaption { color: var(--soft); font-size: 0.85em; margin: 0.2rem 0; }
    figure { margin: 0.8rem 0; } img { max-width: 100%; height: auto; }
    figure img { display: block; max-width: 100%; height: auto; image-rendering: pixelated; }
    .plot svg { display: block; max-width: 100%; height: auto; border-radius: 3px; }
    @media (prefers-color-scheme: dark) { .plot svg { filter: invert(0.9) hue-rotate(180deg); } }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; font-size: 0.88em; margin: 0.6rem 0; }
    th, td { border-bottom: 1px solid var(--line); padding: 0.25rem 0.7rem; text-align: left; }
    td.n { font-variant-numeric: tabular-nums; }
    blockquote { margin: 0.8rem 0; padding-left: 1rem; border-left: 3px solid var(--line); color: var(--soft); }
    .ask { border: 1px solid var(--line); border-radius: 6px; padding: 0.2rem 1rem 0.6rem; }
    details { margin: 0.5rem 0; } summary { cursor: pointer; color: var(--link); }
    nav { font-size: 0.92em; } nav ul { margin: 0.3rem 0; padding-left: 1.2rem; }
    .series { border: 1px solid var(--line); border-radius: 6px; display: flex; flex-wrap: wrap; gap: 0.2rem; }
    .series label { padding: 0.1rem 0.4rem; font-size: 0.85em; cursor: pointer; }
    .series figure { order: 1; width: 100%; }
    .series input:not(:checked) + label + figure { display: none; }
    footer { margin-top: 3rem; padding-top: 0.8rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.85em; }
    footer dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 1rem; margin: 0.4rem 0; }
    footer dd { margin: 0; overflow-wrap: anywhere; }
    @media print { :root { --ink: #000; --soft: #444; --paper: #fff; --plate: #f4f4f4; --line: #bbb;
        --link: #000; --c: #444; --k: #000; --n: #000; --s: #000; --q: #444; --bad: #a00; --bad-plate: #fff; }
      main { max-width: none; padding: 0; } nav { display: none; } pre { white-space: pre-wrap; }
      .plot svg { filter: none; } details::details-content { content-visibility: visible; } figure, pre, table { break-inside: avoid; } h2, h3 { break-after: avoid; } }

    """
}
