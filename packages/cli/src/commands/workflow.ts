import { type Command, Option } from 'commander'
import type { ConvertFlags } from './workflow-convert.ts'
import type { GraphFlags } from './workflow-graph.ts'
import type { ReadFlags } from './workflow-read.ts'

/** `skyloom workflow ...` */
export function addWorkflowCommand(program: Command): void {
  const workflow = program
    .command('workflow')
    .description('check, look at, draw and convert abstract workflows')
    .addHelpText(
      'after',
      `
Workflows are read in the formats of Pegasus 5 (YAML, JSON), Pegasus 4 (DAX),
WfCommons (WfFormat 1.5), CWL 1.2 and HTCondor (DAG).

Example:
  skyloom workflow validate workflow.yml`,
    )
  addLook(workflow)
  addGraph(workflow)
  addConvert(workflow)
}

/** Options of every command that reads a workflow. */
function reads(command: Command): Command {
  return command
    .addOption(
      new Option('--from <format>', 'format of the file (default: by its content)').choices([
        'pegasus',
        'wfformat',
        'dax',
        'cwl',
        'dag',
      ]),
    )
    .option('--inputs <file>', 'input object of a CWL workflow')
}

function addLook(workflow: Command): void {
  reads(workflow.command('validate <files...>'))
    .description('report everything that is wrong with workflows; exit 1 for errors')
    .option('--strict', 'exit 1 for warnings, too')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  skyloom workflow validate workflow.yml')
    .action(async (files: string[], flags: ReadFlags & { strict?: boolean; json?: boolean }) => {
      const { workflowValidate } = await import('./workflow-validate.ts')
      process.exitCode = await workflowValidate(files, flags)
    })
  reads(workflow.command('show <file> [job]'))
    .description('show what a workflow consists of, or one of its jobs')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  skyloom workflow show workflow.yml ID0000001')
    .action(async (file: string, job: string | undefined, flags: ReadFlags & { json?: boolean }) => {
      const { workflowShow } = await import('./workflow-show.ts')
      process.exitCode = await workflowShow(file, job, flags)
    })
  reads(workflow.command('stats <file>'))
    .description('shape, files, run times and critical path of a workflow')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  skyloom workflow stats workflow.yml')
    .action(async (file: string, flags: ReadFlags & { json?: boolean }) => {
      const { workflowStatistics } = await import('./workflow-stats.ts')
      process.exitCode = await workflowStatistics(file, flags)
    })
}

function addGraph(workflow: Command): void {
  reads(workflow.command('graph <file>'))
    .description('draw a workflow as SVG, PNG, Graphviz or Mermaid')
    .option('-o, --output <file>', 'picture; its ending gives the form (default: text on the terminal)')
    .addOption(
      new Option('--format <form>', 'form of the picture (default: by the ending, else dot)').choices([
        'svg',
        'png',
        'dot',
        'mermaid',
      ]),
    )
    .addOption(
      new Option('--by <what>', 'one box for each job or transformation')
        .choices(['job', 'transformation'])
        .default('job'),
    )
    .option('--files', 'show the files between the jobs')
    .addOption(
      new Option('--label <what>', 'text of the boxes')
        .choices(['transformation-id', 'transformation', 'id', 'label'])
        .default('transformation-id'),
    )
    .option('--overwrite', 'replace the output file')
    .addHelpText(
      'after',
      '\nExample:\n  skyloom workflow graph workflow.yml -o graph.svg --by transformation',
    )
    .action(async (file: string, flags: GraphFlags) => {
      const { workflowGraph } = await import('./workflow-graph.ts')
      process.exitCode = await workflowGraph(file, flags)
    })
}

function addConvert(workflow: Command): void {
  reads(workflow.command('convert <file> [out]'))
    .description('write a workflow in another format, and say what that cannot express')
    .addOption(
      new Option('--to <format>', 'yaml, json: Pegasus 5; wfformat (default: yaml for .yml)').choices([
        'yaml',
        'json',
        'wfformat',
      ]),
    )
    .option('-o, --output <file>', 'the same as OUT')
    .option('--input-prefix <url>', 'where the inputs of a WfFormat instance are')
    .option('--overwrite', 'replace the output files')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Catalogs and properties that a format implies are written beside OUT, under
their usual names.

Example:
  skyloom workflow convert montage.dax workflow.yml`,
    )
    .action(async (file: string, out: string | undefined, flags: ConvertFlags, command: Command) => {
      const target = out ?? flags.output
      if (target === undefined) command.error('error: name the file to write')
      const { workflowConvert } = await import('./workflow-convert.ts')
      process.exitCode = await workflowConvert(file, target, flags)
    })
}
