import { execFile } from 'node:child_process'
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { freshFolder, keptFolder } from '../../../testing/folders.ts'
import { main } from '../src/main.ts'

// Commands that are not told otherwise keep their records here, not in the data folder of who runs the tests.
process.env['XDG_DATA_HOME'] = keptFolder()
delete process.env['SKYLOOM_REGISTRY']

/** What a command answered. */
export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program in this process, in a folder; one at a time. */
export async function skyloomIn(folder: string, ...args: readonly string[]): Promise<Answer> {
  const before = process.cwd()
  const written = { stdout: '', stderr: '' }
  const capture = (name: 'stdout' | 'stderr'): { mockRestore(): void } =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk: string | Uint8Array) => {
      written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1')
      return true
    })
  const listeners = process.stdout.listeners('error')
  const spies = [capture('stdout'), capture('stderr')]
  try {
    process.chdir(folder)
    process.exitCode = 0
    await main(['node', 'skyloom', ...args])
    return { code: exitCode(), ...written }
  } finally {
    process.exitCode = 0
    for (const listener of process.stdout.listeners('error')) {
      if (!listeners.includes(listener)) process.stdout.off('error', listener as () => void)
    }
    process.chdir(before)
    for (const spy of spies) spy.mockRestore()
  }
}

const SKYLOOM = fileURLToPath(new URL('../bin/skyloom.js', import.meta.url))
const MAX_OUTPUT_BYTES = 2 ** 28

/** Runs the program as a process of its own, in the current folder. */
export async function skyloom(...args: readonly string[]): Promise<Answer> {
  return await skyloomProcess(process.cwd(), ...args)
}

/** Runs the program as a process of its own, in a folder. Code -1: it was ended by a signal. */
export async function skyloomProcess(folder: string, ...args: readonly string[]): Promise<Answer> {
  return await new Promise((resolve) => {
    const options = { cwd: folder, maxBuffer: MAX_OUTPUT_BYTES }
    execFile(process.execPath, [SKYLOOM, ...args], options, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1
      resolve({ code, stdout, stderr })
    })
  })
}

function exitCode(): number {
  return Number(process.exitCode ?? 0)
}

/** A new folder with files. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = freshFolder()
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}

/** A new folder with the files of the two-job workflow `pair`. */
export async function pairFolder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  return await folderWith({
    'workflow.yml': PAIR,
    'sites.yml': SITES,
    'transformations.yml': TRANSFORMATIONS,
    'replicas.yml': REPLICAS,
    ...files,
  })
}

/** A folder with a planned workflow, its run directory and the place of its registry. */
export interface PlannedFolder {
  readonly folder: string
  readonly runDir: string
  readonly registry: string
}

/**
 * A folder in which a workflow is planned for this machine. Its program `tool` is the shell; raw.txt and all files that are given
 * are in the replica catalog. Jobs are not tried again.
 */
export async function plannedFolder(
  workflow: string,
  inputs: Readonly<Record<string, string>> = {},
): Promise<PlannedFolder> {
  const sources = { 'raw.txt': 'orion\n', ...inputs }
  const folder = await folderWith({ 'workflow.yml': workflow, ...sources })
  const url = (name: string): string => `"file://${join(folder, name)}"`
  const place = (name: string): string => `[{url: ${url(name)}, operation: all}]`
  const replicas = Object.keys(sources).map(
    (lfn) => `  - {lfn: ${lfn}, pfns: [{site: local, pfn: ${url(lfn)}}]}\n`,
  )
  const catalogs = {
    'sites.yml': `pegasus: "5.0.4"
sites:
  - name: local
    directories:
      - {type: sharedScratch, path: ${join(folder, 'scratch')}, fileServers: ${place('scratch')}}
      - {type: localStorage, path: ${join(folder, 'out')}, fileServers: ${place('out')}}
`,
    'transformations.yml':
      'pegasus: "5.0.4"\ntransformations:\n  - {name: tool, sites: [{name: local, pfn: /bin/sh, type: installed}]}\n',
    'replicas.yml': `pegasus: "5.0.4"\nreplicas:\n${replicas.join('')}`,
  }
  for (const [name, text] of Object.entries(catalogs)) await writeFile(join(folder, name), text)
  const words = ['plan', '-s', 'local', '-o', 'local', '--relative-dir', 'r1', '-D', 'dagman.retry=0']
  const { code, stderr } = await skyloomProcess(folder, ...words)
  if (code !== 0 || stderr !== '') throw new Error(`skyloom plan: exit code ${code}: ${stderr}`)
  return { folder, runDir: join(folder, 'r1'), registry: join(folder, 'registry.db') }
}

/** A copy of a folder that can be written. */
export async function copyOf(source: string): Promise<string> {
  const folder = freshFolder()
  await cp(source, folder, { recursive: true, mode: 0 })
  return folder
}

/** Two jobs: `first` reads raw.txt and writes mid.txt, `second` writes end.txt. */
export const PAIR = `pegasus: 5.0.4
name: pair
jobs:
- type: job
  name: first
  id: ID1
  arguments: [-i, raw.txt]
  uses:
  - {lfn: raw.txt, type: input}
  - {lfn: mid.txt, type: output, stageOut: false, registerReplica: false}
  profiles:
    pegasus: {runtime: '60'}
- type: job
  name: second
  id: ID2
  arguments: []
  uses:
  - {lfn: mid.txt, type: input}
  - {lfn: end.txt, type: output, stageOut: true, registerReplica: false}
`

export const SITES = `pegasus: '5.0'
sites:
- name: local
  directories:
  - type: sharedScratch
    path: /srv/scratch
    fileServers: [{url: 'file:///srv/scratch', operation: all}]
  - type: localStorage
    path: /srv/out
    fileServers: [{url: 'file:///srv/out', operation: all}]
- name: cluster
`

export const TRANSFORMATIONS = `pegasus: '5.0'
transformations:
- name: first
  sites: [{name: cluster, pfn: /bin/first, type: installed}]
- name: second
  sites: [{name: cluster, pfn: /bin/second, type: installed}]
`

export const REPLICAS = `pegasus: '5.0'
replicas:
- lfn: raw.txt
  pfns: [{site: local, pfn: /data/raw.txt}]
`
