/** Keys of processes that are read, or whose loss is listed elsewhere. */
export const PROCESS_KEYS: ReadonlySet<string> = new Set([
  'class',
  'id',
  'cwlVersion',
  '$graph',
  'inputs',
  'outputs',
  'steps',
  'baseCommand',
  'arguments',
  'stdin',
  'stdout',
  'stderr',
  'requirements',
  'hints',
  'successCodes',
  'temporaryFailCodes',
  'permanentFailCodes',
])
/** Keys of steps that are read. */
export const STEP_KEYS: ReadonlySet<string> = new Set([
  'id',
  'in',
  'out',
  'run',
  'when',
  'scatter',
  'scatterMethod',
  'requirements',
  'hints',
])
