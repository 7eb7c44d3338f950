import type { Command } from 'commander'

/** `skyloom node-run ...`: what schedulers start on worker nodes; people do not need it. */
export function addNodeRunCommand(program: Command): void {
  program
    .command('node-run <folder> [element]', { hidden: true })
    .description('work on the tasks of a batch on a worker node (started by a scheduler)')
    .addHelpText(
      'after',
      '\nExample:\n  skyloom node-run runs/m42/batch/cluster/skyloom-3f2a0c1d-1-0-a1b2c3 0',
    )
    .action(async (folder: string, element: string | undefined) => {
      const { nodeRun } = await import('@skyloom/runner')
      process.exitCode = await nodeRun([folder, ...(element === undefined ? [] : [element])], process.env)
    })
}
