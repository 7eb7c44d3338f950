export { type AtomicFileOptions, atomicFile, PARTIAL_MARK, writeFileAtomic } from './atomic-file.ts'
export { type FileSourceOptions, fileSource } from './file-source.ts'
