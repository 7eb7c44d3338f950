import { ACTION } from '../node-graph.ts'
import { FATE } from '../reuse.ts'
import { USE } from '../task-table.ts'
import { asUrl } from '../url.ts'
import { transferNodeCount } from './capacity.ts'
import { TransferDealer } from './dealer.ts'
import { outputSitesOf } from './output-sites.ts'
import { runsLocally } from './place.ts'
import { sortUses, type TransferState } from './transfer-state.ts'
import { configurationOf, scratchUrl, storageUrl } from './urls.ts'

/** Level in the names of nodes that stage out files of jobs that are not run; the reference's number. */
export const REUSED_LEVEL = 1000
/** Most nodes that stage out files of jobs that are not run. */
const REUSED_NODES = 10

/** Makes stage-out nodes and, for files that are to be registered, registration nodes behind them. */
export class StageOut {
  readonly #state: TransferState
  readonly #dealer: TransferDealer
  /** Staging site and number of each stage-out node; its registration node has the same. */
  readonly #dealt = new Map<number, { readonly site: number; readonly number: number }>()
  readonly #registrationOf = new Map<number, number>()
  #unit = -1

  constructor(state: TransferState) {
    this.#state = state
    const { context, builder, unitsOnLevel } = state
    this.#dealer = new TransferDealer(
      (_site, isRemote) => {
        if (this.#unit < 0) return REUSED_NODES
        const level = context.units.level[this.#unit]!
        return transferNodeCount(context, 'stageout', isRemote, this.#unit, unitsOnLevel[level]!)
      },
      (site, isRemote, level, number) => {
        const at = isRemote ? site : context.sites.local.index
        const node = builder.addNode('stage_out', {
          site: at,
          dirSite: site,
          level,
          number,
          unit: -1,
          isRemote,
        })
        this.#dealt.set(node, { site, number })
        return node
      },
    )
  }

  /** Brings the outputs of a unit that are wanted to the output sites. */
  add(unit: number): void {
    this.#unit = unit
    const { units, sites } = this.#state.context
    const staging = sites.at(units.stagingOf[unit]!)
    const isRemote = !runsLocally(staging, 'stageout')
    const { start, file, flags } = units.outputs
    const wanted: number[] = []
    const end = start[unit + 1]!
    for (let i = start[unit]!; i < end; i++) if ((flags[i]! & USE.stageOut) !== 0) wanted.push(i)
    sortUses(wanted, file, end - start[unit]!, this.#state.fileHashes)
    for (const i of wanted) this.#stageOut(unit, file[i]!, flags[i]!, staging.index, isRemote)
  }

  #stageOut(unit: number, file: number, flags: number, staging: number, isRemote: boolean): void {
    const { context, builder, edgeMarks } = this.#state
    const targets = this.#targets(unit, file, staging)
    if (targets.length === 0) return
    const node = this.#dealer.deal(context.units.level[unit]!, staging, isRemote)
    for (const target of targets) builder.addEntry(node, ACTION.stageOut, file, staging, target)
    if (edgeMarks[node] !== unit) {
      edgeMarks[node] = unit
      builder.addEdge(unit, node)
    }
    this.#register(node, file, flags, targets, context.units.level[unit]!)
  }

  /** Output sites whose place of the file is not its place in scratch. */
  #targets(unit: number, file: number, staging: number): readonly number[] {
    const { context } = this.#state
    const lfn = context.units.files.lfns[file] ?? ''
    const source = scratchUrl(context, context.sites.at(staging), lfn, 'get', configurationOf(context, unit))
    return outputSitesOf(context, lfn)
      .filter((site) => storageUrl(context, site, file, 'put') !== source)
      .map((site) => site.index)
  }

  #register(node: number, file: number, flags: number, targets: readonly number[], level: number): void {
    const { context, builder } = this.#state
    if (!context.settings.registers || (flags & USE.register) === 0) return
    let registration = this.#registrationOf.get(node)
    if (registration === undefined) {
      const { site, number } = this.#dealt.get(node) ?? { site: 0, number: 0 }
      const at = context.sites.local.index
      registration = builder.addNode('registration', {
        site: at,
        dirSite: site,
        level,
        number,
        unit: -1,
        isRemote: false,
      })
      this.#registrationOf.set(node, registration)
      builder.addEdge(node, registration)
    }
    for (const target of targets) builder.addEntry(registration, ACTION.register, file, -1, target)
  }

  /** Brings wanted outputs of jobs that are not run from their replicas to the output sites. */
  addReused(): void {
    this.#unit = -1
    const { context, builder } = this.#state
    const { tasks, reuse, replicas, sites } = context
    for (let task = 0; task < tasks.taskCount; task++) {
      if (reuse.fate[task] === FATE.kept) continue
      const end = tasks.outputs.start[task + 1]!
      for (let i = tasks.outputs.start[task]!; i < end; i++) {
        const flags = tasks.outputs.flags[i]!
        if ((flags & USE.stageOut) === 0) continue
        const file = tasks.outputs.file[i]!
        const known = replicas.find(tasks.lfns[file] ?? '')
        if (known === undefined) continue
        const urls = new Set(known.locations.map(({ pfn }) => asUrl(pfn)))
        const targets = outputSitesOf(context, tasks.lfns[file] ?? '')
          .filter((site) => !urls.has(storageUrl(context, site, file, 'put')))
          .map((site) => site.index)
        if (targets.length === 0) continue
        const node = this.#dealer.deal(REUSED_LEVEL, sites.local.index, false)
        for (const target of targets) builder.addEntry(node, ACTION.stageOut, file, -1, target)
        this.#register(node, file, flags, targets, REUSED_LEVEL)
      }
    }
  }
}
