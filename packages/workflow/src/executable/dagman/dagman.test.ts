import { spawnSync } from 'node:child_process'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  job,
  planned,
  replicas,
  request,
  SITES,
  type SmallRequest,
  site,
  siteCatalog,
  transformation,
  transformations,
} from '../../../test/small-request.ts'
import type { Job } from '../../model/job.ts'
import type { ContainerType } from '../../model/transformation-catalog.ts'
import { dagmanFiles } from './dagman-files.ts'
import { commentText, oneLine, shellLine, shellWord } from './shell.ts'

const RUN = { runDir: '/runs/one', workflowId: 'id-1', time: '2024-05-01T00:00:00Z', version: '0.1.0' }

function filesOf(lines: readonly (string | Job)[], more: SmallRequest = {}): ReadonlyMap<string, string> {
  const files = dagmanFiles(planned(request(lines, more)), RUN)
  return new Map([...files].map((file) => [file.path, [...file.chunks].join('')]))
}

const text = (files: ReadonlyMap<string, string>, ending: string): string =>
  [...files].find(([path]) => path.endsWith(ending))?.[1] ?? ''

test('words come out of a shell as they went in', () => {
  const words = fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(words, (raw) => {
      // A word of a command line cannot hold a zero byte, nor half of a surrogate pair.
      const list = raw.map((word) => word.replaceAll(/[\0\p{Cs}]/gu, ''))
      const result = spawnSync('/bin/sh', ['-c', `printf '%s\\0' ${shellLine(list)}`], { encoding: 'utf8' })
      expect(result.stdout.split('\0').slice(0, -1)).toEqual(list)
    }),
    { numRuns: 40 },
  )
  expect(shellWord('a.fits')).toBe('a.fits')
  expect(shellWord('')).toBe("''")
})

test('texts that would be read as further lines', () => {
  expect(oneLine('a b', 'j')).toBe('a b')
  expect(() => oneLine('a\nRETRY x 9', 'j')).toThrow(
    'a line end stands in a value that HTCondor reads as one line',
  )
  expect(commentText('a\nrm -rf /')).toBe('a rm -rf /')
})

test('the DAG names its jobs, their order and their settings', () => {
  const dag = text(
    filesOf(['a one.two: raw -> x [dagman.category=heavy dagman.retry=3]', 'b three: x -> y!'], {
      properties: { 'dagman.heavy.maxjobs': '2' },
    }),
    '.dag',
  )
  expect(dag).toContain('MAXJOBS heavy 2\n')
  expect(dag).toContain(
    [
      'JOB one_two_a 00/00/one_two_a.sub',
      'PRIORITY one_two_a 30',
      'RETRY one_two_a 3',
      'CATEGORY one_two_a heavy',
      'VARS one_two_a My.DAGNodeRetry="$(RETRY)"',
    ].join('\n'),
  )
  expect(dag).toContain('PARENT one_two_a CHILD three_b\n')
})

test('limits of the whole DAG are in its configuration', () => {
  const files = filesOf(['a one: raw -> x!'], {
    properties: { 'dagman.maxjobs': '50', 'dagman.maxpre': '2' },
  })
  expect(text(files, '-0.dag')).toContain('CONFIG small-0.dag.config\n')
  // A DAG outlives a pool that began a job again whose end it had told.
  const events = 'DAGMAN_ALLOW_EVENTS = 118\n'
  expect(text(files, '.config')).toBe(`${events}DAGMAN_MAX_PRE_SCRIPTS = 2\nDAGMAN_MAX_JOBS_SUBMITTED = 50\n`)
  expect(text(filesOf(['a one: raw -> x!']), '.config')).toBe(events)
})

test('a sub-workflow that has a plan is not planned again', () => {
  const inner: Job = {
    ...job('s inner: ->'),
    type: 'pegasusWorkflow',
    file: 'inner.yml',
    uses: [{ lfn: 'inner.yml', type: 'input' }],
  }
  const files = filesOf([inner], { replicas: replicas(['inner.yml local file:///data/inner.yml']) })
  expect(text(files, 'pegasus-plan_s.pre.sh')).toContain(
    'if [ -e /runs/one/00/00/pegasus-plan_s/pegasus-plan_s.dag ]; then exit 0; fi\nexec >/runs/one/00/00/pegasus-plan_s.pre.log 2>&1\nexec skyloom',
  )
})

