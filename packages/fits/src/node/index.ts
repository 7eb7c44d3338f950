export { type OpenFitsFileOptions, openFitsFile } from './open-fits-file.ts'
