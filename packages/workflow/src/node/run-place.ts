import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join, resolve } from 'node:path'

/** What a request says about directories. */
export interface RunPlaceOptions {
  /** Directory below which runs are written. */
  readonly dir: string
  /** Name of the workflow. */
  readonly label: string
  /** Second level of the path of a run. Default `pegasus`. */
  readonly group?: string | undefined
  /** Directory of the run below `dir` and below the scratch directories; replaces the usual path. */
  readonly relativeDir?: string | undefined
  /** Directory of the run below `dir` only. */
  readonly relativeSubmitDir?: string | undefined
  /** Directory below the scratch directories: a name, or `true` for one that chance gives. */
  readonly randomDir?: string | true | undefined
  /** Name of the run after the time in place of a number. */
  readonly usesTimestamp?: boolean | undefined
  readonly time: Date
}

/** Where a run is written, and where it works. */
export interface RunPlace {
  /** Absolute directory below which runs are written. */
  readonly baseDir: string
  /** Directory of the run, absolute. */
  readonly runDir: string
  /** True when `runDir` was chosen as the next free number. */
  readonly isNumbered: boolean
  /** Directory of the run below the scratch directories. */
  readonly relativeDir: string
}

/** Chooses the directories of a run: `<dir>/<user>/<group>/<label>/run0001`, the next number that is free. */
export function chooseRunPlace(options: RunPlaceOptions): RunPlace {
  const baseDir = resolve(options.dir)
  const family = join(userName(), options.group ?? 'pegasus', options.label)
  const last = options.usesTimestamp === true ? timestamp(options.time) : nextRun(join(baseDir, family))
  const usual = join(family, last)
  const submitDir = options.relativeSubmitDir ?? options.relativeDir
  return {
    baseDir,
    runDir: resolve(baseDir, submitDir ?? usual),
    isNumbered: submitDir === undefined && options.usesTimestamp !== true,
    relativeDir: scratchDir(options, family) ?? usual,
  }
}

function scratchDir(options: RunPlaceOptions, family: string): string | undefined {
  if (options.relativeDir !== undefined) return options.relativeDir
  if (typeof options.randomDir === 'string') return options.randomDir
  return options.randomDir === true ? join(family, randomBytes(8).toString('hex')) : undefined
}

/** Name of the user as part of a path. */
export function userName(): string {
  let name: string
  try {
    name = userInfo().username
  } catch {
    // Users without an entry in the system's list, as in containers.
    name = process.env['USER'] ?? `uid${process.getuid?.() ?? 0}`
  }
  return name.replaceAll(/[^\w.-]/g, '_')
}

/** `run0001`, or one above the highest that is there. */
function nextRun(folder: string): string {
  let highest = 0
  for (const name of namesIn(folder)) {
    const number = /^run(\d{4,9})$/.exec(name)?.[1]
    if (number !== undefined) highest = Math.max(highest, Number(number))
  }
  return `run${String(highest + 1).padStart(4, '0')}`
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** `20260805T091530Z` */
function timestamp(time: Date): string {
  return time.toISOString().replaceAll(/[-:]|\.\d+/g, '')
}
