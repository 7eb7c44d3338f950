// The program of worker nodes, bundled into one file: see nodeRun.
import { nodeRun } from './node-run.ts'

process.exitCode = await nodeRun(process.argv.slice(2), process.env)
