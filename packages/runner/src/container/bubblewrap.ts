import { existsSync, statSync } from 'node:fs'
import { type ContainedProgram, isOfTheMachine, type Launch, workFolder } from './contained-program.ts'
import { type MountPoint, rootMounts } from './root-tree.ts'

/** Where programs are searched for in a root tree. */
const SEARCH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** Variables of the machine that would lead programs of the tree astray. */
const UNSET = [
  'LD_LIBRARY_PATH',
  'PYTHONPATH',
  'PYTHONHOME',
  'VIRTUAL_ENV',
  'CONDA_PREFIX',
  'JAVA_HOME',
  'SHELL',
  'TMPDIR',
  'TEMP',
  'TMP',
]
/** Files of the machine without which no name is resolved. */
const NETWORK_FILES = ['/etc/resolv.conf', '/etc/hosts']

/** Runs a program in a root tree by bubblewrap: the tree is read only, `/tmp` is empty and in memory, the network is the machine's. */
export function bubblewrapWords(contained: ContainedProgram): Launch {
  const { ready, program, workDirectory, mounts, environment, extra } = contained
  const work = workFolder(ready.container)
  const tree = ready.reference
  const network = NETWORK_FILES.filter((path) => existsSync(path))
  const points: readonly MountPoint[] = [
    ...['/dev', '/proc', '/sys', '/tmp', '/var/tmp', work].map((path) => ({ path, isFile: false })),
    ...network.map((path) => ({ path, isFile: true })),
    ...mounts.map(({ from, to }) => ({ path: to, isFile: isFile(from) })),
  ]
  const ofMachine = environment.filter(([name]) => isOfTheMachine(name))
  const names = new Set(ofMachine.map(([name]) => name))
  const argv = [
    ready.tool.path,
    '--die-with-parent',
    '--unshare-pid',
    '--unshare-ipc',
    ...rootMounts(tree, points),
    ...['--dev', '/dev', '--proc', '/proc', '--ro-bind-try', '/sys', '/sys'],
    ...['--tmpfs', '/tmp', '--tmpfs', '/var/tmp'],
    ...network.flatMap((path) => ['--ro-bind', path, path]),
    ...['--bind', workDirectory, work],
    ...mounts.flatMap(({ from, to, isReadOnly }) => [isReadOnly ? '--ro-bind' : '--bind', from, to]),
    ...UNSET.filter((name) => !names.has(name)).flatMap((name) => ['--unsetenv', name]),
    ...(names.has('PATH') ? [] : ['--setenv', 'PATH', SEARCH_PATH]),
    ...(names.has('HOME') ? [] : ['--setenv', 'HOME', work]),
    ...ofMachine.flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--chdir', work],
    ...extra,
    '--',
    program,
    ...contained.arguments,
  ]
  const inherited = environment.filter(([name]) => !isOfTheMachine(name))
  return { argv, environment: inherited, remove: undefined }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
