import { chmodSync, copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RunnerError } from '../errors.ts'

/** File of the program for worker nodes: in the bundle, beside the batches, and where a scheduler carries it. */
export const NODE_PROGRAM = 'skyloom-node.mjs'

/**
 * What a scheduler starts: a shell script that finds Node.js and hands over. No word of a user passes through it.
 *
 * @param node program `node` on the nodes of the site: a name or path without blanks or marks of the shell
 * @param program file of the program for nodes, where nodes see it
 * @param carried its name where the scheduler carries it along
 */
function elementScript(node: string, program: string, carried: string): string {
  const quoted = `'${program.replaceAll("'", `'\\''`)}'`
  return `#!/bin/sh
# Runs Skyloom's part of a job on a worker node.
PATH=\${PATH:-/usr/local/bin:/usr/bin:/bin}
export PATH
program=${quoted}
if [ "$1" = carried ]; then
  program=./${carried}
  # What goes home must be there, whatever happens.
  mkdir -p out
fi
if ! command -v '${node}' >/dev/null 2>&1; then
  echo "there is no ${node} on $(hostname): install Node.js 20 or later, or name it in the site's profile env SKYLOOM_NODE" >&2
  exit 127
fi
exec '${node}' --max-semi-space-size=1 "$program" "$@"
`
}

/**
 * Puts what nodes of a site run into the folder of its batches: the program for nodes, and the script `element.sh` that starts it.
 *
 * @param node program `node` on the nodes of the site
 * @throws {RunnerError} `RUNNER_SCHEDULER` when the program was not built
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
  writeFileSync(script, elementScript(node, join(root, NODE_PROGRAM), NODE_PROGRAM))
  chmodSync(script, 0o755)
}
