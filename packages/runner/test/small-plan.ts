import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Container,
  imageFolder,
  type PlanHeadLine,
  type PlanJobLine,
  type PlanTask,
} from '@skyloom/workflow'

/** What is said of a job; the rest is filled in. */
export type SmallJob = Partial<Omit<PlanJobLine, 'tasks' | 'number'>> & {
  /** Program and arguments, or the name of a function. */
  readonly run?: readonly string[] | string
  readonly stdout?: string
  /** In which `run` runs. */
  readonly container?: Container
  /** Files below `scratch/` of the run directory. */
  readonly reads?: readonly string[]
  readonly writes?: readonly string[]
  readonly environment?: readonly (readonly [string, string])[]
  readonly hooks?: PlanTask['hooks']
}

/** The image of a container as the planner puts it among the inputs. */
function imageInputs(container: Container | undefined): readonly object[] {
  if (container === undefined || imageFolder(container) !== undefined) return []
  const { name, image, type, checksum } = container
  return [
    {
      lfn: name,
      from: 'replica',
      sources: [{ site: 'local', url: image, priority: 0 }],
      path: name,
      isOptional: false,
      isExecutable: false,
      containerType: type,
      sha256: checksum?.sha256,
    },
  ]
}

/** Writes a plan of single jobs; children are given by number. @returns the directory of the run */
export function smallPlan(
  runDir: string,
  jobs: readonly SmallJob[],
  throttles: readonly (readonly [string, number])[] = [],
  hooks: PlanHeadLine['hooks'] = [],
): string {
  mkdirSync(runDir, { recursive: true })
  const url = (lfn: string): string => `file://${join(runDir, 'scratch', lfn)}`
  const lines: object[] = jobs.map(
    (
      { run, stdout, container, reads = [], writes = [], environment = [], hooks = [], ...given },
      number,
    ) => ({
      type: 'job',
      number,
      name: `job_${number}`,
      kind: 'compute',
      site: 'local',
      level: 1,
      priority: 0,
      retries: 0,
      tasks:
        run === undefined
          ? []
          : [
              {
                id: `ID${number}`,
                type: 'job',
                transformation: typeof run === 'string' ? run : 'program',
                executable:
                  typeof run === 'string'
                    ? { type: 'function', name: run }
                    : { type: 'installed', path: run[0] ?? '', container },
                arguments: typeof run === 'string' ? [] : run.slice(1).map((word) => `'${word}'`),
                ...(stdout === undefined ? {} : { stdout }),
                hooks,
                metadata: [],
                environment,
              },
            ],
      inputs: [
        ...reads.map((lfn) => ({
          lfn,
          from: 'staging',
          sources: [{ site: 'local', url: url(lfn), priority: 0 }],
          path: lfn,
          isOptional: false,
          isExecutable: false,
        })),
        ...imageInputs(container),
      ],
      outputs: writes.map((lfn) => ({
        lfn,
        target: { site: 'local', url: url(lfn) },
        path: lfn,
        isStagedOut: false,
        isCheckpoint: false,
        deliverTo: [],
      })),
      transfers: [],
      registrations: [],
      removals: [],
      directories: [],
      modes: [],
      profiles: [],
      children: [],
      ...given,
    }),
  )
  const head = {
    type: 'plan',
    version: 1,
    workflow: 'small',
    basename: 'small-0',
    dataConfiguration: 'sharedfs',
    relativeDir: 'small',
    jobs: jobs.length,
    edges: 0,
    tasks: jobs.length,
    throttles,
    warnings: [],
    hooks,
  }
  const all = [head, ...lines, { type: 'end', jobs: jobs.length, edges: 0 }]
  writeFileSync(join(runDir, 'plan.jsonl'), all.map((line) => `${JSON.stringify(line)}\n`).join(''))
  writeFileSync(join(runDir, 'request.json'), JSON.stringify({ workflowId: randomUUID() }))
  return runDir
}
