import { describe, expect, test } from 'vitest'
import { Job, Workflow } from '../api/index.ts'
import { checkWorkflow } from '../check/check-workflow.ts'
import { formatProblem, type ReadResult } from '../problem/problem.ts'
import { importCwl } from './cwl/import.ts'
import { importDag } from './dag/import.ts'
import { importDax } from './dax/import.ts'
import type { ImportedWorkflow } from './imported.ts'
import { exportWfFormat } from './wfformat/export.ts'
import { importWfFormat } from './wfformat/import.ts'

function imported(result: ReadResult<ImportedWorkflow>): ImportedWorkflow {
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.value
}

function problems(result: ReadResult<ImportedWorkflow>): readonly string[] {
  return result.ok ? [] : result.problems.map(formatProblem)
}

describe('WfFormat', () => {
  const instance = {
    name: 'a run',
    description: 'text',
    schemaVersion: '1.5',
    author: { name: 'me', email: 'me@example.org' },
    workflow: {
      specification: {
        tasks: [
          {
            name: 'project_1',
            id: 'project.1',
            parents: [],
            children: ['add'],
            inputFiles: ['raw'],
            outputFiles: ['p'],
            color: 'red',
          },
          {
            name: 'add',
            id: 'add',
            parents: ['project.1'],
            children: [],
            inputFiles: ['p'],
            outputFiles: ['sum'],
          },
        ],
        files: [
          { id: 'raw', sizeInBytes: 10 },
          { id: 'p', sizeInBytes: 20 },
          { id: 'sum', sizeInBytes: 30 },
        ],
      },
      execution: {
        makespanInSeconds: 12.5,
        executedAt: '2026-11-22T00:00:00Z',
        tasks: [
          {
            id: 'project.1',
            runtimeInSeconds: 0.2,
            coreCount: 2,
            avgCPU: 99.5,
            command: { program: '/opt/bin/project', arguments: ['raw', 'p'] },
          },
          { id: 'add', runtimeInSeconds: 7.6, machines: ['a', 'b'], command: { program: 'add' } },
        ],
        machines: [{ nodeName: 'a' }],
      },
    },
  }

  test('becomes jobs with run times, sizes and replicas', () => {
    const { workflow, replicaCatalog, losses } = imported(
      importWfFormat(JSON.stringify(instance), { inputs: { site: 'local', urlPrefix: 'file:///in/' } }),
    )
    expect(workflow.name).toBe('a_run')
    expect(workflow.jobs[0]).toMatchObject({
      type: 'job',
      name: 'project',
      id: 'project_1',
      arguments: ['raw', 'p'],
      uses: [
        { lfn: 'raw', type: 'input', metadata: [{ key: 'size', value: '10' }] },
        { lfn: 'p', type: 'output' },
      ],
      profiles: [
        { namespace: 'pegasus', key: 'runtime', value: '1' },
        { namespace: 'pegasus', key: 'cores', value: '2' },
      ],
      metadata: [
        { key: 'wfformat.runtimeInSeconds', value: '0.2' },
        { key: 'wfformat.avgCPU', value: '99.5' },
      ],
    })
    expect(replicaCatalog?.replicas).toEqual([
      {
        lfn: 'raw',
        isRegex: false,
        locations: [{ site: 'local', pfn: 'file:///in/raw' }],
        metadata: [{ key: 'size', value: '10' }],
      },
    ])
    expect(losses).toEqual([
      { what: 'path of a program', where: 'task project.1: /opt/bin/project', count: 1 },
      { what: 'characters of a task id that job ids cannot hold', where: 'task project.1', count: 1 },
      { what: 'key color of a task', where: 'task project.1', count: 1 },
    ])
  })

  test('comes back from an export', () => {
    const first = imported(importWfFormat(JSON.stringify(instance))).workflow
    const { text, losses } = exportWfFormat(first)
    expect(losses).toEqual([])
    expect(imported(importWfFormat(text)).workflow).toEqual(first)
  })

  test('an export lists what it cannot say', () => {
    const workflow = new Workflow('w', { metadata: { a: 1 } }).addJobs(
      new Job('x', { id: 'A', arguments: [''], stdout: 'dir/out', profiles: { env: { A: 1 } } }),
    )
    const { losses } = exportWfFormat(workflow.build())
    expect(losses.map((loss) => loss.what)).toEqual([
      'profile env.A',
      'redirection stdout',
      'flag stageOut of a use',
      'flag registerReplica of a use',
      'characters of a file name that file ids cannot hold',
      'size of a file, written as 0 because it is not known',
      'makespan, written as 0 because there was no run',
      'run time, written as 0 because it is not known',
      'empty argument',
      'metadata a of the workflow',
    ])
  })

  test('bad instances are refused with all their problems', () => {
    const bad = structuredClone(instance) as {
      schemaVersion: string
      workflow: { specification: { tasks: { children: string[]; id?: string }[] } }
    }
    bad.schemaVersion = '1.4'
    bad.workflow.specification.tasks[0]?.children.push('nobody')
    expect(problems(importWfFormat(JSON.stringify(bad)))).toEqual([
      expect.stringContaining('schemaVersion: unknown version of WfFormat: found 1.4, allowed 1.5'),
    ])
    bad.schemaVersion = '1.5'
    expect(problems(importWfFormat(JSON.stringify(bad)))).toEqual([
      'workflow.json: workflow.specification.tasks[0].children[1]: there is no such task: found nobody [UNKNOWN_REFERENCE]',
    ])
  })
})

