import { readFile } from 'node:fs/promises'
import { numberColumn, readIpacTable, type Table, textColumn } from '@skyloom/fits/tables'
import type { FileInfo, FileTrace, Registry } from '@skyloom/registry'
import type { RecordedCorrection } from '../commands/trace-corrections.ts'
import { soundCopy } from './sound-copy.ts'

/** Tables that number the images of `corrections.tbl`: of the engine, and of the chain of Montage's modules. */
const IMAGE_TABLES = ['images.tbl', 'projected.tbl']
const CORRECTIONS = 'corrections.tbl'

/**
 * Corrections of the images of runs whose jobs worked on files, from the table that each run left. A table that is gone or was changed
 * tells nothing.
 */
export async function tableCorrections(
  registry: Registry,
  trace: FileTrace,
): Promise<readonly RecordedCorrection[]> {
  const corrections: RecordedCorrection[] = []
  for (const runId of new Set(trace.files.flatMap(({ madeBy }) => madeBy?.runId ?? []))) {
    const made: FileInfo[] = []
    for await (const file of registry.files.find({ runId })) made.push(file)
    const table = await tableOf(registry, [...made, ...trace.files], [CORRECTIONS])
    const images = await tableOf(registry, [...made, ...trace.files], IMAGE_TABLES)
    if (table === undefined || images === undefined) continue
    const numbers = numberColumn(images, 'cntr')
    const names = textColumn(images, 'fname', 'file')
    const nameOf = new Map(names.map((name, row) => [numbers[row], name]))
    const [ids, a, b, c] = [
      numberColumn(table, 'id'),
      numberColumn(table, 'a'),
      numberColumn(table, 'b'),
      numberColumn(table, 'c'),
    ]
    for (const [row, id] of ids.entries())
      corrections.push({ lfn: nameOf.get(id) ?? `image ${id}`, a: a[row]!, b: b[row]!, c: c[row]! })
  }
  return corrections
}

async function tableOf(
  registry: Registry,
  files: readonly FileInfo[],
  names: readonly string[],
): Promise<Table | undefined> {
  const file = files.find(({ lfn }) => names.includes(lfn))
  if (file === undefined) return undefined
  const copy = await soundCopy(registry, file)
  if (copy.state !== 'sound') return undefined
  return readIpacTable(await readFile(copy.path, 'latin1'), { name: copy.path }).table
}
