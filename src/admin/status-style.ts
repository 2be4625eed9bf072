/** Style of the status page: one column of calm tables, light or dark as the reader's system is. */
export const STATUS_STYLE = `
:root { color-scheme: light dark; --ink: #1c2126; --soft: #626c76; --line: #e3e6e9; --paper: #fbfbfa; --card: #fff; --good: #1d7a46; --bad: #b3402e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e7ea; --soft: #98a2ac; --line: #2c3237; --paper: #15181b; --card: #1c2024; --good: #62c28b; --bad: #ee8a78; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 56px; }
header { margin-bottom: 28px; }
h1 { margin: 0; font-size: 26px; font-weight: 600; letter-spacing: -0.01em; }
header p { margin: 4px 0 0; color: var(--soft); }
code { font: 14px ui-monospace, monospace; color: var(--ink); }
h2 { margin: 36px 0 10px; font-size: 16px; font-weight: 600; }
h3 { margin: 0; font-size: 13px; font-weight: 500; color: var(--soft); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 12px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; }
.value { margin: 2px 0 0; font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; }
.note, .empty, footer { margin: 0; color: var(--soft); font-size: 13px; }
.wide { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 14px; text-align: left; white-space: nowrap; }
th { color: var(--soft); font-size: 13px; font-weight: 500; }
tbody tr { border-top: 1px solid var(--line); }
.arrow, small { color: var(--soft); }
.good { color: var(--good); }
.bad, .warning { color: var(--bad); }
.warning { margin: 0 0 16px; padding: 10px 14px; border: 1px solid var(--bad); border-radius: 8px; }
footer { margin-top: 36px; }
a { color: inherit; }
`
