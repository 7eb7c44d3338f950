export { nodeDeflateTile } from './deflate-tile.ts'
export { type OpenFitsFileOptions, openFitsFile } from './open-fits-file.ts'
