export { nodeDeflateTile } from './deflate-tile.ts'
export { type EditHeaderOptions, type EditHeaderResult, editHeader } from './edit-header.ts'
export { type OpenFitsFileOptions, openFitsFile, openFitsSource } from './open-fits-file.ts'
export { type HduHeader, type HeaderScan, type ScanHeadersOptions, scanHeaders } from './scan-headers.ts'
