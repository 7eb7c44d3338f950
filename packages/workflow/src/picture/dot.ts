import type { Picture, PictureNode } from './picture.ts'

const SHAPES: Readonly<Record<PictureNode['kind'], string>> = {
  job: 'box',
  'sub-workflow': 'box3d',
  file: 'ellipse',
  group: 'box',
  'file-group': 'ellipse',
}

/** A picture as a Graphviz file. */
export function pictureDot(picture: Picture): string {
  const { graph, nodes, title } = picture
  const lines = [`digraph ${quote(title)} {`, '  rankdir=TB;', '  node [style=filled, colorscheme=set312];']
  for (const node of nodes) {
    const isFile = node.kind === 'file' || node.kind === 'file-group'
    const colour = isFile ? 'white' : String((node.classNumber % 12) + 1)
    lines.push(
      `  ${quote(node.id)} [label=${quote(node.label)}, shape=${SHAPES[node.kind]}, fillcolor=${colour}];`,
    )
  }
  for (let from = 0; from < graph.nodeCount; from++) {
    for (let i = graph.childStart[from]!; i < graph.childStart[from + 1]!; i++) {
      lines.push(`  ${quote(nodes[from]?.id ?? '')} -> ${quote(nodes[graph.children[i]!]?.id ?? '')};`)
    }
  }
  return `${[...lines, '}'].join('\n')}\n`
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}
