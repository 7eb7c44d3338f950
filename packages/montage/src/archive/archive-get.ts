import { fetchFile } from '@skyloom/mosaic/node'
import { pathOf } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import { defineModule, type ModuleCall, type MontageModule, operand, type Place } from '../command/module.ts'
import { retrievalError } from './retrieval-error.ts'
import { timeoutArgument } from './timeout-argument.ts'

/** Input of {@link mArchiveGet}. */
export interface ArchiveGetInput {
  /** Address (`https:`, `http:`, `file:`) or path. */
  readonly reference: string
  /** File that is written. */
  readonly output: string
  /** Seconds without a byte after which the archive is given up; default 60. */
  readonly timeoutSeconds?: number
  /** How often a fault that may pass is met with another try; default 3. */
  readonly retries?: number
  /** Seconds before the first further try; default 1. */
  readonly waitSeconds?: number
}

/** Result of {@link mArchiveGet}. */
export interface ArchiveGetResult {
  /** Bytes of the file. */
  readonly count: number
}

/**
 * Gets a file from an archive; it appears under its name only when it is complete and what its name says.
 *
 * @throws MontageError `MONTAGE_NO_FILE` with the reason
 */
export async function mArchiveGet(input: ArchiveGetInput, place: Place = {}): Promise<ArchiveGetResult> {
  const { reference, output, ...options } = input
  const isAddress = /^[a-z]+:\/\//i.test(reference)
  try {
    const { sizeBytes } = await fetchFile(
      isAddress ? reference : pathOf(place, reference),
      pathOf(place, output),
      options,
    )
    return { count: sizeBytes }
  } catch (error) {
    throw retrievalError(error)
  }
}

function readCall(call: ModuleCall): ArchiveGetInput {
  return { reference: operand(call, 0), output: operand(call, 1), ...timeoutArgument(call) }
}

/** The module mArchiveGet. */
export const archiveGetModule: MontageModule = defineModule<ArchiveGetInput, ArchiveGetResult>({
  name: 'mArchiveGet',
  summary: 'Gets a file from an archive.',
  usage: ' mArchiveGet [-d][-t timeout] remoteref localfile',
  style: 'getopt',
  options: 'dt:',
  operands: [2, 2],
  isNamed: true,
  usageExitCode: 0,
  fields: [['count', 'd']],
  manual: {
    description:
      'Gets one file over https, http or from this machine. Certificates are verified; a broken transfer goes on where it stopped; busy services are asked again. What is packed with gzip or bzip2 is unpacked unless the local name keeps the ending. A login page, an error text or half a file is never taken for data: the file appears only when it is as long as promised and, with the name of a FITS file, a whole FITS file.',
    options: [
      DEBUG_OPTION,
      ['-t timeout', 'Seconds without a byte after which the archive is given up; default 60.'],
    ],
    operands: [
      ['remoteref', 'Address (`https://`, `http://`, `file://`) or path.'],
      ['localfile', 'File that is written.'],
    ],
    returns: { count: 'Bytes of the file.' },
    example: ['mArchiveGet https://archive.example/m42/a.fits.gz a.fits'],
  },
  read: readCall,
  run: mArchiveGet,
})
