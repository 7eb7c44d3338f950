export type { ArgumentLike, InputOptions, OutputOptions } from './abstract-job.ts'
export type { MetadataInput } from './annotations.ts'
export { Container, type ContainerOptions } from './container.ts'
export { File, type FileLike, type FileOptions } from './file.ts'
export { Job, type JobOptions } from './job.ts'
export type { PlannerArgs } from './planner-args.ts'
export type {
  CondorProfiles,
  DagmanProfiles,
  GlobusProfiles,
  PegasusProfiles,
  ProfilesInput,
  ProfileValue,
  SelectorProfiles,
} from './profiles.ts'
export { Properties } from './properties.ts'
export { ReplicaCatalog, type ReplicaOptions } from './replica-catalog.ts'
export {
  Directory,
  type DirectoryOptions,
  FileServer,
  Grid,
  type GridOptions,
  type PlatformOptions,
  Site,
  SiteCatalog,
  type SiteOptions,
} from './site-catalog.ts'
export { SubWorkflow, type SubWorkflowOptions } from './sub-workflow.ts'
export {
  Transformation,
  type TransformationOptions,
  TransformationSite,
  type TransformationSiteOptions,
} from './transformation.ts'
export { TransformationCatalog } from './transformation-catalog.ts'
export {
  type AnyJob,
  type BuildOptions,
  type DependencyInput,
  Workflow,
  type WorkflowFile,
  type WorkflowOptions,
  withDataDependencies,
} from './workflow.ts'
