export { BUNDLED_FONT, readFont } from './read-font.ts'
