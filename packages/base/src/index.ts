export { throwIfAborted } from './abort.ts'
export { type ByteSink, type MemorySink, memorySink } from './bytes/sink.ts'
export { type ByteSource, blobSource, memorySource, readExactly } from './bytes/source.ts'
export { type Clock, systemClock } from './clock.ts'
export {
  BaseError,
  type BaseErrorCode,
  type ErrorDetail,
  isSkyloomError,
  SkyloomError,
  shorten,
} from './errors.ts'
export { lazily } from './lazily.ts'
export { type ProgressEvent, type ProgressListener, type StageProgress, startStage } from './progress.ts'
