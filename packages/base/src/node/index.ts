export { atomicFile, type AtomicFileOptions, PARTIAL_MARK, writeFileAtomic } from './atomic-file.ts'
export { fileSource, type FileSourceOptions } from './file-source.ts'
