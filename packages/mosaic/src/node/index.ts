export { isInterruption, makeMosaic } from './make-mosaic.ts'
export { PRODUCT_NAMES } from './out-folder.ts'
export { planMosaic } from './plan-mosaic.ts'
export { type ScanOptions, scanImages } from './scan-images.ts'