describe('DAX', () => {
  const dax = `<?xml version="1.0"?>
<adag xmlns="http://pegasus.isi.edu/schema/DAX" version="3.6" name="diamond">
  <metadata key="who">me</metadata>
  <invoke when="on_error">/bin/mail x</invoke>
  <file name="f.a"><metadata key="size">12</metadata><pfn url="file:///x/f.a" site="local"/></file>
  <executable namespace="pg" name="pre" version="4.0" arch="x86_64" os="linux" installed="true">
    <profile namespace="env" key="A">b</profile><pfn url="file:///bin/keg" site="cluster"/>
  </executable>
  <transformation namespace="pg" name="pre" version="4.0"><uses name="helper" executable="true"/></transformation>
  <executable name="helper" installed="false"><pfn url="file:///bin/h" site="local"/></executable>
  <job id="ID1" namespace="pg" name="pre" version="4.0" node-label="first">
    <argument>-i <file name="f.a"/> -o  <file name="f.b"/> &lt;x&gt;</argument>
    <profile namespace="pegasus" key="runtime">10</profile>
    <stdout name="out.txt" link="output"/>
    <uses name="f.a" link="input"/>
    <uses name="f.b" link="output" register="false" transfer="true"><metadata key="size">3</metadata></uses>
    <uses file="old" link="output" dontRegister="true" dontTransfer="false"/>
    <invoke when="at_end">/bin/x</invoke>
  </job>
  <dax id="ID2" file="sub.dax"><argument>--force</argument><uses name="f.b" link="input" optional="true"/></dax>
  <dag id="ID3" file="sub.dag"/>
  <child ref="ID2"><parent ref="ID1" edge-label="q"/></child>
</adag>`

  test('becomes a workflow with inline catalogs', () => {
    const { workflow, losses } = imported(importDax(dax))
    expect(workflow).toMatchObject({
      name: 'diamond',
      metadata: [{ key: 'who', value: 'me' }],
      hooks: [{ on: 'error', command: '/bin/mail x' }],
      dependencies: [{ id: 'ID1', children: ['ID2'] }],
      replicaCatalog: {
        replicas: [
          {
            lfn: 'f.a',
            locations: [{ site: 'local', pfn: 'file:///x/f.a' }],
            metadata: [{ key: 'size', value: '12' }],
          },
        ],
      },
      transformationCatalog: {
        transformations: [
          {
            namespace: 'pg',
            name: 'pre',
            version: '4.0',
            requires: ['helper'],
            sites: [{ name: 'cluster', type: 'installed', profiles: [{ key: 'A' }] }],
          },
          { name: 'helper', sites: [{ name: 'local', type: 'stageable' }] },
        ],
      },
    })
    expect(workflow.jobs[0]).toMatchObject({
      id: 'ID1',
      nodeLabel: 'first',
      arguments: ['-i', 'f.a', '-o', 'f.b', '<x>'],
      stdout: 'out.txt',
      uses: [
        { lfn: 'f.a', type: 'input' },
        {
          lfn: 'f.b',
          type: 'output',
          stageOut: true,
          registerReplica: false,
          metadata: [{ key: 'size', value: '3' }],
        },
        { lfn: 'old', type: 'output', stageOut: true, registerReplica: false },
        { lfn: 'out.txt', type: 'output' },
      ],
      hooks: [{ on: 'end', command: '/bin/x' }],
    })
    expect(workflow.jobs.slice(1)).toMatchObject([
      {
        type: 'pegasusWorkflow',
        file: 'sub.dax',
        uses: [
          { lfn: 'f.b', optional: true },
          { lfn: 'sub.dax', type: 'input' },
        ],
      },
      { type: 'condorWorkflow', file: 'sub.dag', uses: [{ lfn: 'sub.dag', type: 'input' }] },
    ])
    expect(losses).toEqual([{ what: 'label of an edge', where: 'ID1 -> ID2', count: 1 }])
    expect(checkWorkflow(workflow)).toEqual([])
  })

  const bad = [
    {
      name: 'another document',
      text: '<foo/>',
      problem: 'workflow.dax:1:7: this is not a DAX file: found foo, allowed adag [UNKNOWN_VALUE]',
    },
    {
      name: 'broken XML',
      text: '<adag name="x">',
      problem: /^workflow\.dax:1:\d+: not valid XML: unclosed tag: adag \[SYNTAX\]$/,
    },
    {
      name: 'entities of its own',
      text: '<!DOCTYPE x [<!ENTITY a "aaaa">]><adag name="&a;"/>',
      problem: /not valid XML: undefined entity/,
    },
    {
      name: 'deep nesting',
      text: `<adag name="x">${'<a>'.repeat(50)}`,
      problem: /nested too deeply: allowed 32 levels/,
    },
    {
      name: 'a bad link type',
      text: '<adag name="x"><job id="A" name="n"><uses name="f" link="inptu"/></job></adag>',
      problem: /^workflow\.dax:1:\d+: uses: unknown link type: found inptu, .*; did you mean input/,
    },
    {
      name: 'an unknown parent',
      text: '<adag name="x"><job id="A" name="n"/><child ref="A"><parent ref="Z"/></child></adag>',
      problem: /a dependency names a job that does not exist: found Z/,
    },
  ] as const
  test.for(bad)('$name is refused', ({ text, problem }) => {
    const [first] = problems(importDax(text))
    if (typeof problem === 'string') expect(first).toBe(problem)
    else expect(first).toMatch(problem)
  })
})

