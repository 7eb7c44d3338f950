// One coadd by the library, as a process of its own: options as JSON, the summary to standard output.
import { makeMosaic } from '@skyloom/mosaic/node'

const summary = await makeMosaic({ ...JSON.parse(process.argv[2]), overwrite: true })
process.stdout.write(JSON.stringify(summary))
