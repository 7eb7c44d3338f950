import { type ContainedProgram, type Launch, type Mount, workFolder } from './contained-program.ts'

/** Runs a program by Apptainer or Singularity: nothing of the machine's environment and home is seen inside. */
export function apptainerWords(contained: ContainedProgram): Launch {
  const { ready, program, workDirectory, mounts, environment, extra } = contained
  const { tool, reference, container } = ready
  const work = workFolder(container)
  const all = [{ from: workDirectory, to: work, isReadOnly: false }, ...mounts]
  const prefix = tool.name === 'apptainer' ? 'APPTAINER' : 'SINGULARITY'
  return {
    argv: [
      tool.path,
      // Warnings about the image would hide the program's own last words.
      '--silent',
      'exec',
      '--cleanenv',
      // No home is mounted; this is what it is called inside.
      ...['--no-home', '--home', work],
      ...all.flatMap(mountWords),
      '--pwd',
      work,
      ...extra,
      reference,
      program,
      ...contained.arguments,
    ],
    // Without the first, values would be read by a shell.
    environment: [
      [`${prefix}_NO_EVAL`, '1'],
      ...environment.map(([name, value]) => [`${prefix}ENV_${name}`, value] as const),
    ],
    remove: undefined,
  }
}

/** The short form splits at colons and commas; the long one is a line of CSV, and younger. */
function mountWords({ from, to, isReadOnly }: Mount): readonly string[] {
  if (!/[:,"]/.test(from + to)) return ['--bind', `${from}:${to}${isReadOnly ? ':ro' : ''}`]
  return ['--mount', csvMount({ from, to, isReadOnly }, 'ro')]
}

/** A mount as CSV, which Docker, Podman and Apptainer read alike. */
export function csvMount({ from, to, isReadOnly }: Mount, readOnlyWord: string): string {
  const fields = ['type=bind', `source=${from}`, `destination=${to}`, ...(isReadOnly ? [readOnlyWord] : [])]
  return fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')
}
