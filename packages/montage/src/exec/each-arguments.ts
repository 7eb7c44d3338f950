import { hasOption, type ModuleCall, optionValue } from '../command/module.ts'
import type { Telling } from './tell-failures.ts'
import { threadsArgument } from './threads-argument.ts'

/** What the modules that work on every image or pair of a table read from `-p`, `-n`, `-j` and `-d`. */
export interface EachArguments extends Telling {
  readonly imageFolder?: string
  readonly hasNoAreas: boolean
  readonly threads: number
}

/** Reads {@link EachArguments}. @throws MontageError `MONTAGE_BAD_ARGUMENT` for `-j` */
export function eachArguments(call: ModuleCall): EachArguments {
  const imageFolder = optionValue(call, 'p')
  return {
    hasNoAreas: hasOption(call, 'n'),
    threads: threadsArgument(call),
    tells: hasOption(call, 'd'),
    ...(imageFolder === undefined ? {} : { imageFolder }),
  }
}
