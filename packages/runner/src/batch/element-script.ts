import { chmodSync, constants, copyFileSync, existsSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RunnerError } from '../errors.ts'

/** File of the program for worker nodes: in the bundle, beside the batches, and where a scheduler carries it. */
export const NODE_PROGRAM = 'skyloom-node.mjs'

/** Name of the Node.js that goes along to nodes that have none, beside {@link NODE_PROGRAM}. */
export const CARRIED_RUNTIME = 'skyloom-node-runtime'
/** Value of the profile `env.SKYLOOM_NODE` for a Node.js that goes along: the one that runs this, or after a colon another file. */
const CARRIED = 'carried'

/** True where Node.js goes along. @param node profile `env.SKYLOOM_NODE` */
export function carriesRuntime(node: string): boolean {
  return node.split(':')[0] === CARRIED
}

/**
 * File of the Node.js that goes along to the nodes of a site.
 *
 * @param node profile `env.SKYLOOM_NODE`
 * @returns nothing for nodes that have their own
 * @throws {RunnerError} `RUNNER_BAD_SETTINGS` when the file is none that can be run
 */
function carriedRuntime(node: string): string | undefined {
  if (!carriesRuntime(node)) return undefined
  const [, ...rest] = node.split(':')
  const file = rest.length === 0 ? process.execPath : rest.join(':')
  const facts = isAbsolute(file) ? statSync(file, { throwIfNoEntry: false }) : undefined
  if (facts?.isFile() === true && (facts.mode & 0o111) !== 0) return file
  throw new RunnerError(
    'RUNNER_BAD_SETTINGS',
    'the Node.js that should go along to the nodes cannot be run',
    {
      where: ['profile env.SKYLOOM_NODE'],
      found: node,
      allowed: `${CARRIED}, or ${CARRIED}: and the path of an executable file of this machine`,
    },
  )
}

/**
 * What a scheduler starts: a shell script that finds Node.js and hands over. No word of a user passes through it.
 *
 * @param root folder of the batches, where nodes that see it find the program for nodes
 * @param node program `node` on the nodes of the site: a name or path; undefined when it goes along
 */
function elementScript(root: string, node: string | undefined): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
  const carried = node === undefined ? `\n  runtime=./${CARRIED_RUNTIME}\n  chmod +x "$runtime"` : ''
  return `#!/bin/sh
# Runs Skyloom's part of a job on a worker node.
PATH=\${PATH:-/usr/local/bin:/usr/bin:/bin}
export PATH
program=${quoted(join(root, NODE_PROGRAM))}
runtime=${quoted(node ?? join(root, CARRIED_RUNTIME))}
if [ "$1" = carried ]; then
  program=./${NODE_PROGRAM}${carried}
  # What goes home must be there, whatever happens.
  mkdir -p out
fi
if ! command -v "$runtime" >/dev/null 2>&1; then
  echo "there is no $runtime on $(hostname): install Node.js 20 or later, or name it in the site's profile env SKYLOOM_NODE (carried: it goes along)" >&2
  exit 127
fi
exec "$runtime" --max-semi-space-size=1 "$program" "$@"
`
}

/**
 * Puts what nodes of a site run into the folder of its batches: the program for nodes, and the script `element.sh` that starts it.
 *
 * @param node program `node` on the nodes of the site, or what {@link carriedRuntime} understands
 * @throws {RunnerError} `RUNNER_SCHEDULER` when the program was not built, `RUNNER_BAD_SETTINGS`
 */
export function placeNodeProgram(root: string, node: string): void {
  const bundle = fileURLToPath(new URL(`../bundle/${NODE_PROGRAM}`, import.meta.url))
  if (!existsSync(bundle)) {
    throw new RunnerError('RUNNER_SCHEDULER', 'the program for worker nodes is missing', {
      where: [bundle],
      remedy: 'npm run build',
    })
  }
  copyFileSync(bundle, join(root, NODE_PROGRAM))
  const script = join(root, 'element.sh')
  const runtime = carriedRuntime(node)
  if (runtime !== undefined) placeRuntime(runtime, join(root, CARRIED_RUNTIME))
  writeFileSync(script, elementScript(root, runtime === undefined ? node : undefined))
  chmodSync(script, 0o755)
}

/** Elements of a former engine may be running the one that is there. */
function placeRuntime(file: string, place: string): void {
  if (statSync(place, { throwIfNoEntry: false })?.size === statSync(file).size) return
  const partial = `${place}.partial`
  copyFileSync(file, partial, constants.COPYFILE_FICLONE)
  chmodSync(partial, 0o755)
  renameSync(partial, place)
}
