import type { FileDetails } from '@skyloom/registry'
import { EXIT } from '../terminal/exit-code.ts'
import { formatBytes } from '../terminal/format.ts'
import { printJson } from '../terminal/output.ts'
import type { RegistryFlags } from './registry.ts'
import { fileMeant, registryOf } from './registry-open.ts'

/** `skyloom registry show` */
export async function registryShow(text: string, flags: RegistryFlags): Promise<number> {
  await using registry = await registryOf(flags)
  const { id } = await fileMeant(registry, text)
  const file = await registry.files.get(id)
  if (flags.json === true) printJson(file)
  else process.stdout.write(fileText(file))
  return EXIT.done
}

function fileText(file: FileDetails): string {
  const rows: [string, string][] = [
    ['id', file.id],
    ['name', file.lfn],
    ['type', file.type],
    [
      'size',
      file.sizeBytes === null ? 'not known' : `${formatBytes(file.sizeBytes)} (${file.sizeBytes} bytes)`,
    ],
    ['sha256', file.sha256 ?? 'not known'],
    ['registered', new Date(file.createdMs).toISOString()],
    ['made by', file.madeBy === null ? 'not made by a run' : makerText(file.madeBy)],
    ...file.replicas.map(({ site, pfn }): [string, string] => ['copy', `${site}  ${pfn}`]),
    ...Object.entries(file.metadata).map(([name, value]): [string, string] => [name, String(value)]),
  ]
  if (file.sky !== null) {
    const { centreLonDeg, centreLatDeg, radiusDeg } = file.sky
    rows.push([
      'sky',
      `${centreLonDeg.toFixed(5)} ${centreLatDeg.toFixed(5)}, within ${radiusDeg.toFixed(5)} deg`,
    ])
  }
  if (file.tags.length > 0) rows.push(['tags', file.tags.join(' ')])
  for (const { level, text, author } of file.messages)
    rows.push([level, author === undefined ? text : `${text} (${author})`])
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('')
}

function makerText({ runId, jobId, attempt }: NonNullable<FileDetails['madeBy']>): string {
  return `job ${jobId}, attempt ${attempt}, of run ${runId}`
}
