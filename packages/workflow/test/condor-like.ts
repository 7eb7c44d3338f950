import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { PlannedFile } from '../src/index.ts'

/** What a job said and how it ended. */
export interface JobRun {
  readonly name: string
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Writes planned files into a folder. */
export function writeFiles(folder: string, files: Iterable<PlannedFile>): void {
  for (const file of files) {
    const path = join(folder, file.path)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, [...file.chunks].join(''), { mode: file.isExecutable ? 0o755 : 0o644 })
  }
}

/**
 * Runs the jobs of a DAG one after the other the way HTCondor does, without it: a job of the universe `local` runs where
 * it is, any other in a fresh folder into which its input files are copied, and from which its outputs are copied back.
 * Stops at the first job that fails.
 *
 * @param work folder below which the jobs get theirs
 */
export function runDag(runDir: string, dagName: string, work: string): readonly JobRun[] {
  const dag = readFileSync(join(runDir, dagName), 'utf8')
  const nodes = [...dag.matchAll(/^JOB (\S+) (\S+)( NOOP)?$/gm)]
  const subs = new Map(nodes.map(([, name = '', sub = '']) => [name, sub]))
  const waiting = new Map([...subs.keys()].map((name) => [name, new Set<string>()]))
  for (const [, parent = '', child = ''] of dag.matchAll(/^PARENT (\S+) CHILD (\S+)$/gm)) {
    waiting.get(child)?.add(parent)
  }
  const runs: JobRun[] = []
  while (waiting.size > 0) {
    const next = [...waiting].find(([, parents]) => [...parents].every((parent) => !waiting.has(parent)))
    if (next === undefined) throw new Error('the DAG has a cycle')
    const [name] = next
    waiting.delete(name)
    const run = runJob(name, readSubmit(join(runDir, subs.get(name) ?? '')), work)
    runs.push(run)
    if (run.exitCode !== 0) break
  }
  return runs
}

function readSubmit(path: string): ReadonlyMap<string, string> {
  const text = readFileSync(path, 'utf8')
  if (!text.endsWith('\nqueue\n')) throw new Error(`${path} does not end with queue`)
  return new Map([...text.matchAll(/^([^#=\s]+) = (.*)$/gm)].map(([, key = '', value = '']) => [key, value]))
}

function runJob(name: string, submit: ReadonlyMap<string, string>, work: string): JobRun {
  const isLocal = submit.get('universe') === 'local'
  const folder = mkdtempSync(join(work, 'job-'))
  const from = submit.get('initialdir') ?? '/'
  if (!isLocal) {
    for (const file of list(submit.get('transfer_input_files'))) {
      copyFileSync(file.startsWith('/') ? file : join(from, file), join(folder, basename(file)))
    }
  }
  const result = spawnSync(submit.get('executable') ?? '', [], {
    cwd: folder,
    env: {
      PATH: '/usr/bin:/bin',
      SKYLOOM_RETRY_SECONDS: '0',
      ...environment(submit.get('environment') ?? ''),
    },
    encoding: 'utf8',
  })
  const run = { name, exitCode: result.status ?? -1, stdout: result.stdout, stderr: result.stderr }
  if (isLocal || run.exitCode !== 0) return run
  const remaps = new Map(
    list(submit.get('transfer_output_remaps')?.replaceAll('"', ''), ';').map((pair): [string, string] => [
      pair.split('=')[0] ?? '',
      pair.split('=')[1] ?? '',
    ]),
  )
  for (const file of list(submit.get('transfer_output_files')?.replace('""', ''))) {
    const target = remaps.get(basename(file)) ?? basename(file)
    copyFileSync(join(folder, file), join(from, target))
  }
  return run
}

function list(text: string | undefined, separator = ','): readonly string[] {
  return (text ?? '').split(separator).filter((word) => word !== '')
}

/** The syntax with double quotes: blanks separate, single quotes group, doubled quotes are quotes. */
function environment(text: string): Readonly<Record<string, string>> {
  const inner = text.slice(1, -1).replaceAll('""', '"')
  const words = [...inner.matchAll(/(?:[^\s']|'(?:[^']|'')*')+/g)].map(([word]) =>
    word.replaceAll(/'((?:[^']|'')*)'/g, (_, quoted: string) => quoted.replaceAll("''", "'")),
  )
  return Object.fromEntries(
    words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  )
}