describe('DAGMan', () => {
  const files = new Map([
    [
      'a.sub',
      'executable = ./run.sh\narguments = -i in.txt\ntransfer_input_files = in.txt, /data/x.dat\ntransfer_output_files = mid.txt\noutput = $(JOB).out\nerror = e.txt\nlog = a.log\nqueue\n',
    ],
    [
      'c.sub',
      'executable = /bin/c\narguments = $(name) $(n) $(Cluster)\ntransfer_input_files = mid.txt\nerror = e.txt\n+Attr = "x"\nqueue\n',
    ],
    ['s.dag', 'JOB X t.sub\nJOB Y t.sub\nPARENT X CHILD Y\n'],
    ['t.sub', 'executable = /bin/true\nqueue\n'],
  ])
  const dag = `# a comment
JOB A a.sub DIR sub
JOB B {
  executable = /bin/echo
  arguments = "one 'two three'"
  environment = "A=1 B='x y'"
  request_memory = 2GB
  queue
}
JOB C c.sub DONE
SPLICE S s.dag
SUBDAG EXTERNAL D inner.dag
PARENT A CHILD S B
PARENT S B \\
  CHILD C
PARENT C CHILD D
RETRY ALL_NODES 3
RETRY A 2 UNLESS-EXIT 5
VARS C name="x1" n="5"
SCRIPT PRE A pre.sh a b
PRIORITY C 7
CATEGORY C big
MAXJOBS big 2
CONFIG x.conf
`

  test('becomes jobs, files, profiles and throttles', () => {
    const result = imported(
      importDag(dag, { name: 'flow.dag', readFile: (path) => files.get(path), directory: '/home/me' }),
    )
    const { workflow, replicaCatalog, transformationCatalog, properties, losses } = result
    expect(workflow.name).toBe('flow')
    expect(workflow.jobs.map((job) => [job.id, job.type, job.arguments])).toEqual([
      ['A', 'job', ['-i', 'in.txt']],
      ['B', 'job', ['one', 'two three']],
      ['C', 'job', ['x1', '5', '$(Cluster)']],
      ['S_X', 'job', []],
      ['S_Y', 'job', []],
      ['D', 'condorWorkflow', []],
    ])
    expect(workflow.jobs[0]?.uses.map((use) => [use.lfn, use.type])).toEqual([
      ['in.txt', 'input'],
      ['x.dat', 'input'],
      ['mid.txt', 'output'],
      ['A.out', 'output'],
      ['A.e.txt', 'output'],
    ])
    expect(workflow.jobs[0]?.profiles.map(({ key, value }) => `${key}=${value}`)).toEqual([
      'dir=sub',
      'retry=2',
      'pre=pre.sh',
      'pre.arguments=a b',
    ])
    expect(
      workflow.jobs[1]?.profiles.map(({ namespace, key, value }) => `${namespace}.${key}=${value}`),
    ).toEqual(['env.A=1', 'env.B=x y', 'condor.request_memory=2GB', 'dagman.retry=3'])
    expect(new Map(workflow.dependencies.map(({ id, children }) => [id, children.join()]))).toEqual(
      new Map([
        ['S_X', 'S_Y'],
        ['A', 'S_X,B'],
        ['S_Y', 'C'],
        ['B', 'C'],
        ['C', 'D'],
      ]),
    )
    expect(replicaCatalog?.replicas.map((replica) => replica.locations[0]?.pfn)).toEqual([
      '/home/me/in.txt',
      '/data/x.dat',
      '/home/me/inner.dag',
    ])
    expect(transformationCatalog?.transformations.map(({ name, sites }) => [name, sites[0]?.pfn])).toEqual([
      ['run.sh', '/home/me/run.sh'],
      ['echo', '/bin/echo'],
      ['c', '/bin/c'],
      ['true', '/bin/true'],
    ])
    expect(properties).toEqual(new Map([['dagman.big.maxjobs', '2']]))
    expect(losses.map((loss) => loss.what)).toEqual([
      'DONE of a node',
      'characters of a node name that job ids cannot hold',
      'RETRY … UNLESS-EXIT',
      'statement CONFIG',
      'submit command log',
      'macro $(Cluster)',
      'name of a stderr file that several nodes write',
    ])
    expect(checkWorkflow(workflow)).toEqual([])
  })

  test('without its submit descriptions, nodes keep the names of those', () => {
    const { workflow, losses } = imported(importDag('JOB A 00/00/run.sub\n'))
    expect(workflow.jobs[0]).toMatchObject({ name: 'run', uses: [] })
    expect(losses).toEqual([
      { what: 'submit description that is not at hand', where: '00/00/run.sub', count: 1 },
    ])
  })

  test('says what is wrong with statements', () => {
    expect(
      problems(
        importDag(
          'JOB A a.sub\nPARNT A CHILD B\nRETRY Q 2\nPARENT A B\nJOB A b.sub\nSPLICE X x.dag\nJOB Z {\n a = b\n',
        ),
      ),
    ).toEqual([
      expect.stringMatching(
        /^workflow\.dag:2:1: there is no such statement: found PARNT, .*; did you mean PARENT \[UNKNOWN_KEY\]$/,
      ),
      'workflow.dag:3:1: there is no such node: found Q, allowed A [UNKNOWN_REFERENCE]',
      'workflow.dag:4:1: the statement is not complete: found PARENT A B, allowed PARENT NAMES CHILD NAMES [SYNTAX]',
      'workflow.dag:5:1: the node stands twice: found A [DUPLICATE]',
      'workflow.dag:6:1: the file of a splice is not at hand: found x.dag, allowed a file that can be read [UNKNOWN_REFERENCE]',
      'workflow.dag:7:1: the submit description has no end: allowed } [SYNTAX]',
    ])
  })

  test('a splice of itself ends', () => {
    expect(
      problems(
        importDag('SPLICE S s.dag\nJOB A a.sub\n', { readFile: () => 'SPLICE S s.dag\nJOB B b.sub\n' }),
      ),
    ).toEqual(['workflow.dag: splices are nested too deeply: allowed 16 levels [LIMIT]'])
  })
})

