/** The page's style: no fonts and no files, light and dark as the reader's system is, readable on a phone. Colours after Okabe and Ito (2008). */
export const STYLE = `
:root {
  --background: #fff; --text: #1b1f24; --faint: #59636e; --line: #d1d9e0; --published: #fdf3e1; --ours: #e8f2fc; --heat: #0b5394;
  --series-0: #0072b2; --series-1: #d55e00; --series-2: #009e73; --series-3: #b4568f; --series-4: #b98000; --series-5: #2a9bd6; --series-6: #6e6e6e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --background: #14181d; --text: #e6eaef; --faint: #9aa5b1; --line: #343c45; --published: #33291a; --ours: #17293a; --heat: #7cc4ff;
    --series-0: #4aa8e0; --series-1: #f0883e; --series-2: #2dc795; --series-3: #dd8fc0; --series-4: #e0ab3a; --series-5: #8fd3f7; --series-6: #a8a8a8;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--background); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 80rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; margin: 0.5rem 0; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.5rem; overflow-wrap: anywhere; }
h3 { font-size: 1.05rem; margin: 1.75rem 0 0.25rem; }
h4, summary { font-size: 0.9rem; font-weight: bold; margin: 0; overflow-wrap: anywhere; }
summary { cursor: pointer; }
nav ul { list-style: none; margin: 0.75rem 0; padding: 0; font-size: 0.9rem; }
nav li { break-inside: avoid; padding: 0.1rem 0; }
nav .level-2 { font-weight: bold; }
nav .level-3 { padding-left: 1rem; }
a { color: inherit; }
p { margin: 0.5rem 0; max-width: 48rem; }
.scroll { overflow-x: auto; margin: 0.75rem 0; }
table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { vertical-align: bottom; }
td { white-space: nowrap; }
td.long { white-space: normal; min-width: 20rem; overflow-wrap: anywhere; }
th small { display: block; font-weight: normal; }
.number { text-align: right; }
small { color: var(--faint); font-size: 0.9em; }
tr { background: var(--background); }
th:first-child, td:first-child { position: sticky; left: 0; background: inherit; }
tr.baseline { color: var(--faint); }
tr.published { background: var(--published); }
tr.ours { background: var(--ours); }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); gap: 1.5rem; margin: 1rem 0; }
figure { margin: 0; min-width: 0; }
figure.wide { grid-column: 1 / -1; }
figure svg { max-width: 100%; height: auto; margin: 0.25rem 0; }
figcaption { color: var(--faint); font-size: 0.8rem; max-width: 40rem; }
`;
