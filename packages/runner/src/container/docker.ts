import { MARK_VARIABLE } from '../executor/spawner-protocol.ts'
import { csvMount } from './apptainer.ts'
import { type ContainedProgram, isOfTheMachine, type Launch, workFolder } from './contained-program.ts'
import type { ContainerTool } from './tool.ts'

/**
 * Runs a program by Podman or Docker as the user of this process; the container is removed when it ends. An init is its first
 * process where there is one: the first process of a container hears no signal that it has no handler for, not even its own.
 */
export function dockerWords(contained: ContainedProgram): Launch {
  const { ready, program, workDirectory, mounts, environment, extra, name } = contained
  const { tool, reference, container } = ready
  const work = workFolder(container)
  const all = [{ from: workDirectory, to: work, isReadOnly: false }, ...mounts]
  const argv = [
    tool.path,
    'run',
    '--rm',
    '--pull=never',
    ...['--name', name],
    ...(tool.name === 'podman' ? podmanWords(contained, tool) : plainDockerWords(contained)),
    ...all.flatMap((mount) => ['--mount', csvMount(mount, 'readonly')]),
    ...['--workdir', work],
    // A name alone takes its value from the environment of the tool; by the first a spawner finds what a former one left.
    ...['--env', MARK_VARIABLE],
    ...environment.flatMap(([key, value]) => ['--env', isOfTheMachine(key) ? `${key}=${value}` : key]),
    ...(contained.readsInput ? ['--interactive'] : []),
    ...extra,
    ...['--entrypoint', program],
    reference,
    ...contained.arguments,
  ]
  const inherited = environment.filter(([key]) => !isOfTheMachine(key))
  return {
    argv,
    environment: inherited,
    remove: [tool.path, 'rm', '--force', name],
    ...(tool.name === 'podman' ? { pidFile: contained.pidFile } : {}),
  }
}

function userWords(): readonly string[] {
  return ['--user', `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`]
}

/** The programs are processes of this machine: they are measured and held to their memory like all others. */
function podmanWords({ pidFile }: ContainedProgram, { init }: ContainerTool): readonly string[] {
  return [
    ...(process.getuid?.() === 0 ? userWords() : ['--userns=keep-id']),
    ...['--security-opt', 'label=disable'],
    // What is removed by force was asked to end before.
    ...['--stop-timeout', '0'],
    ...['--pidfile', pidFile],
    ...(init === undefined ? [] : ['--init', '--init-path', init]),
  ]
}

/** The programs are processes of the daemon, perhaps of another machine: it holds them to their memory. */
function plainDockerWords({ memoryMb }: ContainedProgram): readonly string[] {
  return [...userWords(), '--init', ...(memoryMb > 0 ? ['--memory', `${Math.ceil(memoryMb * 1e6)}b`] : [])]
}
