import type { FileTrace, TraceStep } from '@skyloom/registry'
import { counted } from '../terminal/count.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson } from '../terminal/output.ts'
import type { RegistryFlags } from './registry.ts'
import { fileMeant, registryOf } from './registry-open.ts'
import { correctionLines, correctionsIn } from './trace-corrections.ts'

/** Flags of `skyloom trace`. */
export interface TraceFlags extends RegistryFlags {
  readonly descendants?: boolean
  readonly depth?: number
  readonly full?: boolean
}

/** `skyloom trace` */
export async function traceFile(name: string, flags: TraceFlags): Promise<number> {
  await using registry = await registryOf(flags)
  const { id } = await fileMeant(registry, name)
  const direction = flags.descendants === true ? 'descendants' : 'ancestors'
  const trace = await registry.files.trace([id], { direction, maxSteps: flags.depth })
  const corrections = await correctionsIn(registry, trace)
  if (flags.json === true) {
    printJson({ registry: registry.location, direction, ...trace, corrections })
    return EXIT.done
  }
  for (const line of treeLines(trace, id, direction, flags.full === true)) process.stdout.write(`${line}\n`)
  const derived = new Set(trace.derived.map(({ childId }) => childId))
  const sources = trace.files.filter(({ id, madeBy }) => madeBy === null && !derived.has(id)).length
  process.stdout.write(
    `${counted(trace.files.length, 'file')}, ${sources} of them from elsewhere; ${counted(trace.steps.length, 'step')}\n`,
  )
  for (const line of correctionLines(corrections)) process.stdout.write(`${line}\n`)
  if (trace.isCut) process.stdout.write('the history goes on; give a larger --depth\n')
  return EXIT.done
}

/** One branch of the tree: how a file is reached, and from which. */
interface Branch {
  readonly fileId: string
  readonly text: string
}

/** The files as a tree; a branch that was shown before is named only, and so is what was made together with a file that was shown. */
export function* treeLines(
  trace: FileTrace,
  rootId: string,
  direction: 'ancestors' | 'descendants',
  isFull: boolean,
): Generator<string, void, undefined> {
  const branches = branchesOf(trace, direction)
  const lfns = new Map(trace.files.map(({ id, lfn }) => [id, lfn]))
  const shown = new Set<string>()
  const twins = new Map<string, string>()
  // A stack instead of recursion: histories may be thousands of steps deep.
  const stack: {
    readonly branch: Branch
    readonly indent: string
    readonly mark: string
    readonly below: string
  }[] = [{ branch: { fileId: rootId, text: '' }, indent: '', mark: '', below: '' }]
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { fileId, text } = top.branch
    const next = branches.get(fileId) ?? []
    const isRepeated = shown.has(fileId) && next.length > 0 && !isFull
    shown.add(fileId)
    const name = lfns.get(fileId) ?? fileId
    // Files of one step come from the same files by the same program.
    const history = direction === 'descendants' || isFull || next.length === 0 ? '' : JSON.stringify(next)
    const twin = isRepeated || history === '' ? undefined : twins.get(history)
    if (history !== '' && twin === undefined) twins.set(history, name)
    const note = isRepeated ? '  (see above)' : twin === undefined ? '' : `  (made with ${twin})`
    yield `${top.indent}${top.mark}${name}${text}${note}`
    if (note !== '') continue
    const indent = top.indent + top.below
    for (const [index, branch] of [...next.entries()].reverse()) {
      const isLast = index === next.length - 1
      stack.push({ branch, indent, mark: isLast ? '`- ' : '|- ', below: isLast ? '   ' : '|  ' })
    }
  }
}

function branchesOf(
  { steps, derived }: FileTrace,
  direction: 'ancestors' | 'descendants',
): ReadonlyMap<string, readonly Branch[]> {
  const branches = new Map<string, Branch[]>()
  const add = (from: string, branch: Branch): void => {
    const list = branches.get(from)
    if (list === undefined) branches.set(from, [branch])
    else list.push(branch)
  }
  const isBack = direction === 'ancestors'
  for (const step of steps) {
    for (const from of isBack ? step.generated : step.used) {
      for (const fileId of isBack ? step.used : step.generated)
        add(from, { fileId, text: `  <- ${programText(step)}`.replace('<-', isBack ? '->' : '<-') })
    }
  }
  for (const { parentId, childId } of derived) {
    if (isBack) add(childId, { fileId: parentId, text: '  -> derived' })
    else add(parentId, { fileId: childId, text: '  <- derived' })
  }
  return branches
}

function programText({ invocation, jobId }: TraceStep): string {
  if (invocation === null) return jobId
  const { transformation, programVersion, programSha256 } = invocation
  const version = programVersion ?? programSha256?.slice(0, 8)
  return `${transformation}${version === undefined ? '' : ` ${version}`} (${jobId})`
}
