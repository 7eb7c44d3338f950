import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { writeFileAtomic } from '@skyloom/base/node'
import {
  type FileTrace,
  provDocument,
  type Registry,
  RegistryError,
  RO_CRATE_FILE,
  type RunRow,
  roCrate,
} from '@skyloom/registry'
import { counted } from '../terminal/count.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson } from '../terminal/output.ts'
import type { RegistryFlags } from './registry.ts'
import { fileMeant, registryOf, runMeant } from './registry-open.ts'

/** Flags of `skyloom registry export`. */
export interface ExportFlags extends RegistryFlags {
  readonly provJson?: string
  readonly roCrate?: string
  readonly stampede?: string
  readonly run?: string
  readonly name?: string
  readonly license: string
  readonly overwrite?: boolean
}

/** `skyloom registry export` */
export async function registryExport(names: readonly string[], flags: ExportFlags): Promise<number> {
  const chosen = [flags.provJson, flags.roCrate, flags.stampede].filter((value) => value !== undefined)
  if (chosen.length === 0)
    throw new RegistryError('REGISTRY_BAD_OPTION', 'no format is named', {
      allowed: '--prov-json, --ro-crate, --stampede',
    })
  await using registry = await registryOf(flags)
  const run = flags.run === undefined ? undefined : await runMeant(registry, flags.run)
  const written: { format: string; out: string; [count: string]: unknown }[] = []
  if (flags.stampede !== undefined) written.push(await exportRun(registry, flags.stampede, run, flags))
  if (flags.provJson !== undefined || flags.roCrate !== undefined) {
    const trace = await traceOf(registry, names, run)
    const runs = await runsOf(registry, trace)
    const counts = { files: trace.files.length, steps: trace.steps.length }
    if (flags.provJson !== undefined) {
      await writeDocument(flags.provJson, provDocument(trace, runs), flags)
      written.push({ format: 'prov-json', out: flags.provJson, ...counts })
    }
    if (flags.roCrate !== undefined) {
      const out = await writeCrate(registry, flags.roCrate, trace, runs, flags)
      written.push({ format: 'ro-crate', out, ...counts })
    }
  }
  if (flags.provJson === '-') return EXIT.done
  if (flags.json === true) printJson({ registry: registry.location, written })
  else for (const { format, out } of written) process.stdout.write(`${out}: ${format}\n`)
  return EXIT.done
}

async function exportRun(
  registry: Registry,
  out: string,
  run: RunRow | undefined,
  flags: ExportFlags,
): Promise<{ format: string; out: string; rows: unknown }> {
  if (run === undefined)
    throw new RegistryError('REGISTRY_BAD_OPTION', 'no run is named', { remedy: 'give --run' })
  refuseExisting(out, flags)
  return { format: 'stampede', out, rows: await registry.exportStampede(run.id, resolve(out)) }
}

async function traceOf(
  registry: Registry,
  names: readonly string[],
  run: RunRow | undefined,
): Promise<FileTrace> {
  const ids = []
  for (const name of names) ids.push((await fileMeant(registry, name)).id)
  if (names.length === 0 && run !== undefined) {
    for await (const file of registry.files.find({ runId: run.id })) ids.push(file.id)
  }
  if (ids.length > 0) return await registry.files.trace(ids, { direction: 'ancestors' })
  throw new RegistryError('REGISTRY_BAD_OPTION', 'there is nothing to export', {
    ...(run === undefined ? {} : { found: `run ${run.id} has made no file` }),
    remedy: 'name files, or a run that made some with --run',
  })
}

async function runsOf(registry: Registry, { steps }: FileTrace): Promise<readonly RunRow[]> {
  const runs = []
  for (const id of new Set(steps.map(({ runId }) => runId))) runs.push(await registry.runs.get(id))
  return runs
}

async function writeCrate(
  registry: Registry,
  folder: string,
  trace: FileTrace,
  runs: readonly RunRow[],
  flags: ExportFlags,
): Promise<string> {
  const details = []
  for (const { id } of trace.files) details.push(await registry.files.get(id))
  const roots = details.filter(({ id }) => trace.roots.includes(id)).map(({ lfn }) => lfn)
  const named = roots.slice(0, 3).join(', ') + (roots.length > 3 ? ` and ${roots.length - 3} more` : '')
  const crate = roCrate(trace, details, runs, {
    folder: resolve(folder),
    name: flags.name ?? named,
    description: `${named}, with ${counted(trace.files.length, 'file')} and ${counted(trace.steps.length, 'step')} of its history`,
    license: flags.license,
    publishedMs: Date.now(),
  })
  await mkdir(folder, { recursive: true })
  const out = join(folder, RO_CRATE_FILE)
  await writeDocument(out, crate, flags)
  return out
}

async function writeDocument(out: string, document: unknown, flags: ExportFlags): Promise<void> {
  if (out === '-') {
    printJson(document)
    return
  }
  refuseExisting(out, flags)
  await writeFileAtomic(out, new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`), {
    overwrite: flags.overwrite === true,
  })
}

function refuseExisting(out: string, { overwrite }: ExportFlags): void {
  if (overwrite === true || !existsSync(out)) return
  throw new RegistryError('REGISTRY_EXISTS', 'the file is there already', {
    where: [out],
    remedy: 'name another, or give --overwrite',
  })
}
