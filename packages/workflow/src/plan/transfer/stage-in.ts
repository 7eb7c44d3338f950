import { nearMiss } from '../../problem/near-miss.ts'
import { unitName } from '../context.ts'
import { ACTION } from '../node-graph.ts'
import type { KnownFile } from '../replica-index.ts'
import { type PlanSite } from '../site-index.ts'
import { USE } from '../task-table.ts'
import { isCompanion, UNIT } from '../unit-table.ts'
import { asUrl } from '../url.ts'
import { transferNodeCount } from './capacity.ts'
import { TransferDealer } from './dealer.ts'
import { knownFile } from './known-file.ts'
import { directReplicas, isRemoteStageIn, runsLocally } from './place.ts'
import { rankReplicas } from './rank-replicas.ts'
import { ARRIVAL, broughtTo, linkOnce, sortUses, type TransferState } from './transfer-state.ts'
import { configurationOf, scratchUrl } from './urls.ts'

/** Near misses are looked for among so many names, for so many files. */
const MAX_COMPARED_NAMES = 10_000
const MAX_NEAR_MISSES = 20

/** Makes stage-in nodes for files that come from outside, and chmod nodes for staged executables (sharedfs). */
export class StageIn {
  readonly #state: TransferState
  readonly #dealer: TransferDealer
  /** Per site number: chmod node of a staged executable. */
  readonly #chmodOf = new Map<number, Map<number, number>>()
  #unit = 0
  #missingCount = 0

