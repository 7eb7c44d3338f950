import { loadModule } from '../command/registry.ts'
import { callModule } from '../command/run-module.ts'
import { MontageError } from '../errors.ts'

/** Values of a status line as they stand, without quotes. */
export type StepValues = ReadonlyMap<string, string>

/**
 * Calls a module by name with its arguments, as a shell script does, in this process.
 *
 * @param cwd folder in which it works
 * @returns the values of its status line
 * @throws MontageError `MONTAGE_NO_RESULT` with the name of the module and its sentence
 */
export async function runStep(
  name: string,
  args: readonly (string | number)[],
  cwd: string,
): Promise<StepValues> {
  const module = await loadModule(name)
  if (module === undefined)
    throw new MontageError('MONTAGE_NO_RESULT', `${name} is not available`, {
      remedy: 'build the package again',
    })
  const { stdout } = await callModule(module, args.map(String), cwd)
  const line = stdout.trimEnd().split('\n').at(-1) ?? ''
  const values = readStatusLine(line)
  if (values.get('stat') === 'OK') return values
  throw new MontageError('MONTAGE_NO_RESULT', `${name}: ${values.get('msg') ?? line}`, { where: [cwd] })
}

/** A number of a status line, 0 when it is not there. */
export function countOf(values: StepValues, key: string): number {
  return Number(values.get(key) ?? 0)
}

function readStatusLine(line: string): StepValues {
  const pairs = line.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,\]]*))/g)
  return new Map([...pairs].map(([, key = '', text, bare]) => [key, text ?? bare ?? '']))
}