test('names that only differ in reserved marks are told apart', () => {
  const dag = text(filesOf(['a x.y: raw -> o1!', 'a2 z: raw -> o2!', job('b x+y: raw -> o3!')]), '.dag')
  expect(dag).toMatch(/JOB x_y_a /)
  const clash = text(filesOf([{ ...job('a.b z: raw -> o1!'), id: 'a.b' }, job('a_b z: raw -> o2!')]), '.dag')
  expect(clash).toContain('JOB z_a_b ')
  expect(clash).toContain('JOB z_a_b_2 ')
})

test('a hundred jobs share a folder', () => {
  const lines = Array.from({ length: 250 }, (_, k) => `j${k} work: raw -> o${k}!`)
  const paths = [...filesOf(lines).keys()].filter((path) => path.endsWith('.sub'))
  const folders = new Map<string, number>()
  for (const path of paths) folders.set(path.slice(0, 5), (folders.get(path.slice(0, 5)) ?? 0) + 1)
  expect(Math.max(...folders.values())).toBe(100)
  expect([...folders.keys()].slice(0, 3)).toEqual(['00/00', '00/01', '00/02'])
})

test('submit files: resources, environment, attributes, and commands that profiles may not set', () => {
  const line = `a one: raw -> x! [cores=4 memory=512 gpus=1 env.WHO=o'neil condor.accounting_group=sky condor.log=/elsewhere/x]`
  const submit = text(filesOf([line]), 'one_a.sub')
  for (const expected of [
    'pegasus_cores = 4',
    'pegasus_memory_mb = 512',
    'request_cpus = $(pegasus_cores)',
    'request_gpus = $(pegasus_gpus)',
    'accounting_group = sky',
    'log = /runs/one/small-0.log',
    'universe = vanilla',
    'initialdir = /submit/scratch/small/run0001',
    'transfer_input_files = /runs/one/skyloom-node.sh,/submit/scratch/small/run0001/raw',
    'transfer_output_files = x',
    '+pegasus_wf_xformation = "one"',
    '+pegasus_job_class = 1',
  ]) {
    expect(submit.split('\n')).toContain(expected)
  }
  expect(submit).toContain(` 'WHO=o''neil'`)
})

test('quotes in environment values are doubled', () => {
  const quoted = {
    ...job('a one: raw -> x!'),
    profiles: [{ namespace: 'env' as const, key: 'A', value: 'say "hi"' }],
  }
  expect(text(filesOf([quoted]), 'one_a.sub')).toContain(`'A=say ""hi""'`)
})

test('a site with a batch system behind it', () => {
  const sites = siteCatalog([
    ...SITES.sites.filter((each) => each.name !== 'pool'),
    site('pool', { scratch: 'scp://me@pool.example/s' }, [
      'style=glite',
      'queue=long',
      'nodes=2',
      'maxwalltime=90',
    ]),
  ])
  const submit = text(
    filesOf(['a one: raw -> x!'], { sites, properties: { 'pegasus.data.configuration': 'nonsharedfs' } }),
    'one_a.sub',
  )
  expect(submit).toContain('universe = grid\n')
  expect(submit).toContain('grid_resource = batch slurm\n')
  expect(submit).toContain('NODES==2')
  expect(submit).toContain('QUEUE==""long""')
  expect(submit).toContain('WALLTIME==""01:30:00""')
})

test('sub-workflows are planned by a script before they run; DAG files run as they are', () => {
  const inner: Job = {
    ...job('s inner: ->'),
    type: 'pegasusWorkflow',
    file: 'inner.yml',
    arguments: ['--sites pool', "-o 'local'"],
    uses: [{ lfn: 'inner.yml', type: 'input' }],
  }
  const dagJob: Job = {
    ...job('d sub: ->'),
    type: 'condorWorkflow',
    file: 'sub.dag',
    uses: [{ lfn: 'sub.dag', type: 'input' }],
  }
  const files = filesOf([inner, dagJob], {
    replicas: replicas(['inner.yml local file:///data/inner.yml', 'sub.dag local file:///data/sub.dag']),
  })
  const dag = text(files, '-0.dag')
  expect(dag).toContain(
    'SUBDAG EXTERNAL pegasus-plan_s pegasus-plan_s.dag DIR /runs/one/00/00/pegasus-plan_s\n',
  )
  expect(dag).toContain('SCRIPT PRE pegasus-plan_s /runs/one/00/00/pegasus-plan_s.pre.sh\n')
  expect(dag).toContain('SUBDAG EXTERNAL dagman_d sub.dag DIR /data\n')
  expect(text(files, 'pegasus-plan_s.pre.sh')).toContain(
    'exec skyloom plan /data/inner.yml --sites pool -o local --dir /runs/one/00/00/pegasus-plan_s --basename pegasus-plan_s --parent-job pegasus-plan_s\n',
  )
})

