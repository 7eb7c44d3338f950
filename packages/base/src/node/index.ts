export {
  type AtomicFileOptions,
  atomicFile,
  type FileSink,
  isFileSink,
  PARTIAL_MARK,
  writeAllAt,
  writeFileAtomic,
} from './atomic-file.ts'
export { type FileSourceOptions, fileSource } from './file-source.ts'
export { type MountedFile, type MountedFiles, mountedFiles, mountFiles } from './mounted-files.ts'
export {
  type FileFacts,
  type FolderEntry,
  fileFacts,
  folderEntries,
  readFileText,
  writeFileText,
} from './read-files.ts'
