extension Asset {
  /// Used where the system is dark, and where the reader wants it to be.
  private static let darkColours = """
    --paper: #111317; --card: #181b20; --ink: #e8eaee; --soft: #a3abb7; --line: #2a2f37; --line-strong: #414853;
    --hover: #20252d; --accent: #9db4ff; --accent-soft: #1f2a4a; --good: #7fd69c; --bad: #ff9a92;
    --bad-soft: #3a1a19; --mark: #6b5200; --warn-soft: #332a10;
    --message: #9db4ff; --message-soft: #1f2a4a; --dialog: #d0aaf7; --dialog-soft: #33234a; --member: #7cd6e2;
    --member-soft: #12353a; --typing: #f0c46a; --typing-soft: #3a2c0f; --user: #ff9cc8; --user-soft: #431f31;
    --stats: #a4d795; --stats-soft: #20361a;
    """

  static let styleSheet = #"""
    :root {
      color-scheme: light dark;
      --paper: #fcfcfd; --card: #ffffff; --ink: #1c2024; --soft: #5b626b; --line: #e0e3e8; --line-strong: #c5cad2;
      --hover: #f0f3fa; --accent: #2b50c8; --accent-soft: #e6ecfd; --good: #1b6e3c; --bad: #b4231a;
      --bad-soft: #fdeceb; --mark: #ffe08a; --warn-soft: #fff6da;
      --message: #2b50c8; --message-soft: #e6ecfd; --dialog: #7a3fb8; --dialog-soft: #f3eafc; --member: #0a6a78;
      --member-soft: #def4f6; --typing: #8a5a00; --typing-soft: #fdf1d8; --user: #b02a68; --user-soft: #fce8f1;
      --stats: #39692b; --stats-soft: #e6f3e1;
      --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
      --text: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
    }
    @media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) {
      \#(darkColours)
    } }
    :root[data-theme="dark"] {
      color-scheme: dark;
      \#(darkColours)
    }
    :root[data-theme="light"] { color-scheme: light; }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body { margin: 0; background: var(--paper); color: var(--ink); font: 14px/1.45 var(--text); }
    a { color: var(--accent); text-decoration: none; overflow-wrap: anywhere; }
    a:hover { text-decoration: underline; }
    p a, .links a, footer a { text-decoration: underline; text-underline-offset: 2px; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
    main:focus { outline: none; }
    code, pre, kbd, .line { font-family: var(--mono); font-size: 12.5px; }
    code { overflow-wrap: anywhere; }
    .unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .skip { position: absolute; left: -999px; }
    .skip:focus { left: 8px; top: 8px; padding: 6px 10px; background: var(--card); z-index: 9; }
    .bar { position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap; align-items: center; gap: 6px 18px;
      padding: 8px 20px; background: var(--card); border-bottom: 1px solid var(--line); }
    .brand { display: flex; align-items: center; gap: 8px; font-weight: 650; color: var(--ink); white-space: nowrap; }
    .brand svg { fill: var(--accent); }
    .brand:hover { text-decoration: none; }
    .bar nav { display: flex; gap: 2px; }
    .bar nav a { padding: 5px 10px; border-radius: 6px; color: var(--soft); white-space: nowrap; }
    .bar nav a:hover { background: var(--hover); color: var(--ink); text-decoration: none; }
    .bar nav a[aria-current] { background: var(--accent-soft); color: var(--accent); font-weight: 550; }
    .search { display: flex; flex: 1 1 320px; gap: 6px; min-width: 0; }
    input:not([type="checkbox"]) { flex: 1; min-width: 0; width: 100%; padding: 6px 10px; border: 1px solid var(--line-strong); border-radius: 6px;
      background: var(--paper); color: var(--ink); font: 13px/1.4 var(--mono); }
    input::placeholder { color: var(--soft); opacity: 1; }
    button, .button { padding: 6px 12px; border: 1px solid var(--line-strong); border-radius: 6px; background: var(--card);
      color: var(--ink); font: inherit; cursor: pointer; text-decoration: none; display: inline-block; }
    button:hover, .button:hover { background: var(--hover); text-decoration: none; }
    button[aria-pressed="true"] { background: var(--accent-soft); color: var(--accent); border-color: var(--accent); }
    .danger { color: var(--bad); }
    .tools { display: flex; gap: 6px; }
    .tool { padding: 4px 9px; font-size: 12.5px; color: var(--soft); }
    main { max-width: 1500px; margin: 0 auto; padding: 18px 20px 40px; }
    h1 { margin: 0; font-size: 20px; line-height: 1.3; font-weight: 650; overflow-wrap: anywhere; }
    h2 { margin: 26px 0 8px; font-size: 14.5px; font-weight: 650; overflow-wrap: anywhere; }
    h3 { margin: 0; font-size: 13px; font-weight: 500; overflow-wrap: anywhere; }
    .head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; margin-bottom: 12px; }
    .head h2 { margin-bottom: 0; }
    .links { margin: 0; color: var(--soft); }
    .note { margin: 8px 0; color: var(--soft); }
    .empty { padding: 22px; border: 1px dashed var(--line-strong); border-radius: 8px; color: var(--soft); text-align: center; }
    .more { margin: 14px 0; }
    .warning { padding: 8px 12px; background: var(--warn-soft); border-radius: 6px; overflow-wrap: anywhere; }
    .good { color: var(--good); } .bad, .no { color: var(--bad); } .yes { color: var(--soft); }
    .no { font-weight: 600; }
    .none, .size { color: var(--soft); } .size { font-weight: 400; font-size: 12.5px; }
    .bad a { color: inherit; }
    .fault { padding: 14px 18px; margin-bottom: 14px; background: var(--bad-soft); border-radius: 8px; }
    .fault p { max-width: 80ch; overflow-wrap: anywhere; } .fault ul { margin: 8px 0 0; padding-left: 18px; }
    .fault .line { margin: 0; white-space: pre-wrap; }
    mark { background: var(--mark); color: inherit; border-radius: 2px; }
    .fault mark { text-decoration: underline wavy var(--bad) 1px; text-underline-offset: 3px; }
    .badge { padding: 1px 8px; border-radius: 9px; background: var(--warn-soft); color: var(--ink); }
    .wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
    .scroll { max-height: 220px; overflow-y: auto; }
    table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
    th { text-align: left; font-weight: 500; color: var(--soft); white-space: nowrap; }
    thead th { padding: 7px 12px; border-bottom: 1px solid var(--line); font-size: 12.5px; }
    td, tbody th { padding: 6px 12px; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
    tbody th { white-space: normal; }
    tbody tr:last-child > * { border-bottom: 0; }
    tbody tr[data-row]:hover { background: var(--hover); }
    tr.at > * { background: var(--accent-soft); } tr.at > :first-child { box-shadow: inset 3px 0 0 var(--accent); }
    tr.marked > * { background: var(--warn-soft); } tr.this { font-weight: 600; }
    tr.without td { color: var(--soft); }
    tr.fresh { animation: fresh 1.6s ease-out; }
    @keyframes fresh { from { background: var(--accent-soft); } }
    @media (prefers-reduced-motion: reduce) { tr.fresh { animation: none; } }
    .who td:first-child, .small td:first-child { min-width: 110px; }
    td time, .key code { white-space: nowrap; }
    .key { max-width: 360px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--soft); }
    .key code { font-size: 12px; }
    .tenant { color: var(--soft); }
    .kind { display: inline-block; padding: 0 7px; border-radius: 9px; font-size: 12.5px; line-height: 1.55; white-space: nowrap;
      background: var(--hover); color: var(--ink); }
    h1 .kind { font-size: 17px; padding: 0 10px; }
    .kind-messageupdate { background: var(--message-soft); color: var(--message); }
    .kind-dialogupdate { background: var(--dialog-soft); color: var(--dialog); }
    .kind-dialogmemberupdate { background: var(--member-soft); color: var(--member); }
    .kind-typingupdate { background: var(--typing-soft); color: var(--typing); }
    .kind-userupdate { background: var(--user-soft); color: var(--user); }
    .kind-userstatsupdate { background: var(--stats-soft); color: var(--stats); }
    .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: 14px; margin-bottom: 6px; }
    .numbers { grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); }
    .card { padding: 14px 16px; border: 1px solid var(--line); border-radius: 8px; background: var(--card); min-width: 0; }
    .card td, .card th { padding-left: 8px; padding-right: 8px; }
    .card h2 { margin: 0 0 6px; color: var(--soft); font-size: 12.5px; font-weight: 550; }
    .card p { margin: 4px 0; overflow-wrap: anywhere; }
    .number { font-size: 24px; font-weight: 600; line-height: 1.2; font-variant-numeric: tabular-nums; }
    .number a { color: inherit; text-decoration: none; } .number a:hover { text-decoration: underline; }
    .number + p { color: var(--soft); font-size: 12.5px; }
    .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(280px, 1fr)); gap: 8px 24px; margin: 0 0 6px; }
    .facts.narrow { grid-template-columns: 1fr; }
    .facts dt { color: var(--soft); font-size: 12.5px; } .facts dd { margin: 0; overflow-wrap: anywhere; }
    .stations { margin: 0 0 10px; padding: 0; } .stations div { display: grid; grid-template-columns: 90px 1fr; gap: 12px; padding: 3px 0; }
    .stations dt { color: var(--soft); } .stations dd { margin: 0; overflow-wrap: anywhere; }
    .subtitle { margin: 4px 0; color: var(--soft); } .noted { margin-bottom: 10px; }
    .plain { margin: 0; padding: 0; list-style: none; } section > details { margin: 8px 0; } section > details > summary { cursor: pointer; color: var(--accent); margin-bottom: 6px; }
    h2 .badge { font-size: 12.5px; font-weight: 400; }
    .beside { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 26px; }
    .filters { display: flex; flex-wrap: wrap; gap: 2px; }
    .filters a { padding: 2px 9px; border-radius: 6px; color: var(--soft); }
    .filters a[aria-current] { background: var(--accent-soft); color: var(--accent); }
    .picture { padding: 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--card); overflow-x: auto; }
    .picture svg { display: block; width: 100%; min-width: 760px; height: auto; }
    .chart .picture { direction: rtl; } .chart .picture svg { direction: ltr; } .chart h3 { margin: 10px 0 4px; }
    .picture .timeline { min-width: 620px; max-width: 1000px; }
    svg text { font: 11px var(--text); fill: var(--soft); } svg .name { fill: var(--ink); }
    svg .grid { stroke: var(--line); } svg .stored { fill: var(--card); stroke: var(--soft); stroke-width: 1.5; }
    svg .created { stroke: var(--ink); stroke-width: 1.5; } svg .wait { stroke: var(--line-strong); stroke-dasharray: 2 3; }
    svg .way { stroke-width: 2; stroke: var(--soft); } svg .published { fill: var(--soft); }
    svg .bar { position: static; fill: var(--soft); } svg a:hover .bar { opacity: .75; }
    svg .kind-messageupdate { fill: var(--message); stroke: var(--message); } svg .kind-dialogupdate { fill: var(--dialog); stroke: var(--dialog); }
    svg .kind-dialogmemberupdate { fill: var(--member); stroke: var(--member); } svg .kind-typingupdate { fill: var(--typing); stroke: var(--typing); }
    svg .kind-userupdate { fill: var(--user); stroke: var(--user); } svg .kind-userstatsupdate { fill: var(--stats); stroke: var(--stats); }
    svg rect { stroke: none !important; }
    .kind { text-decoration: none !important; }
    .legend { display: flex; flex-wrap: wrap; gap: 6px; }
    .tree, .tree ul { margin: 0; padding: 0 0 0 16px; list-style: none; }
    .tree { padding: 10px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
    .tree summary { cursor: pointer; margin-left: -14px; } .tree li { padding: 1px 0; } .leaf { overflow-wrap: anywhere; }
    .field { color: var(--soft); font-family: var(--mono); font-size: 12.5px; }
    .value-string { color: var(--good); } .value-number, .value-bool { color: var(--accent); } .value-null { color: var(--soft); }
    pre { margin: 0; padding: 10px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--card); overflow-x: auto; }
    .copied { white-space: pre-wrap; overflow-wrap: anywhere; }
    .copybox { position: relative; } .copybox button { position: absolute; top: 6px; right: 6px; padding: 2px 9px; font-size: 12.5px; }
    .copies { display: flex; flex-direction: column; gap: 8px; margin-top: 22px; color: var(--soft); } .copies summary, .terms summary { cursor: pointer; }
    .terms { margin-top: 22px; color: var(--soft); } .terms dl { margin: 8px 0 0; }
    .terms dl div, .keys div { display: grid; grid-template-columns: minmax(150px, 260px) 1fr; gap: 2px 14px; padding: 2px 0; }
    .terms dd, .keys dd { margin: 0; } .terms p { margin: 8px 0 0; }
    .compare .a { background: color-mix(in srgb, var(--bad-soft) 55%, transparent); } .compare .b { background: color-mix(in srgb, var(--stats-soft) 55%, transparent); }
    .filter { display: flex; gap: 8px; align-items: center; max-width: 620px; margin-bottom: 10px; }
    .livebar { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; margin-bottom: 10px; color: var(--soft); }
    .letter { margin: 10px 0; } .letter details { margin-top: 6px; }
    dialog { max-width: 480px; width: calc(100% - 32px); border: 1px solid var(--line-strong); border-radius: 10px; background: var(--card); color: var(--ink); padding: 18px 22px; }
    dialog h2 { margin-top: 0; } dialog::backdrop { background: rgb(0 0 0 / .35); }
    kbd { padding: 1px 6px; border: 1px solid var(--line-strong); border-bottom-width: 2px; border-radius: 4px; }
    footer { display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 12px 20px 26px; color: var(--soft); font-size: 12.5px; overflow-wrap: anywhere; max-width: 1500px; margin: 0 auto; }
    @media (max-width: 900px) { .beside { grid-template-columns: minmax(0, 1fr); } }
    @media (max-width: 700px) {
      .bar { position: static; padding: 8px 12px; gap: 6px 10px; } .bar nav { order: 3; flex: 1 1 100%; overflow-x: auto; }
      .bar nav a { padding: 5px 8px; } .search { order: 4; flex: 1 1 100%; } .tools { margin-left: auto; }
      main { padding: 14px 12px 32px; } footer { padding: 10px 12px 22px; }
      .updates thead, .who thead, .compare thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
      .updates tr, .who tr, .compare tr { display: block; padding: 8px 12px; border-bottom: 1px solid var(--line); }
      .updates tbody tr:last-child, .who tbody tr:last-child { border-bottom: 0; }
      .updates td, .who td, .compare td, .compare tbody th { display: flex; gap: 10px; padding: 1px 0; border: 0; max-width: none; white-space: normal; }
      .updates td::before, .who td::before { content: attr(data-label); flex: 0 0 88px; color: var(--soft); font-size: 12.5px; }
      .updates td:empty, .who td:empty { display: none; } .key code { white-space: normal; }
      .updates td > *, .who td > * { min-width: 0; } td.key:has(code:empty) { display: none; }
      .updates, .who, .compare, .updates tbody, .who tbody, .compare tbody { display: block; }
      .facts { grid-template-columns: 1fr; } td time { white-space: normal; }
      .terms dl div, .keys div { grid-template-columns: 1fr; }
    }
    """#
}
