import type { FileUse, LinkType } from '../model/file-use.ts'
import type { MetadataEntry } from '../model/metadata.ts'
import { type MetadataInput, mergeMetadata } from './annotations.ts'
import { badValue, checkFilled } from './values.ts'

/** Options of a {@link File}. */
export interface FileOptions {
  readonly sizeBytes?: number
  /** Needed already when a sub-workflow that reads it is planned. */
  readonly forPlanning?: boolean
  readonly metadata?: MetadataInput
}

/** A logical file. Two files with one name are the same file. */
export class File {
  readonly lfn: string
  readonly sizeBytes: number | undefined
  readonly forPlanning: boolean
  #metadata: readonly MetadataEntry[] = []
  #plainInput: FileUse | undefined

  constructor(lfn: string, options: FileOptions = {}) {
    this.lfn = checkFilled('the logical file name', lfn)
    const { sizeBytes } = options
    if (sizeBytes !== undefined && !(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0)) {
      throw badValue('the size of a file', sizeBytes, 'a whole number of bytes from 0')
    }
    this.sizeBytes = sizeBytes
    this.forPlanning = options.forPlanning ?? false
    if (sizeBytes !== undefined) this.addMetadata({ size: sizeBytes })
    if (options.metadata !== undefined) this.addMetadata(options.metadata)
  }

  /** The metadata so far; `size` is the size in bytes. */
  get metadata(): readonly MetadataEntry[] {
    return this.#metadata
  }

  /** Adds metadata; values become text. */
  addMetadata(input: MetadataInput): this {
    this.#metadata = mergeMetadata(this.#metadata, input)
    this.#plainInput = undefined
    return this
  }

  /** The use of this file as an input without flags; one shared object, since many jobs may read a file. */
  get plainInput(): FileUse {
    this.#plainInput ??= this.use('input', {})
    return this.#plainInput
  }

  /** A use of this file. */
  use(type: LinkType, flags: UseFlags): FileUse {
    const { stageOut, registerReplica, optional, bypass } = flags
    return {
      lfn: this.lfn,
      type,
      ...(stageOut === undefined ? {} : { stageOut }),
      ...(registerReplica === undefined ? {} : { registerReplica }),
      ...(optional === true ? { optional } : {}),
      ...(bypass === true ? { bypass } : {}),
      ...(this.forPlanning ? { forPlanning: true } : {}),
      ...(this.#metadata.length === 0 ? {} : { metadata: this.#metadata }),
    }
  }
}

/** Flags of a use. */
export interface UseFlags {
  readonly stageOut?: boolean
  readonly registerReplica?: boolean
  readonly optional?: boolean
  readonly bypass?: boolean
}

/** A file, or its logical name. */
export type FileLike = File | string

/** The file of a name, or the file itself. */
export function toFile(file: FileLike): File {
  return typeof file === 'string' ? new File(file) : checkFile(file)
}

function checkFile(file: unknown): File {
  if (file instanceof File) return file
  throw badValue('the file', file, 'a File or a logical file name')
}
