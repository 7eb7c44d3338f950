import { statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import type { ReadResult } from '../problem/problem.ts'
import { documentFindings, type Finding } from './finding.ts'
import { readTextFile } from './text-file.ts'

/** What a file was read as. */
export type SourceRole =
  | 'workflow'
  | 'properties'
  | 'sites'
  | 'transformations'
  | 'replicas'
  | 'cache'
  | 'inherited replicas'
  | 'input directory'
  | 'transformations directory'
  | 'earlier run'
  | 'past run'
  | 'run times'
  | 'file sizes'
  | 'output locations'

/** A file or directory from which a plan was made. */
export interface SourceFile {
  readonly role: SourceRole
  readonly path: string
}

/** Reads the files of one request; what is wrong with any of them is gathered. */
export class SourceReader {
  /** Current folder of the request: relative paths belong to it. */
  readonly folder: string
  readonly findings: Finding[] = []
  readonly sources: SourceFile[] = []
  readonly #environment: Readonly<Record<string, string | undefined>>

  constructor(folder: string, environment: Readonly<Record<string, string | undefined>>) {
    this.folder = resolve(folder)
    this.#environment = environment
  }

  /** Value of a variable of the environment; `PWD` is the folder of the request. */
  readonly variable = (name: string): string | undefined =>
    name === 'PWD' ? this.folder : this.#environment[name]

  /** Absolute path of a path as it was written; `~/` is the home directory, `file://` is dropped. */
  path(written: string, folder: string = this.folder): string {
    const plain = written.replace(/^file:\/\/(?:localhost)?(?=\/)/i, '')
    const home = this.#environment['HOME']
    return home !== undefined && plain.startsWith('~/')
      ? resolve(home, plain.slice(2))
      : resolve(folder, plain)
  }

  /** Path for messages: relative when it is below the folder. */
  shown(path: string): string {
    const below = relative(this.folder, path)
    return below === '' || below.startsWith('..') ? path : below
  }

  /** Reads a document; `undefined` after problems. */
  async read<T>(
    role: SourceRole,
    path: string,
    parse: (text: string, name: string) => ReadResult<T>,
  ): Promise<T | undefined> {
    const text = await readTextFile(path)
    const result = parse(text, this.shown(path))
    this.findings.push(...documentFindings(result.ok ? result.warnings : result.problems))
    this.sources.push({ role, path })
    return result.ok ? result.value : undefined
  }

  add(severity: Finding['severity'], code: string, text: string): void {
    this.findings.push({ severity, code, text: `${text} [${code}]` })
  }
}

/** True for a file that can be read as one (also a pipe), not for a directory. */
export function isFile(path: string): boolean {
  const facts = statSync(path, { throwIfNoEntry: false })
  return facts !== undefined && !facts.isDirectory()
}

/** True for a directory. */
export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
