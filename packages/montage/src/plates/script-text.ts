import type { PlateScript, ScriptCall } from './script.ts'

/** A script for the shell that does what a {@link PlateScript} tells. @param folder of the run, absolute */
export function scriptText(script: PlateScript, folder: string, maker: string): string {
  const { product, needs = [], folders = [], calls } = script
  const lines = [
    '#!/bin/sh',
    `# Written by ${maker}. Run it anywhere: mHiPSSetup has fixed the folder.`,
    'set -e',
    `cd ${quoted(folder)}`,
    ...(product === undefined ? [] : [`[ -e ${quoted(product)} ] && exit 0`]),
    ...needs.map((need) => `[ -e ${quoted(need)} ] || exit 0`),
    ...(folders.length === 0 ? [] : [`mkdir -p ${folders.map(quoted).join(' ')}`]),
    ...calls.map(callText),
  ]
  return `${lines.join('\n')}\n`
}

function callText(call: ScriptCall): string {
  const command = [call.module, ...call.args].map(quoted).join(' ')
  const run = call.tellsByFile === true ? `${command} || :` : command
  const conditions = [
    ...(call.needs ?? []).map((need) => `[ -e ${quoted(need)} ]`),
    ...(call.needsFilesIn === undefined ? [] : [`ls ${quoted(call.needsFilesIn)}/*.fits >/dev/null 2>&1`]),
  ]
  return conditions.length === 0 ? run : `if ${conditions.join(' && ')}; then ${run}; fi`
}

/** A word that the shell takes as it is. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
