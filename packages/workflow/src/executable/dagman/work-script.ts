import type { PlanInput, PlanJob, PlanTransfer } from '../../plan/plan.ts'
import type { DagmanOptions } from './dagman-files.ts'
import { NODE_LIBRARY } from './node-library.ts'
import { shellLine, shellWord } from './shell.ts'
import { runsOnSubmitHost } from './submit-file.ts'

/** Script of a job that moves, registers or removes files; it runs on the submit host or the staging site. */
export function workScript(job: PlanJob, options: DagmanOptions, folders: readonly string[]): string {
  const library = runsOnSubmitHost(job) ? `${options.runDir}/${NODE_LIBRARY}` : `./${NODE_LIBRARY}`
  const lines = ['#!/bin/sh', `# ${job.kind} ${job.name}`, `. ${shellWord(library)}`]
  lines.push(shellLine(['sky_begin_work', `skyloom::${job.kind}`, job.site]))
  for (const { url } of job.directories) {
    lines.push(shellLine(['sky_mkdir', url]))
    for (const folder of folders) lines.push(shellLine(['sky_mkdir', `${url}/${folder}`]))
  }
  for (const transfer of job.transfers) lines.push(transferLine(transfer))
  for (const { url } of job.modes) lines.push(shellLine(['sky_chmod', url]))
  for (const { lfn, place } of job.registrations) {
    lines.push(
      shellLine([
        'sky_register',
        `${options.runDir}/${options.basename}.replicas.txt`,
        lfn,
        place.url,
        place.site,
      ]),
    )
  }
  for (const { lfn, place } of job.removals) {
    lines.push(shellLine(['sky_remove', place.url, lfn === undefined ? 'tree' : 'file']))
  }
  return `${lines.join('\n')}\n`
}

/** Images for Singularity are converted when they come from another registry. */
export function copyMode({
  isLink = false,
  containerType,
}: Pick<PlanInput, 'containerType'> & Partial<Pick<PlanTransfer, 'isLink'>>): string {
  if (containerType === 'singularity') return 'sif'
  return isLink ? 'link' : 'copy'
}

function transferLine(transfer: PlanTransfer): string {
  const isChecked = transfer.integrity === 'verify' && transfer.sha256 !== undefined
  return shellLine([
    'sky_copy',
    transfer.target.url,
    copyMode(transfer),
    isChecked ? transfer.sha256 : '-',
    ...transfer.sources.map((source) => source.url),
  ])
}
