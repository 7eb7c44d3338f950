import { csvMount } from './apptainer.ts'
import { type ContainedProgram, isOfTheMachine, type Launch, workFolder } from './contained-program.ts'

/** Runs a program by Podman or Docker as the user of this process; the container is removed when it ends. */
export function dockerWords(contained: ContainedProgram): Launch {
  const { ready, program, workDirectory, mounts, environment, extra, name, memoryMb } = contained
  const { tool, reference, container } = ready
  const work = workFolder(container)
  const all = [{ from: workDirectory, to: work, isReadOnly: false }, ...mounts]
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()]
  const own = tool.name === 'podman' ? ['--security-opt', 'label=disable'] : []
  const isRootless = tool.name === 'podman' && uid !== 0
  const argv = [
    tool.path,
    'run',
    '--rm',
    '--pull=never',
    ...['--name', name],
    ...(isRootless ? ['--userns=keep-id'] : ['--user', `${uid}:${gid}`]),
    ...own,
    ...all.flatMap((mount) => ['--mount', csvMount(mount, 'readonly')]),
    ...['--workdir', work],
    // A name alone takes its value from the environment of the tool.
    ...environment.flatMap(([key, value]) => ['--env', isOfTheMachine(key) ? `${key}=${value}` : key]),
    ...(contained.readsInput ? ['--interactive'] : []),
    ...(memoryMb > 0 ? ['--memory', `${Math.ceil(memoryMb * 1e6)}b`] : []),
    ...extra,
    ...['--entrypoint', program],
    reference,
    ...contained.arguments,
  ]
  const inherited = environment.filter(([key]) => !isOfTheMachine(key))
  return { argv, environment: inherited, remove: [tool.path, 'rm', '--force', name] }
}
