import { diagnoseWcs, type WcsDiagnosis } from '@skyloom/wcs'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson } from '../terminal/output.ts'
import { wcsHeaders } from './wcs-file.ts'
import type { WcsFlags } from './wcs-points.ts'

/** `skyloom wcs doctor`: exit 1 when something is doubtful. HDUs without any coordinates are passed over. */
export async function wcsDoctor(path: string, flags: WcsFlags): Promise<number> {
  const headers = await wcsHeaders(path, flags.hdu)
  const reports = headers
    .filter(({ keywords }) => keywords('CTYPE1') !== undefined || headers.length === 1)
    .map(({ index, keywords, naxis }) => ({
      hdu: index,
      ...diagnoseWcs(keywords, naxis === undefined ? {} : { naxis }),
    }))
  if (flags.json === true) printJson({ file: path, hdus: reports })
  else {
    for (const { hdu, ...report } of reports) process.stdout.write(reportText(hdu, report))
    if (reports.length === 0) process.stdout.write(`${path}: no coordinates in any HDU\n`)
  }
  return reports.some(({ findings }) => findings.length > 0) ? EXIT.failed : EXIT.done
}

function reportText(hdu: number, { projection, frame, findings }: WcsDiagnosis): string {
  const head = projection === undefined ? 'no usable coordinates' : `${projection}, ${frame ?? ''}`
  const lines = [`HDU ${hdu}: ${head}${findings.length === 0 ? ', nothing doubtful' : ''}`]
  for (const { severity, code, problem, readings, fix } of findings) {
    lines.push(`${severity}: ${problem} [${code}]`)
    for (const { reading, isUsed, shiftArcsec } of readings) {
      const shift = isUsed
        ? 'used here'
        : shiftArcsec === null
          ? 'gives no coordinates'
          : `${Number(shiftArcsec.toPrecision(4))} arcsec away`
      lines.push(`  ${reading}: ${shift}`)
    }
    lines.push(`  fix: ${fix}`)
  }
  return `${lines.join('\n')}\n`
}
