import { filePathOf } from '../files/file-url.ts'

/** Where the file is that a job made, for records: its path, the URL of a far place, or `memory:` and its logical name. */
export function productPath(lfn: string, url: string | undefined): string {
  return url === undefined ? `memory:${lfn}` : (filePathOf(url) ?? url)
}
