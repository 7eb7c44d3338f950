import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import type { FileHasher } from './file-hasher.ts'

/** Places where a script of JavaScript names another file. */
const NAMES = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(['"])([^'"\n]+)\1|\bnew\s+URL\(\s*(['"])(\.[^'"\n]+)\3/g
/** What lies beside code and is not run: types, maps, notes of the compiler. */
const NO_CODE = /^node_modules$|^\.|\.d\.[cm]?ts$|\.map$|\.tsbuildinfo$/
const SCRIPT = /\.[cm]?[jt]s$/

/** What is read of a `package.json`. */
interface PackageFacts {
  readonly name?: string
  readonly version?: string
  readonly files?: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** The file behind a script of JavaScript, whose code may be in other files, too; none for other programs. */
export function scriptBehind(path: string): string | undefined {
  const real = realpathSync(path)
  return SCRIPT.test(real) ? real : undefined
}

/**
 * Hash of all code that a script of JavaScript runs: the files that it names, one after the other, and the packages that they
 * name. Of a package that is worked on the content of what it publishes counts, of an installed one its name and version, which
 * never change their meaning; so do the packages that these need. The name by which the script is called counts, as one script may
 * be several programs; where the files lie does not count. A file whose name is put
 * together at run time is not found.
 *
 * @throws Error of the file system when the script cannot be read
 */
export async function codeSha256(script: string, hasher: FileHasher): Promise<string> {
  const code = new Code(hasher)
  code.note(`name ${basename(script)}`)
  const path = realpathSync(script)
  const root = packageOf(path)
  if (root !== undefined && publishes(root, path)) {
    await code.addPackage(root)
    code.note(`entry ${relative(root, path)}`)
  } else await code.addScript(path, dirname(path))
  return code.sha256()
}

class Code {
  readonly #hasher: FileHasher
  readonly #lines = new Set<string>()
  readonly #seen = new Set<string>()

  constructor(hasher: FileHasher) {
    this.#hasher = hasher
  }

  note(line: string): void {
    this.#lines.add(line)
  }

  sha256(): string {
    return createHash('sha256')
      .update([...this.#lines].sort().join('\n'))
      .digest('hex')
  }

  async addScript(path: string, root: string): Promise<void> {
    if (this.#seen.has(path)) return
    this.#seen.add(path)
    await this.#addFile(path, relative(root, path))
    if (!SCRIPT.test(path)) return
    for (const name of namesIn(readFileSync(path, 'utf8'))) {
      if (name.startsWith('.')) {
        const other = join(dirname(path), name)
        if (isFile(other)) await this.addScript(realpathSync(other), root)
        continue
      }
      const found = findPackage(name, dirname(path))
      if (found !== undefined) await this.addPackage(found)
    }
  }

  async addPackage(root: string): Promise<void> {
    if (this.#seen.has(root)) return
    this.#seen.add(root)
    const facts = packageFacts(root)
    const name = `${facts.name ?? ''}@${facts.version ?? ''}`
    this.note(`package ${name}`)
    if (!root.split(sep).includes('node_modules')) {
      for (const path of publishedFiles(root, facts))
        await this.#addFile(path, `${name}/${relative(root, path)}`)
    }
    const needs = { ...facts.dependencies, ...facts.optionalDependencies, ...facts.peerDependencies }
    for (const need of Object.keys(needs)) {
      const found = findPackage(need, root)
      if (found !== undefined) await this.addPackage(found)
    }
  }

  async #addFile(path: string, name: string): Promise<void> {
    this.note(`${name} ${(await this.#hasher.digest(path)).sha256}`)
  }
}

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(NAMES)].flatMap(([, , name, , place]) => name ?? place ?? [])
}

/** Root of the package of this name, as Node finds it from a folder; none for Node's own modules. */
function findPackage(specifier: string, from: string): string | undefined {
  const name = /^(?:@[^/]+\/)?[^/:]+(?=\/|$)/.exec(specifier)?.[0]
  if (name === undefined) return undefined
  for (let folder = from; ; folder = dirname(folder)) {
    const root = join(folder, 'node_modules', name)
    if (existsSync(join(root, 'package.json'))) return realpathSync(root)
    if (dirname(folder) === folder) return undefined
  }
}

/** Root of the package that a file lies in. */
function packageOf(path: string): string | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (dirname(folder) === folder) return undefined
  }
}

function packageFacts(root: string): PackageFacts {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageFacts
}

/** Whether a file is part of what a package publishes. A folder that does not say so may hold anything, results of runs too. */
function publishes(root: string, path: string): boolean {
  return packageFacts(root).files?.some((name) => isBelow(join(root, name), path)) === true
}

function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}${sep}`)
}

function publishedFiles(root: string, { files = ['.'] }: PackageFacts): readonly string[] {
  const found: string[] = []
  const add = (path: string): void => {
    const facts = statSync(path, { throwIfNoEntry: false })
    if (facts?.isFile() === true) found.push(path)
    if (facts?.isDirectory() !== true) return
    for (const name of readdirSync(path)) if (!NO_CODE.test(name)) add(join(path, name))
  }
  for (const name of files) add(join(root, name))
  return found
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
