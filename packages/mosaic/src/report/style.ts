/** Style sheet of the report: one column, light and dark, nothing loaded from elsewhere. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5d6b7c; --line: #d7dee6; --ground: #fbfcfd; --panel: #fff; --hot: #c2501f; --cool: #1f6fb2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4eaf1; --soft: #93a2b3; --line: #2c3846; --ground: #10161d; --panel: #161e27; --hot: #ff8a4c; --cool: #6ab7ff; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 64px }
h1 { font-size: 26px; margin: 0 0 4px } h2 { font-size: 19px; margin: 40px 0 10px }
p.lead { color: var(--soft); margin: 0 0 20px }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; margin: 18px 0 }
.facts div { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px }
.facts b { display: block; font-size: 18px; font-variant-numeric: tabular-nums } .facts span { color: var(--soft); font-size: 13px }
figure { margin: 0 } figcaption { color: var(--soft); font-size: 13px; margin-top: 6px }
.sky { position: relative; background: #000; border-radius: 8px; overflow: hidden; padding: 0 }
.sky svg { display: block; width: 100%; height: auto }
.outline { fill: transparent; stroke: #ffb454; stroke-opacity: .75; vector-effect: non-scaling-stroke; stroke-width: 1.2 }
.outline:hover, .outline:focus { fill: #ffb45433; stroke-opacity: 1; stroke-width: 2.4; outline: none }
.graticule { fill: none; stroke: #7fd1ff; stroke-opacity: .38; vector-effect: non-scaling-stroke; stroke-width: 1 }
.sky text { fill: #bfe6ff; font-family: system-ui, sans-serif; paint-order: stroke; stroke: #000; stroke-opacity: .7 }
.switches { display: flex; gap: 18px; margin: 10px 0; color: var(--soft) }
#show-outlines:not(:checked) ~ figure .outlines, #show-graticule:not(:checked) ~ figure .graticules { display: none }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--panel) }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums }
caption { text-align: left; padding: 8px 12px; color: var(--soft) }
th, td { text-align: right; padding: 5px 12px; border-top: 1px solid var(--line); white-space: nowrap }
th:first-child, td:first-child, td.text, th.text { text-align: left }
th { color: var(--soft); font-weight: 600 }
code { font: 12.5px ui-monospace, monospace }
.bar { display: inline-block; height: 9px; border-radius: 2px; vertical-align: middle; min-width: 1px }
.bar.before { background: var(--hot) } .bar.after { background: var(--cool) }
.legend { color: var(--soft); font-size: 13px } .note { border-left: 4px solid var(--hot); padding: 6px 12px; background: var(--panel) }
`
