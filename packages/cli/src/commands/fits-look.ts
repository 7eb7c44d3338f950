import { type CardValue, hduStatistics } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson, shortNumber, textTable } from '../terminal/output.ts'

/** `skyloom fits info` */
export async function fitsInfo(
  paths: readonly string[],
  flags: { readonly json?: boolean },
): Promise<number> {
  const files = []
  for (const path of paths) {
    await using file = await openFitsFile(path)
    const hdus = (await file.allHdus()).map(
      ({ index, name, version, type, bitpix, shape, header, dataBytes }) => ({
        index,
        name,
        version,
        type,
        bitpix,
        shape,
        cards: header.recordCount,
        dataBytes,
      }),
    )
    files.push({ file: path, hdus, warnings: file.warnings.map(({ code, message }) => ({ code, message })) })
  }
  if (flags.json === true) printJson(files.length === 1 ? files[0] : files)
  else {
    for (const { file, hdus, warnings } of files) {
      const rows = hdus.map((hdu) => [
        String(hdu.index),
        hdu.name,
        hdu.type,
        String(hdu.bitpix),
        hdu.shape.toReversed().join(' x '),
        String(hdu.cards),
        String(hdu.dataBytes),
      ])
      process.stdout.write(
        `${file}\n${textTable(['hdu', 'name', 'type', 'bitpix', 'size', 'cards', 'bytes'], rows)}`,
      )
      for (const { message } of warnings) process.stdout.write(`warning: ${message}\n`)
    }
  }
  return EXIT.done
}

/** `skyloom fits header` */
export async function fitsHeader(
  path: string,
  flags: { readonly json?: boolean; readonly hdu?: number | string; readonly keyword?: readonly string[] },
): Promise<number> {
  await using file = await openFitsFile(path)
  const { header, index } = await file.hdu(flags.hdu ?? 0)
  const wanted = flags.keyword?.map((keyword) => keyword.toUpperCase())
  const cards = header
    .cards()
    .filter(({ keyword }) => wanted === undefined || wanted.includes(keyword.toUpperCase()))
  if (flags.json === true) {
    const list = cards.map(({ keyword, value, comment, type }) => ({
      keyword,
      value: jsonValue(value),
      comment,
      type,
    }))
    printJson({ file: path, hdu: index, cards: list })
  } else {
    for (const { raw } of cards) {
      for (let at = 0; at < raw.length; at += 80)
        process.stdout.write(`${raw.slice(at, at + 80).trimEnd()}\n`)
    }
  }
  return wanted !== undefined && cards.length === 0 ? EXIT.failed : EXIT.done
}

/** Undefined values are null in JSON; integers beyond 2^53 stay exact as text. */
function jsonValue(value: CardValue): unknown {
  if (value === undefined) return null
  return typeof value === 'bigint' ? String(value) : value
}

/** `skyloom fits stats` */
export async function fitsStats(path: string, flags: { readonly json?: boolean }): Promise<number> {
  await using file = await openFitsFile(path)
  const hdus = []
  for await (const hdu of file.hdus()) hdus.push(await hduStatistics(hdu))
  if (flags.json === true) printJson({ file: path, hdus })
  else {
    const rows = hdus.map((hdu) => [
      String(hdu.index),
      hdu.name,
      hdu.type,
      hdu.shape.toReversed().join(' x '),
      shortNumber(hdu.finite),
      shortNumber(hdu.blank),
      shortNumber(hdu.min),
      shortNumber(hdu.max),
      shortNumber(hdu.mean),
      shortNumber(hdu.rms),
    ])
    process.stdout.write(
      textTable(['hdu', 'name', 'type', 'size', 'finite', 'blank', 'min', 'max', 'mean', 'rms'], rows),
    )
  }
  return EXIT.done
}