describe('CWL', () => {
  const tool = `#!/usr/bin/env cwl-runner
cwlVersion: v1.2
class: CommandLineTool
label: unpack
baseCommand: [tar, --extract]
requirements:
  DockerRequirement: {dockerPull: "debian:stable"}
  ResourceRequirement: {coresMin: 2, ramMin: 1000, outdirMin: 10}
  EnvVarRequirement: {envDef: {A: "$(inputs.name)"}}
arguments: ["-v", {prefix: --n, valueFrom: "$(runtime.cores)", position: 3}]
inputs:
  tarfile: {type: File, inputBinding: {prefix: --file}, secondaryFiles: [.idx]}
  name: {type: string, default: hello.txt, inputBinding: {position: 5}}
  flag: {type: boolean?, inputBinding: {prefix: -z, position: 1}}
  off: {type: boolean?, inputBinding: {prefix: -q}}
  xs: {type: "int[]?", inputBinding: {prefix: -x, itemSeparator: ",", separate: false}}
  ys: {type: {type: array, items: string, inputBinding: {prefix: -y}}, default: [a, b], inputBinding: {position: 4}}
outputs:
  o: {type: File, outputBinding: {glob: "$(inputs.name)"}}
  log: {type: stdout}
stdout: log.txt
successCodes: [0, 1]
`
  const toolInputs =
    'tarfile: {class: File, path: data/hello.tar, size: 10, secondaryFiles: [{class: File, path: data/hello.tar.idx}]}\nflag: true\nxs: [1, 2]\n'

  test('a tool becomes a job with its command line', () => {
    const { workflow, replicaCatalog, transformationCatalog, losses } = imported(
      importCwl(tool, {
        inputs: toolInputs,
        directory: '/home/me',
        programPath: (program) => `/bin/${program}`,
      }),
    )
    expect(workflow.jobs).toMatchObject([
      {
        type: 'job',
        name: 'tar',
        arguments: [
          '--extract',
          '-v',
          '--file',
          'hello.tar',
          '-x1,2',
          '-z',
          '--n',
          '2',
          '-y',
          'a',
          '-y',
          'b',
          'hello.txt',
        ],
        stdout: 'log.txt',
        uses: [
          { lfn: 'hello.tar', type: 'input', metadata: [{ key: 'size', value: '10' }] },
          { lfn: 'hello.tar.idx', type: 'input' },
          { lfn: 'hello.txt', type: 'output', stageOut: true },
          { lfn: 'log.txt', type: 'output', stageOut: true },
        ],
        profiles: [
          { namespace: 'pegasus', key: 'cores', value: '2' },
          { namespace: 'pegasus', key: 'memory', value: '1000' },
          { namespace: 'pegasus', key: 'diskspace', value: '10' },
          { namespace: 'env', key: 'A', value: 'hello.txt' },
        ],
      },
    ])
    expect(replicaCatalog?.replicas.map((replica) => replica.locations[0]?.pfn)).toEqual([
      '/home/me/data/hello.tar.idx',
      '/home/me/data/hello.tar',
    ])
    expect(transformationCatalog).toMatchObject({
      transformations: [{ name: 'tar', sites: [{ pfn: '/bin/tar', container: 'debian_stable' }] }],
      containers: [{ name: 'debian_stable', type: 'docker', image: 'docker:///debian:stable' }],
    })
    expect(losses.map((loss) => loss.what)).toEqual(['key label', 'successCodes'])
  })

  const documents = new Map([
    [
      'tools/compile.cwl',
      `cwlVersion: v1.2
class: CommandLineTool
baseCommand: javac
inputs: {src: {type: File, inputBinding: {position: 1}}, suffix: string}
outputs: {classfile: {type: File, outputBinding: {glob: "$(inputs.src.nameroot).$(inputs.suffix)"}}, err: stderr}
`,
    ],
    [
      'sub.cwl',
      `cwlVersion: v1.2
class: Workflow
inputs: {f: File}
outputs: {r: {type: File, outputSource: c/out}}
steps:
  c: {run: tools/cat.cwl, in: {f: f}, out: [out]}
`,
    ],
    [
      'tools/cat.cwl',
      'cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: [cat]\ninputs: {f: {type: File, inputBinding: {}}}\noutputs: {out: stdout}\nstdout: out.txt\n',
    ],
  ])
  const workflowText = `cwlVersion: v1.2
class: Workflow
requirements:
- class: ScatterFeatureRequirement
- class: SubworkflowFeatureRequirement
- {class: WorkReuse, enableReuse: true}
inputs:
  srcs: File[]
  extra: File?
outputs:
  all: {type: File, outputSource: merge/m}
  subs: {type: "File[]", outputSource: sub/r}
steps:
  merge:
    run:
      class: CommandLineTool
      baseCommand: [jar, cf]
      arguments: [out.jar]
      inputs: {fs: {type: "File[]", inputBinding: {position: 2}}}
      outputs: {m: {type: File, outputBinding: {glob: out.jar}}}
    in: {fs: {source: [sub/r, comp/classfile], linkMerge: merge_flattened}}
    out: [m]
  comp:
    run: tools/compile.cwl
    scatter: src
    in: {src: srcs, suffix: {valueFrom: class}}
    out: [classfile]
  sub: {run: sub.cwl, scatter: f, in: {f: comp/classfile}, out: [r]}
  opt:
    run: tools/compile.cwl
    when: $(inputs.go)
    in: {src: extra, suffix: {default: x}, go: {default: false}}
    out: [classfile]
`

  test('a workflow with scatter, sub-workflow, condition and merged links becomes jobs', () => {
    const { workflow, losses } = imported(
      importCwl(workflowText, {
        inputs: 'srcs: [{class: File, path: A.java}, {class: File, path: B.java}]\n',
        directory: '/d',
        readFile: (path) => documents.get(path),
      }),
    )
    expect(workflow.jobs.map((job) => [job.id, job.arguments.join(' '), job.stdout ?? job.stderr])).toEqual([
      ['comp_0', 'A.java', 'comp_0.stderr'],
      ['comp_1', 'B.java', 'comp_1.stderr'],
      ['sub_0_c', 'A.class', 'out.txt'],
      ['sub_1_c', 'B.class', 'sub_1_c_out.txt'],
      ['merge', 'cf out.jar out.txt sub_1_c_out.txt A.class B.class', undefined],
    ])
    const staged = workflow.jobs.flatMap((job) =>
      job.uses.filter((use) => use.stageOut === true).map((use) => use.lfn),
    )
    expect(staged).toEqual(['out.txt', 'sub_1_c_out.txt', 'out.jar'])
    expect(losses.map((loss) => loss.what)).toContain('requirement WorkReuse')
    expect(losses.map((loss) => loss.what)).toContain('location of the program javac')
    expect(checkWorkflow(workflow)).toEqual([])
  })

  test('a packed document is read from its main', () => {
    const packed = `cwlVersion: v1.2
$graph:
- {class: CommandLineTool, id: "#echo", baseCommand: echo, inputs: [{id: "#echo/x", type: string, inputBinding: {}}], outputs: [{id: "#echo/o", type: stdout}]}
- class: Workflow
  id: "#main"
  inputs: [{id: "#main/n", type: "string[]"}, {id: "#main/m", type: "string[]"}]
  outputs: []
  steps:
  - {id: "#main/e", run: "#echo", scatter: ["#main/e/x", "#main/e/y"], scatterMethod: nested_crossproduct, in: [{id: "#main/e/x", source: "#main/n"}, {id: "#main/e/y", source: "#main/m"}], out: ["#main/e/o"]}
`
    const { workflow } = imported(importCwl(packed, { inputs: 'n: [a, b]\nm: [c, d]\n' }))
    expect(workflow.jobs.map((job) => [job.id, job.arguments.join()])).toEqual([
      ['e_0_0', 'a'],
      ['e_0_1', 'a'],
      ['e_1_0', 'b'],
      ['e_1_1', 'b'],
    ])
  })

  const bad = [
    {
      name: 'JavaScript',
      text: 'cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: x\ninputs: {}\noutputs: {o: {type: File, outputBinding: {glob: "${return 1}"}}}\n',
      problem:
        'workflow.cwl:1:1: JavaScript is not run: ${return 1}: allowed values that are known before the run, without JavaScript [BAD_VALUE]',
    },
    {
      name: 'an ExpressionTool',
      text: 'cwlVersion: v1.2\nclass: ExpressionTool\ninputs: []\noutputs: []\n',
      problem:
        /this kind of process cannot be expressed: found ExpressionTool, allowed CommandLineTool, Workflow/,
    },
    {
      name: 'an input without value',
      text: 'cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: x\ninputs: {a: int}\noutputs: []\n',
      problem:
        'workflow.cwl:4:13: inputs.a: the input has no value: allowed a value in the input object, or a default [MISSING_KEY]',
    },
    {
      name: 'steps that wait for each other',
      text: 'cwlVersion: v1.2\nclass: Workflow\ninputs: []\noutputs: []\nsteps:\n  a: {run: x, in: {x: b/o}, out: [o]}\n  b: {run: x, in: {x: a/o}, out: [o]}\n',
      problem:
        'workflow.cwl:6:3: steps: steps wait for each other or for sources that do not exist: a, b [CYCLE]',
    },
    {
      name: 'a document that is not there',
      text: 'cwlVersion: v1.2\nclass: Workflow\ninputs: []\noutputs: []\nsteps:\n  a: {run: no.cwl, in: {}, out: []}\n',
      problem:
        'workflow.cwl:6:12: steps.a.run: the process of the step is not at hand: found no.cwl, allowed a document that can be read [UNKNOWN_REFERENCE]',
    },
    {
      name: 'another version',
      text: 'cwlVersion: v2.0\nclass: Workflow\ninputs: []\noutputs: []\nsteps: []\n',
      problem:
        'workflow.cwl:1:13: cwlVersion: unknown version of CWL: found v2.0, allowed v1.0, v1.1, v1.2 [UNKNOWN_VALUE]',
    },
    {
      name: 'a file name of two writers',
      text: 'cwlVersion: v1.2\nclass: Workflow\ninputs: []\noutputs: []\nsteps:\n  a: {run: {class: CommandLineTool, baseCommand: x, inputs: [], outputs: {o: {type: File, outputBinding: {glob: f}}}}, in: [], out: [o]}\n  b: {run: {class: CommandLineTool, baseCommand: x, inputs: [], outputs: {o: {type: File, outputBinding: {glob: f}}}}, in: [], out: [o]}\n',
      problem:
        'workflow.cwl:7:6: steps.b: the file f is written by a and b: allowed names that differ, for example from an input of the step [TWO_PRODUCERS]',
    },
    {
      name: 'a step that reads what only the run can show',
      text: 'cwlVersion: v1.2\nclass: Workflow\ninputs: []\noutputs: []\nsteps:\n  a: {run: {class: CommandLineTool, baseCommand: x, inputs: [], outputs: {o: {type: "File[]", outputBinding: {glob: "*.txt"}}}}, in: [], out: [o]}\n  b: {run: {class: CommandLineTool, baseCommand: x, inputs: {f: "File[]"}, outputs: []}, in: {f: a/o}, out: []}\n',
      problem:
        /^workflow\.cwl:7:6: steps\.b: the input f depends on what only the run can show: output with the pattern \*\.txt/,
    },
  ] as const
  test.for(bad)('$name is refused', ({ text, problem }) => {
    const [first] = problems(importCwl(text))
    if (typeof problem === 'string') expect(first).toBe(problem)
    else expect(first).toMatch(problem)
  })
})
