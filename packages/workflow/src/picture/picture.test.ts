import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Job, SubWorkflow, Workflow } from '../api/index.ts'
import { buildDigraph, type Digraph } from '../graph/digraph.ts'
import { EdgeCollector } from '../graph/edge-list.ts'
import type { Workflow as WorkflowData } from '../model/workflow.ts'
import { countCrossings, orderLevels } from './crossings.ts'
import { pictureDot } from './dot.ts'
import { assignLayers } from './layers.ts'
import { ascendingFit, layoutGraph } from './layout.ts'
import { pictureMermaid } from './mermaid.ts'
import { makeMesh } from './mesh.ts'
import { pictureSvg } from './svg.ts'
import { workflowPicture } from './workflow-picture.ts'

function graphOf(nodeCount: number, pairs: readonly (readonly [number, number])[]): Digraph {
  const edges = new EdgeCollector()
  for (const [from, to] of pairs) edges.add(from, to)
  return buildDigraph(nodeCount, edges)
}

function diamond(): WorkflowData {
  return new Workflow('diamond')
    .addJobs(
      new Job('pre', { id: 'A', inputs: ['raw'], outputs: ['b1', 'b2'] }),
      new Job('find', { id: 'B', inputs: ['b1'], outputs: ['c1'] }),
      new Job('find', { id: 'C', inputs: ['b2'], outputs: ['c2'], nodeLabel: 'second' }),
      new SubWorkflow('sub.yml', { id: 'D', inputs: ['c1', 'c2'] }),
    )
    .build()
}

describe('a picture of a workflow', () => {
  test('by job', () => {
    const { nodes, graph, classes } = workflowPicture(diamond())
    expect(nodes.map((node) => [node.id, node.label, node.kind, classes[node.classNumber]])).toEqual([
      ['A', 'pre A', 'job', 'pre'],
      ['B', 'find B', 'job', 'find'],
      ['C', 'find C', 'job', 'find'],
      ['D', 'sub.yml D', 'sub-workflow', 'sub.yml'],
    ])
    expect(graph.edgeCount).toBe(4)
  })

  const labels = [
    { label: 'id', text: 'C' },
    { label: 'transformation', text: 'find' },
    { label: 'label', text: 'second' },
    { label: 'transformation-id', text: 'find C' },
  ] as const
  test.for(labels)('with the label $label', ({ label, text }) => {
    expect(workflowPicture(diamond(), { label }).nodes[2]?.label).toBe(text)
  })

  test('by transformation', () => {
    const { nodes, graph } = workflowPicture(diamond(), { by: 'transformation' })
    expect(nodes.map((node) => node.label)).toEqual(['pre', 'find ×2', 'sub.yml'])
    expect(graph.edgeCount).toBe(2)
  })

  test('with files, which take the place of edges between jobs', () => {
    const { nodes, graph } = workflowPicture(diamond(), { files: true })
    expect(nodes.slice(4).map((node) => node.label)).toEqual(['raw', 'b1', 'b2', 'c1', 'c2', 'sub.yml'])
    expect(graph.edgeCount).toBe(10)
  })

  test('by transformation with files in groups', () => {
    const { nodes } = workflowPicture(diamond(), { by: 'transformation', files: true })
    expect(nodes.slice(3).map((node) => node.label)).toEqual(['raw', '2 files', '2 files', 'sub.yml'])
  })
})

test('as Graphviz', () => {
  expect(pictureDot(workflowPicture(diamond(), { by: 'transformation' }))).toBe(`digraph "diamond" {
  rankdir=TB;
  node [style=filled, colorscheme=set312];
  "pre" [label="pre", shape=box, fillcolor=1];
  "find" [label="find ×2", shape=box, fillcolor=2];
  "sub.yml" [label="sub.yml", shape=box, fillcolor=3];
  "pre" -> "find";
  "find" -> "sub.yml";
}
`)
})

test('as Mermaid', () => {
  const workflow = new Workflow('w')
    .addJobs(new Job('a"b#c', { id: 'A' }), new SubWorkflow('s.yml', { id: 'B' }))
    .addDependency('A', { children: ['B'] })
  expect(pictureMermaid(workflowPicture(workflow.build(), { label: 'transformation' }))).toBe(
    'flowchart TD\n  n0["a#34;b#35;c"]\n  n1[["s.yml"]]\n  n0 --> n1\n',
  )
})

describe('as SVG', () => {
  test('names, legend and counts are there, made safe', () => {
    const workflow = new Workflow('w').addJobs(new Job('<b>&"\u0001', { id: 'A' }))
    const svg = pictureSvg(workflowPicture(workflow.build()))
    expect(svg).toContain('&lt;b&gt;&amp;&quot;\ufffd A</text>')
    expect(svg).toContain('w: 1 jobs, 0 edges</text>')
    expect(svg).toContain('&lt;b&gt;&amp;&quot;\ufffd (1)</text>')
    expect(svg).not.toMatch(/NaN|undefined|<b>/)
  })

  test('says when not all edges are drawn', () => {
    expect(pictureSvg(workflowPicture(diamond()), { maxEdges: 2 })).toContain('2 of 4 edges are drawn')
  })

  test('leaves out texts of many nodes but keeps their titles', () => {
    const svg = pictureSvg(workflowPicture(diamond()), { maxLabels: 2 })
    expect(svg).toContain('<title>B</title>')
    expect(svg).not.toContain('find B</text>')
  })

  test('long names are cut', () => {
    const workflow = new Workflow('w').addJobs(new Job('x'.repeat(100), { id: 'A' }))
    expect(pictureSvg(workflowPicture(workflow.build()))).toContain(`${'x'.repeat(27)}…</text>`)
  })

  test('a graph with a loop and a cycle is drawn', () => {
    const graph = graphOf(3, [
      [0, 0],
      [0, 1],
      [1, 2],
      [2, 1],
    ])
    const node = (id: string) => ({ id, label: id, kind: 'group', classNumber: 0, count: 1 }) as const
    const svg = pictureSvg({ title: 't', nodes: [node('a'), node('b'), node('c')], graph, classes: ['x'] })
    expect(svg).not.toMatch(/NaN|undefined/)
  })
})