function contained(type: ContainerType, image: string): ReadonlyMap<string, string> {
  const one = transformation('one@pool')
  return filesOf(['a one: raw -> x! [env.A=1]'], {
    transformations: transformations(
      [{ ...one, sites: one.sites.map((entry) => ({ ...entry, container: 'the box' })) }],
      [
        {
          name: 'the box',
          type,
          image,
          mounts: ['/cal:/cal:ro'],
          profiles: [{ namespace: 'env', key: 'B', value: 'two words' }],
          metadata: [],
          extensions: [],
        },
      ],
    ),
  })
}

test.each([
  [
    'docker',
    'docker:///img:1',
    `sky_docker_run -v "$PWD:/scratch" -w /scratch -v /cal:/cal:ro -e A=1 -e 'B=two words' "$(sky_docker_load 'the box')" /usr/bin/one`,
    'copy',
  ],
  [
    'singularity',
    'docker:///img:1',
    `sky_apptainer exec --no-home --bind "$PWD:/srv" --pwd /srv --bind /cal:/cal:ro --env A=1 --env 'B=two words' ./'the box' /usr/bin/one`,
    'sif',
  ],
  [
    'bubblewrap',
    'file:///images/tree.tar',
    `sky_bwrap ./'the box' --dev /dev --proc /proc --bind "$PWD" /srv --chdir /srv --ro-bind /cal /cal --setenv A 1 --setenv B 'two words' /usr/bin/one`,
    'copy',
  ],
  [
    'shifter',
    'shifter:///img:1',
    `shifter --image="$(cat 'the box')" --volume=/cal:/cal:ro --env=A=1 '--env=B=two words' /usr/bin/one`,
    'copy',
  ],
] as const)('a task in a container of type %s', (type, image, command, mode) => {
  const files = contained(type, image)
  expect(text(files, 'one_a.sh')).toContain(command)
  const stageIn = [...files].find(
    ([path, content]) => path.includes('stage_in') && content.includes(image),
  )?.[1]
  expect(stageIn).toContain(
    `'file:///submit/scratch/small/run0001/the box' ${mode} - ${image}`.replace("'file", "sky_copy 'file"),
  )
})

test('every script is one that sh can read', () => {
  const files = filesOf(
    ["a one: raw -> d/x! [env.A='$(id)']", 'b two: d/x maybe? -> y! [label=L]', 'c two: y -> z! [label=L]'],
    {
      options: { cluster: ['label'] },
      properties: { 'pegasus.data.configuration': 'nonsharedfs' },
      transformations: transformations(['one<local', 'two@pool']),
    },
  )
  for (const [path, content] of files) {
    if (!path.endsWith('.sh')) continue
    const result = spawnSync('/bin/sh', ['-n'], { input: content, encoding: 'utf8' })
    expect(`${path}: ${result.stderr}`).toBe(`${path}: `)
  }
})

test('what HTCondor cannot do is refused', () => {
  const plan = planned(request(['a one: raw -> x!']))
  expect(() => [...dagmanFiles(plan, { ...RUN, runDir: 'here' })]).toThrow(
    'the directory of the run is not absolute',
  )
  const memory = planned(
    request(['a one: raw -> x!'], { options: { sites: ['local'], dataConfiguration: 'memory' } }),
  )
  expect(() => [...dagmanFiles(memory, RUN)]).toThrow('HTCondor cannot run a plan whose jobs share memory')
  expect(() => filesOf(['a one: raw -> x,y!'])).toThrow('HTCondor cannot transfer a file with a comma')
  const lineEnd = {
    ...job('a one: raw -> x!'),
    profiles: [{ namespace: 'condor' as const, key: 'rank', value: '1\nqueue 100' }],
  }
  expect(() => filesOf([lineEnd])).toThrow('a line end stands in a value')
})
