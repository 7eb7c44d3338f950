import type { PlainValue } from '../../model/plain.ts'
import { baseName, SafeNames } from '../safe-names.ts'
import { asList, asMap, asText, type CwlFile, type CwlValue } from './values.ts'

/** Logical names of the files that are there before the run: unique by location. */
export class InputFiles {
  readonly #directory: string | undefined
  readonly #names = new Map<string, CwlFile>()
  readonly #taken = new SafeNames(/(?!)/g)

  /** @param directory absolute folder to which relative paths belong */
  constructor(directory: string | undefined) {
    this.#directory = directory
  }

  /** Plain values of an input object as CWL values. */
  value(plain: PlainValue): CwlValue {
    if (Array.isArray(plain)) return asList(plain).map((item) => this.value(item))
    if (!(plain instanceof Map)) return simple(plain)
    const map = asMap(plain)
    if (map.get('class') === 'File') return this.file(map)
    if (map.get('class') === 'Directory')
      return { kind: 'unknown', reason: 'directories cannot be expressed' }
    return new Map([...map].map(([key, value]) => [key, this.value(value)]))
  }

  /** A file of an input object. */
  file(map: ReadonlyMap<string, PlainValue>): CwlFile {
    const location = this.#absolute(asText(map.get('location')) ?? asText(map.get('path')) ?? '')
    const known = this.#names.get(location)
    if (known !== undefined && location !== '') return known
    const size = map.get('size')
    const file: CwlFile = {
      kind: 'file',
      lfn: this.#lfn(asText(map.get('basename')) ?? baseName(location), location),
      ...(location === '' ? {} : { location }),
      ...(typeof size === 'number' ? { sizeBytes: size } : {}),
      secondaryFiles: asList(map.get('secondaryFiles')).map((entry) => this.file(asMap(entry))),
    }
    this.#names.set(location, file)
    return file
  }

  /** The files that have a location, by logical name. */
  get located(): readonly CwlFile[] {
    return [...this.#names.values()].filter((file) => file.location !== undefined)
  }

  /** The base name; with the folder before it when another file has it. */
  #lfn(base: string, location: string): string {
    const name = base === '' ? 'file' : base
    const isFree = ![...this.#names.values()].some((file) => file.lfn === name)
    if (isFree) return this.#taken.get(name)
    return this.#taken.get(`${location.split('/').at(-2) ?? 'other'}_${name}`)
  }

  #absolute(path: string): string {
    if (path === '' || /^(?:\/|[A-Za-z][\w+.-]*:\/\/)/.test(path)) return path
    return this.#directory === undefined ? path : `${this.#directory.replace(/\/+$/, '')}/${path}`
  }
}

function simple(value: PlainValue): CwlValue {
  return value === null ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean'
    ? value
    : null
}
