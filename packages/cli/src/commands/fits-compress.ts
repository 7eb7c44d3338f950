import { stat } from 'node:fs/promises'
import { atomicFile } from '@skyloom/base/node'
import { type CompressionOptions, type CompressionReport, compressFits, uncompressFits } from '@skyloom/fits'
import { nodeDeflateTile, openFitsFile } from '@skyloom/fits/node'
import { EXIT } from '../terminal/exit-code.ts'
import { formatBytes } from '../terminal/format.ts'
import { printJson } from '../terminal/output.ts'

/** Flags of `skyloom fits compress` and `uncompress`. */
export interface CompressFlags {
  readonly json?: boolean
  readonly method?: NonNullable<CompressionOptions['method']>
  readonly quantize?: number
  readonly overwrite?: boolean
}

/** `skyloom fits compress` */
export async function fitsCompress(path: string, out: string, flags: CompressFlags): Promise<number> {
  await using file = await openFitsFile(path)
  const sink = await atomicFile(out, { overwrite: flags.overwrite === true })
  const report = await compressFits(file, sink, {
    deflateTile: nodeDeflateTile,
    ...(flags.method === undefined ? {} : { method: flags.method }),
    ...(flags.quantize === undefined ? {} : { quantize: { level: flags.quantize } }),
  })
  return await printReport(path, out, report, flags, 'compressed')
}

/** `skyloom fits uncompress` */
export async function fitsUncompress(path: string, out: string, flags: CompressFlags): Promise<number> {
  await using file = await openFitsFile(path)
  const sink = await atomicFile(out, { overwrite: flags.overwrite === true })
  return await printReport(path, out, await uncompressFits(file, sink), flags, 'unpacked')
}

async function printReport(
  path: string,
  out: string,
  report: CompressionReport,
  flags: CompressFlags,
  verb: string,
): Promise<number> {
  const before = (await stat(path)).size
  const after = (await stat(out)).size
  if (flags.json === true) printJson({ file: path, out, ...report, bytesBefore: before, bytesAfter: after })
  else {
    const sizes = `${formatBytes(before)} to ${formatBytes(after)}`
    process.stdout.write(`${out}: ${report.changed} HDUs ${verb}, ${report.copied} copied, ${sizes}\n`)
  }
  return EXIT.done
}