  constructor(state: TransferState) {
    this.#state = state
    const { context, builder, unitsOnLevel } = state
    this.#dealer = new TransferDealer(
      (_site, isRemote) => {
        const level = context.units.level[this.#unit]!
        return transferNodeCount(context, 'stagein', isRemote, this.#unit, unitsOnLevel[level]!)
      },
      (site, isRemote, level, number) => {
        const at = isRemote ? site : context.sites.local.index
        return builder.addNode('stage_in', { site: at, dirSite: site, level, number, unit: -1, isRemote })
      },
    )
  }

  /** Sees that every input of a unit that no other unit of the plan writes gets to its staging site. */
  add(unit: number): void {
    this.#unit = unit
    const { units } = this.#state.context
    if (units.kind[unit] === UNIT.subDag) return
    const { start, file } = units.inputs
    const outside: number[] = []
    const end = start[unit + 1]!
    for (let i = start[unit]!; i < end; i++) {
      const producer = units.producer[file[i]!]!
      if (producer < 0 || producer === unit) outside.push(i)
    }
    sortUses(outside, file, end - start[unit]!, this.#state.fileHashes)
    const fresh: number[] = []
    for (const i of outside) this.#bring(unit, i, file[i]!, fresh)
    if (fresh.length > 0) this.#addChmod(unit, fresh)
  }

  #bring(unit: number, place: number, file: number, freshExecutables: number[]): void {
    const { context, arrival } = this.#state
    const { units, sites } = context
    const lfn = units.files.lfns[file] ?? ''
    const flags = units.inputs.flags[place]!
    const staging = sites.at(units.stagingOf[unit]!)
    const brought = broughtTo(this.#state, staging.index)
    if (this.#isOwnDescription(unit, lfn)) {
      arrival[place] = ARRIVAL.direct
      return
    }
    if (brought[file]! >= 0 && !this.#goesDirect(unit, flags, lfn, file)) {
      linkOnce(this.#state, brought[file]!, unit)
      this.#linkChmod(unit, flags, staging, file)
      return
    }
    const known = knownFile(this.#state.context, file)
    if (known === undefined) {
      arrival[place] = ARRIVAL.absent
      if ((flags & (USE.optional | USE.checkpoint)) === 0) this.#reportMissing(unit, lfn)
      return
    }
    if (this.#goesDirect(unit, flags, lfn, file)) {
      arrival[place] = ARRIVAL.direct
      return
    }
    const replicas = rankReplicas(
      known.locations,
      { runsLocally: runsLocally(staging, 'stagein'), destination: staging },
      sites,
      context.settings,
    )
    if (replicas.length === 0) {
      this.#reportUnusable(unit, lfn, known, staging)
      return
    }
    const target = scratchUrl(context, staging, lfn, 'put', configurationOf(context, unit))
    if (replicas.some((replica) => replica.url === target)) {
      arrival[place] = ARRIVAL.inPlace
      return
    }
    const isLinked = context.settings.usesLinks && replicas[0]?.site === staging.name
    const isRemote = isLinked || isRemoteStageIn(known.locations, staging)
    const node = this.#dealer.deal(units.level[unit]!, staging.index, isRemote)
    this.#state.builder.addEntry(node, ACTION.stageIn, file, -1, staging.index)
    brought[file] = node
    linkOnce(this.#state, node, unit)
    if (isCompanion(flags) && (flags & USE.executable) !== 0) freshExecutables.push(file)
  }

  /** The file of a sub-workflow is read where it lies. */
  #isOwnDescription(unit: number, lfn: string): boolean {
    const { units, tasks } = this.#state.context
    if (units.kind[unit] !== UNIT.subWorkflow) return false
    const job = tasks.jobs[units.tasks[units.taskStart[unit]!]!]
    return job?.type === 'pegasusWorkflow' && job.file === lfn
  }

  #goesDirect(unit: number, flags: number, lfn: string, file: number): boolean {
    const { context } = this.#state
    const configuration = configurationOf(context, unit)
    const isAsked =
      context.settings.bypassesStaging || (flags & USE.bypass) !== 0 || configuration === 'memory'
    if (!isAsked || context.units.kind[unit] !== UNIT.compute) return false
    const known = knownFile(this.#state.context, file)
    const execution = context.sites.at(context.units.siteOf[unit]!)
    return known !== undefined && directReplicas(lfn, known.locations, configuration, execution).length > 0
  }

  #linkChmod(unit: number, flags: number, staging: PlanSite, file: number): void {
    if ((flags & USE.executable) === 0 || !this.#needsChmod(unit)) return
    const chmod = this.#chmodOf.get(staging.index)?.get(file)
    if (chmod !== undefined) linkOnce(this.#state, chmod, unit)
  }

  /** Wrapped jobs set the mode of their executables themselves. */
  #needsChmod(unit: number): boolean {
    return configurationOf(this.#state.context, unit) === 'sharedfs'
  }

  #addChmod(unit: number, executables: readonly number[]): void {
    if (!this.#needsChmod(unit)) return
    const { builder, context } = this.#state
    const staging = context.units.stagingOf[unit]!
    const node = builder.addNode('chmod', {
      site: staging,
      dirSite: staging,
      level: -1,
      number: 0,
      unit,
      isRemote: false,
    })
    const brought = broughtTo(this.#state, staging)
    const ofSite = this.#chmodOf.get(staging) ?? new Map<number, number>()
    this.#chmodOf.set(staging, ofSite)
    for (const file of executables) {
      builder.addEntry(node, ACTION.chmod, file, -1, staging)
      builder.addEdge(brought[file]!, node)
      ofSite.set(file, node)
    }
    linkOnce(this.#state, node, unit)
  }

  #reportMissing(unit: number, lfn: string): void {
    const { problems, replicas } = this.#state.context
    const near =
      ++this.#missingCount <= MAX_NEAR_MISSES
        ? nearMiss(lfn, replicas.literalNames(MAX_COMPARED_NAMES))
        : undefined
    problems.error('NO_REPLICA', `no location is known for the input file ${lfn}`, {
      where: `job ${this.#readers(unit, lfn)}`,
      found: lfn,
      remedy:
        near === undefined
          ? 'add it to a replica catalog, or let a job of the workflow write it'
          : `did you mean ${near}`,
    })
  }

  #reportUnusable(unit: number, lfn: string, known: KnownFile, staging: PlanSite): void {
    const { problems } = this.#state.context
    problems.error(
      'NO_REPLICA',
      `no location of the input file ${lfn} can be reached from site ${staging.name}`,
      {
        where: `job ${this.#readers(unit, lfn)}`,
        found: known.locations.map(({ site, pfn }) => `${asUrl(pfn)} at ${site}`).join(', '),
        allowed: 'a URL with a network protocol, or a file of a site that the transfer sees',
        remedy: 'correct the site of the location, or add another location',
      },
    )
  }

  /** Ids of the jobs of a unit that read the file. */
  #readers(unit: number, lfn: string): string {
    const { units, tasks } = this.#state.context
    const ids: string[] = []
    for (let k = units.taskStart[unit]!; k < units.taskStart[unit + 1]!; k++) {
      const job = tasks.jobs[units.tasks[k]!]
      if (job?.uses.some((use) => use.lfn === lfn) === true) ids.push(job.id)
    }
    return ids.length === 0 ? unitName(this.#state.context, unit) : ids.slice(0, 5).join(', ')
  }
}
