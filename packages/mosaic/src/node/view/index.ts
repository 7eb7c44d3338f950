export { BUNDLED_FONT, readFont } from './read-font.ts'
export { writeJpeg } from './write-jpeg.ts'