describe('the layout', () => {
  const anyGraph = fc
    .integer({ min: 1, max: 40 })
    .chain((count) =>
      fc.tuple(
        fc.constant(count),
        fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 120 }),
      ),
    )

  test('puts parents above children and no node on another', () => {
    fc.assert(
      fc.property(anyGraph, fc.integer({ min: 2, max: 40 }), ([count, pairs], maxPerRow) => {
        const graph = graphOf(
          count,
          pairs.filter(([from, to]) => from < to),
        )
        const { x, y, nodeWidth, nodeHeight, width, height } = layoutGraph(graph, {
          nodeWidth: 50,
          maxPerRow,
        })
        for (const [from, to] of pairs) if (from < to) expect(y[from]).toBeLessThan(y[to]!)
        for (let a = 0; a < count; a++) {
          expect(x[a]! - nodeWidth[a]! / 2).toBeGreaterThanOrEqual(-1e-6)
          expect(x[a]! + nodeWidth[a]! / 2).toBeLessThanOrEqual(width + 1e-6)
          expect(y[a]! + nodeHeight / 2).toBeLessThanOrEqual(height + 1e-6)
          for (let b = 0; b < a; b++) {
            const isApart =
              Math.abs(x[a]! - x[b]!) >= 50 - 1e-6 || Math.abs(y[a]! - y[b]!) >= nodeHeight - 1e-6
            expect(isApart).toBe(true)
          }
        }
      }),
    )
  })

  test('untangles two crossed pairs', () => {
    const mesh = (graph: Digraph) => makeMesh(graph, assignLayers(graph))
    const crossed = mesh(
      graphOf(4, [
        [0, 3],
        [1, 2],
      ]),
    )
    expect(countCrossings(crossed, [new Uint32Array([0, 1]), new Uint32Array([2, 3])])).toBe(1)
    expect(countCrossings(crossed, orderLevels(crossed))).toBe(0)
  })

  test('counts crossings like the definition does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 30 }), (pairs) => {
        const unique = [...new Set(pairs.map(([a, b]) => a * 8 + b))].map(
          (key) => [Math.floor(key / 8), 8 + (key % 8)] as const,
        )
        const graph = graphOf(16, unique)
        const mesh = makeMesh(graph, {
          level: Uint32Array.from({ length: 16 }, (_, i) => (i < 8 ? 0 : 1)),
          levelCount: 2,
          rank: Uint32Array.from({ length: 16 }, (_, i) => i),
        })
        const rows = [
          Uint32Array.from({ length: 8 }, (_, i) => i),
          Uint32Array.from({ length: 8 }, (_, i) => 8 + i),
        ]
        let wanted = 0
        for (const [a, b] of unique) for (const [c, d] of unique) if (a < c && b > d) wanted++
        expect(countCrossings(mesh, rows)).toBe(wanted)
      }),
    )
  })

  test('the ascending fit is ascending, keeps the mean, and leaves what is ascending', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 30 }),
        (values) => {
          const weight = new Float64Array(values.length).fill(1)
          const fitted = [...ascendingFit(Float64Array.from(values), weight)]
          for (let i = 1; i < fitted.length; i++) expect(fitted[i]! - fitted[i - 1]!).toBeGreaterThan(-1e-9)
          const sum = (list: readonly number[]): number => list.reduce((total, item) => total + item, 0)
          expect(sum(fitted)).toBeCloseTo(sum(values), 6)
          const sorted = [...values].sort((a, b) => a - b)
          expect([...ascendingFit(Float64Array.from(sorted), weight)]).toEqual(sorted)
        },
      ),
    )
  })

  test('is the same for the same graph', () => {
    const graph = graphOf(5, [
      [0, 2],
      [1, 2],
      [2, 3],
      [0, 4],
    ])
    expect(layoutGraph(graph)).toEqual(layoutGraph(graph))
  })

  test('lays out 100,000 nodes in less than 2 s', () => {
    const edges = new EdgeCollector()
    const count = 100_000
    for (let node = 1000; node < count; node++) {
      edges.add(node - 1000, node)
      edges.add(Math.floor(node / 1000 - 1) * 1000 + ((node + 7) % 1000), node)
      if (node % 50 === 0 && node > 5000) edges.add(node - 5000, node)
    }
    const graph = buildDigraph(count, edges)
    const start = performance.now()
    const { levelCount } = layoutGraph(graph)
    expect(performance.now() - start).toBeLessThan(2000)
    expect(levelCount).toBe(100)
  })
})
