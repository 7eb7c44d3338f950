import { type FileUse, LINK_TYPES, type LinkType } from '../../model/file-use.ts'
import type { Job } from '../../model/job.ts'
import type { MetadataEntry } from '../../model/metadata.ts'
import type { ProblemCollector } from '../../problem/collector.ts'
import type { LossList } from '../imported.ts'
import { DaxCommon } from './common.ts'
import type { XmlElement } from './xml-events.ts'

interface OpenJob {
  readonly element: XmlElement
  readonly id: string
  readonly common: DaxCommon
  readonly args: string[]
  readonly uses: Map<string, FileUse>
  readonly slots: Map<'stdin' | 'stdout' | 'stderr', string>
  useMetadata: MetadataEntry[]
}

/** The jobs of a DAX file. */
export class DaxJobs {
  readonly jobs: Job[] = []
  readonly #problems: ProblemCollector
  readonly #losses: LossList
  readonly #ids = new Set<string>()
  #open: OpenJob | undefined

  constructor(problems: ProblemCollector, losses: LossList) {
    this.#problems = problems
    this.#losses = losses
  }

  open(element: XmlElement): void {
    const id = element.attributes.get('id') ?? ''
    if (!/^[-0-9A-Za-z_]+$/.test(id)) this.#report('BAD_VALUE', element, 'this is not a job id', id)
    if (this.#ids.has(id)) this.#report('DUPLICATE', element, 'the job id is taken', id)
    this.#ids.add(id)
    const common = new DaxCommon(`job ${id}`)
    this.#open = { element, id, common, args: [], uses: new Map(), slots: new Map(), useMetadata: [] }
  }

  /** An element inside the open job was closed. */
  inner(element: XmlElement, text: string): void {
    const job = this.#open
    if (job === undefined || job.common.take(element, text, this.#problems)) return
    switch (element.name) {
      case 'argument':
        job.args.push(...text.split(/\s+/).filter((word) => word !== ''))
        break
      case 'stdin':
      case 'stdout':
      case 'stderr':
        this.#slot(job, element, element.name)
        break
      case 'uses':
        this.#use(job, element)
        break
      default:
        this.#losses.add(`element ${element.name} of a job`, `job ${job.id}`)
    }
  }

  /** An element inside a use was closed. */
  inUse(element: XmlElement, text: string): void {
    const key = element.attributes.get('key')
    if (element.name === 'metadata' && key !== undefined) this.#open?.useMetadata.push({ key, value: text })
    else this.#losses.add(`element ${element.name} of a use`, `job ${this.#open?.id ?? ''}`)
  }

  close(): void {
    const job = this.#open
    this.#open = undefined
    if (job === undefined) return
    const { attributes } = job.element
    this.#noteAttributes(job)
    const isCompute = job.element.name === 'job'
    const title = attributes.get(isCompute ? 'name' : 'file')
    if (title === undefined) {
      this.#report(
        'MISSING_KEY',
        job.element,
        `the element needs the attribute ${isCompute ? 'name' : 'file'}`,
        'nothing',
      )
      return
    }
    const nodeLabel = attributes.get('node-label')
    const common = {
      id: job.id,
      ...(nodeLabel === undefined ? {} : { nodeLabel }),
      arguments: job.args,
      ...Object.fromEntries(job.slots),
      uses: this.#allUses(job, isCompute ? undefined : title),
      profiles: job.common.profiles,
      hooks: job.common.hooks,
      metadata: job.common.metadata,
      extensions: [],
    }
    if (!isCompute) {
      this.jobs.push({
        type: job.element.name === 'dax' ? 'pegasusWorkflow' : 'condorWorkflow',
        file: title,
        ...common,
      })
      return
    }
    const namespace = attributes.get('namespace')
    const version = attributes.get('version')
    this.jobs.push({
      type: 'job',
      name: title,
      ...(namespace === undefined || namespace === '' ? {} : { namespace }),
      ...(version === undefined || version === '' ? {} : { version }),
      ...common,
    })
  }

  #allUses(job: OpenJob, file: string | undefined): readonly FileUse[] {
    const uses = [...job.uses.values()]
    if (file !== undefined && !job.uses.has(file)) uses.push({ lfn: file, type: 'input' })
    for (const [slot, lfn] of job.slots) {
      if (!job.uses.has(lfn)) uses.push({ lfn, type: slot === 'stdin' ? 'input' : 'output' })
    }
    return uses
  }

  #slot(job: OpenJob, element: XmlElement, slot: 'stdin' | 'stdout' | 'stderr'): void {
    const lfn = element.attributes.get('name') ?? element.attributes.get('file')
    if (lfn === undefined)
      this.#report('MISSING_KEY', element, `the element ${slot} needs the attribute name`, 'nothing')
    else job.slots.set(slot, lfn)
  }

