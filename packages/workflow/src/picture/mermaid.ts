import type { Picture, PictureNode } from './picture.ts'

/** A picture as a Mermaid flow chart. */
export function pictureMermaid(picture: Picture): string {
  const { graph, nodes } = picture
  const lines = ['flowchart TD']
  nodes.forEach((node, i) => lines.push(`  n${i}${shape(node)}`))
  for (let from = 0; from < graph.nodeCount; from++) {
    for (let i = graph.childStart[from]!; i < graph.childStart[from + 1]!; i++) {
      lines.push(`  n${from} --> n${graph.children[i]!}`)
    }
  }
  return `${lines.join('\n')}\n`
}

function shape(node: PictureNode): string {
  const text = `"${escape(node.label)}"`
  switch (node.kind) {
    case 'job':
    case 'group':
      return `[${text}]`
    case 'sub-workflow':
      return `[[${text}]]`
    case 'file':
    case 'file-group':
      return `([${text}])`
  }
}

/** Text for Mermaid: what it would read as markup becomes a character reference. */
function escape(text: string): string {
  return text.replaceAll(/["#&<>\\`\n]/g, (char) => `#${char.charCodeAt(0)};`)
}
