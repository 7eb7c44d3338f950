/** A term of a manual page and what it means; terms in options begin with the flag: `-p cdelt`. */
export type ManualRow = readonly [term: string, meaning: string]

/** A list of a manual page under a heading of its own. */
export interface ManualSection {
  readonly title: string
  readonly rows: readonly ManualRow[]
}

/** The facts of a manual page that the argument reader does not need. Words between backquotes are code. */
export interface ModuleManual<Key extends string = string> {
  /** What it does, with conventions and units; an empty line parts paragraphs. */
  readonly description: string
  /** Every option that the argument reader knows: `['-p cdelt', 'pixel scale in degrees']`. */
  readonly options: readonly ManualRow[]
  /** Every operand in order, by the name that it has in the synopsis; `[ysize]` may be left out. */
  readonly operands: readonly ManualRow[]
  /** Arguments of each form of call, for modules with several; default: all options, then all operands. */
  readonly synopsis?: readonly string[]
  /** Tables and files that it reads: what stands in them, which columns it needs. */
  readonly reads?: readonly ManualRow[]
  /** Tables and files that it writes. */
  readonly writes?: readonly ManualRow[]
  /** Meaning of each value of the status line, with unit. */
  readonly returns?: Readonly<Partial<Record<Key, string>>>
  /** Lists that fit nowhere else: directives, names of surveys, differences from Montage. */
  readonly sections?: readonly ManualSection[]
  /** Command lines as one types them. */
  readonly example: readonly string[]
}

/** `-s statusfile`, as most modules have it. */
export const STATUS_OPTION: ManualRow = [
  '-s statusfile',
  'Write the status line to this file instead of standard output.',
]
/** `-d level`. */
export const DEBUG_LEVEL_OPTION: ManualRow = ['-d level', 'Debug level, a whole number; changes no result.']
/** `-d` without a value. */
export const DEBUG_OPTION: ManualRow = ['-d', 'Debug mode; changes no result.']
/** `-h hdu`. */
export const HDU_OPTION: ManualRow = ['-h hdu', 'HDU of the image, counted from 0; default 0.']

/** The flag of an option's term: `-p` of `-p cdelt`. */
export function flagOf(term: string): string {
  return term.split(/[\s=]/, 1)[0] ?? ''
}

/** True when the term of an option shows a value. */
export function takesValue(term: string): boolean {
  return term.trim().includes(' ')
}