  #use(job: OpenJob, element: XmlElement): void {
    const { attributes } = element
    const lfn = attributes.get('name') ?? attributes.get('file')
    const metadata = job.useMetadata
    job.useMetadata = []
    if (lfn === undefined) {
      this.#report('MISSING_KEY', element, 'a use needs the attribute name', 'nothing')
      return
    }
    const type = this.#linkType(element)
    if (type === undefined) return
    const flags = useFlags(attributes, type)
    const size = attributes.get('size')
    const namespace = attributes.get('namespace')
    const version = attributes.get('version')
    for (const [key, value] of attributes) {
      if (!USE_ATTRIBUTES.has(key)) this.#losses.add(`attribute ${key}="${value}" of a use`, `job ${job.id}`)
    }
    const before = job.uses.get(lfn)
    const isBoth = before !== undefined && before.type !== type
    job.uses.set(lfn, {
      lfn,
      type: isBoth ? 'inout' : type,
      ...flags,
      ...(size !== undefined && /^\d{1,15}$/.test(size) ? { sizeBytes: Number(size) } : {}),
      ...(namespace === undefined || namespace === '' ? {} : { namespace }),
      ...(version === undefined || version === '' ? {} : { version }),
      ...(attributes.get('executable') === 'true' ? { executable: true } : {}),
      ...(metadata.length === 0 ? {} : { metadata }),
    })
  }

  #linkType(element: XmlElement): LinkType | undefined {
    const found = element.attributes.get('link') ?? 'none'
    const type = LINK_TYPES.find((known) => known === found.toLowerCase())
    if (type === undefined) {
      const facts = { path: 'uses', offset: element.offset, found }
      this.#problems.addUnknown('UNKNOWN_VALUE', 'unknown link type', facts, LINK_TYPES)
    }
    return type
  }

  #noteAttributes(job: OpenJob): void {
    for (const [key, value] of job.element.attributes) {
      if (!JOB_ATTRIBUTES.has(key)) this.#losses.add(`attribute ${key} of a job`, `job ${job.id}: ${value}`)
    }
  }

  #report(
    code: 'BAD_VALUE' | 'DUPLICATE' | 'MISSING_KEY',
    element: XmlElement,
    message: string,
    found: string,
  ): void {
    this.#problems.add(code, message, { path: element.name, offset: element.offset, found })
  }
}

/** `level` follows from the dependencies. */
const JOB_ATTRIBUTES = new Set(['id', 'namespace', 'name', 'version', 'node-label', 'file', 'level'])

const USE_ATTRIBUTES = new Set([
  'name',
  'file',
  'link',
  'register',
  'transfer',
  'optional',
  'executable',
  'size',
  'namespace',
  'version',
  'dontRegister',
  'dontTransfer',
])

/** The flags of a use; `dontRegister` and `dontTransfer` are the old opposites. */
function useFlags(attributes: ReadonlyMap<string, string>, type: LinkType): Partial<FileUse> {
  const yes = (key: string, opposite: string): boolean | undefined => {
    const value = attributes.get(key)
    const not = attributes.get(opposite)
    if (value !== undefined) return value === 'true' || value === 'optional'
    return not === undefined ? undefined : not !== 'true'
  }
  const stageOut = yes('transfer', 'dontTransfer')
  const registerReplica = yes('register', 'dontRegister')
  const isWritten = type === 'output' || type === 'inout' || type === 'checkpoint'
  return {
    ...(isWritten && stageOut !== undefined ? { stageOut } : {}),
    ...(isWritten && registerReplica !== undefined ? { registerReplica } : {}),
    ...(attributes.get('optional') === 'true' || (!isWritten && attributes.get('transfer') === 'optional')
      ? { optional: true }
      : {}),
  }
}
