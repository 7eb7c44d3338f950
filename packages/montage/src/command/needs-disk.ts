/** Modules that make folders of their own, or fill them from an archive. */
const FOLDER_MODULES: ReadonlySet<string> = new Set([
  'mArchiveGet',
  'mHiPSAllSky',
  'mHiPSPNGs',
  'mHiPSSetup',
  'mHiPSTiles',
])

/**
 * True for modules that work through whole folders, in threads of their own or by other programs: they find files where the file system has
 * them. All others read and write with what `@skyloom/base/node` exports, so that their files may be in memory.
 */
export function needsDisk(name: string): boolean {
  return /(?:Exec|Scripts)$/.test(name) || FOLDER_MODULES.has(name)
}
