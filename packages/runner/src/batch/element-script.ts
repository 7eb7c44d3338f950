/** File of the program for worker nodes: in the bundle, beside the batches, and where a scheduler carries it. */
export const NODE_PROGRAM = 'skyloom-node.mjs'

/**
 * What a scheduler starts: a shell script that finds Node.js and hands over. No word of a user passes through it.
 *
 * @param node program `node` on the nodes of the site: a name or path without blanks or marks of the shell
 * @param program file of the program for nodes, where nodes see it
 * @param carried its name where the scheduler carries it along
 */
export function elementScript(node: string, program: string, carried: string): string {
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
