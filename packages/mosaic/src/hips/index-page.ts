import { escapeMarkup } from '../escape-markup.ts'

/** A page that shows the HiPS beside it in Aladin Lite. */
export function hipsIndexPage(facts: {
  readonly title: string
  /** ICRS position of the first view, and its width. */
  readonly centre: { readonly lonDeg: number; readonly latDeg: number }
  readonly fovDeg: number
  /** Address of the script of Aladin Lite. */
  readonly viewer: string
}): string {
  const { centre, fovDeg } = facts
  const view = { fov: fovDeg, target: `${centre.lonDeg.toFixed(6)} ${centre.latDeg.toFixed(6)}` }
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(facts.title)}</title>
<style>html, body, #sky { margin: 0; width: 100%; height: 100%; }</style>
</head>
<body>
<div id="sky"></div>
<script type="module">
const address = ${scriptText(facts.viewer)}
// Aladin Lite comes as a module or as a script that sets A.
const loaded = await import(address).catch(() => ({}))
if (loaded.default === undefined) await new Promise((resolve, reject) => {
  document.head.append(Object.assign(document.createElement('script'), { src: address, onload: resolve, onerror: reject }))
})
const A = loaded.default ?? window.A
await A.init
window.view = A.aladin('#sky', { log: false, survey: new URL('.', location.href).href.slice(0, -1), ...${scriptText(view)} })
</script>
</body>
</html>
`
}

/** A value as it stands in a script of a page. */
function scriptText(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}
