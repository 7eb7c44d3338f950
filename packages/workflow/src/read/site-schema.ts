import {
  DIRECTORY_TYPES,
  type Directory,
  type FileServer,
  GRID_JOB_TYPES,
  GRID_TYPES,
  type Grid,
  OPERATIONS,
  SCHEDULERS,
  type Site,
} from '../model/site-catalog.ts'
import { platformFields, profiles } from '../schema/common.ts'
import { list } from '../schema/list.ts'
import { flag, numeric, oneOf, text } from '../schema/scalar.ts'
import { mapped, type Schema } from '../schema/schema.ts'
import { optional, required, shape } from '../schema/shape.ts'
import { toPlatform } from './platform.ts'

const fileServer: Schema<FileServer> = mapped(
  shape(
    {
      url: required(text({ noun: 'a URL', pattern: /^\S+$/, allowed: 'a URL such as file:///scratch' })),
      operation: required(oneOf('operation', OPERATIONS)),
      profiles: optional(profiles),
    },
    { noun: 'a file server' },
  ),
  (fields): FileServer => ({ ...fields, profiles: fields.profiles ?? [] }),
)

const directory: Schema<Directory> = mapped(
  shape(
    {
      type: required(oneOf('directory type', DIRECTORY_TYPES)),
      path: optional(text({ noun: 'a path' })),
      sharedFileSystem: optional(flag()),
      freeSize: optional(text({ noun: 'a size' })),
      totalSize: optional(text({ noun: 'a size' })),
      fileServers: required(list(fileServer, 1)),
    },
    { noun: 'a directory' },
  ),
  (fields): Directory => ({ ...fields, sharedFileSystem: fields.sharedFileSystem ?? false }),
)

const grid: Schema<Grid> = mapped(
  shape(
    {
      type: required(oneOf('grid type', GRID_TYPES)),
      contact: required(text({ noun: 'a contact' })),
      scheduler: required(oneOf('scheduler', SCHEDULERS)),
      jobtype: optional(oneOf('job type of a grid', GRID_JOB_TYPES)),
      freeMem: optional(text({ noun: 'a size' })),
      totalMem: optional(text({ noun: 'a size' })),
      maxCount: optional(text({ noun: 'a count' })),
      maxCPUTime: optional(text({ noun: 'a time' })),
      runningJobs: optional(numeric('a number of jobs')),
      jobsInQueue: optional(numeric('a number of jobs')),
      idleNodes: optional(numeric('a number of nodes')),
      totalNodes: optional(numeric('a number of nodes')),
    },
    { noun: 'a grid' },
  ),
  ({ jobtype, maxCPUTime, ...fields }): Grid => ({
    ...fields,
    ...(jobtype === undefined ? {} : { jobType: jobtype }),
    ...(maxCPUTime === undefined ? {} : { maxCpuTime: maxCPUTime }),
  }),
)

/** One site. */
export const site: Schema<Site> = mapped(
  shape(
    {
      name: required(text({ noun: 'a site name' })),
      ...platformFields,
      directories: optional(list(directory)),
      grids: optional(list(grid)),
      profiles: optional(profiles),
    },
    { noun: 'a site' },
  ),
  (fields): Site => ({
    name: fields.name,
    ...toPlatform(fields),
    directories: fields.directories ?? [],
    grids: fields.grids ?? [],
    profiles: fields.profiles ?? [],
    extensions: fields.extensions,
  }),
)
