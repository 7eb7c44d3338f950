import { type JobLabel, workflowPicture } from '@skyloom/workflow'
import { type PictureFormat, renderPicture, writePicture } from '@skyloom/workflow/node'
import { counted } from '../terminal/count.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { type ReadFlags, readWorkflowFile } from './workflow-read.ts'

/** Flags of `skyloom workflow graph`. */
export interface GraphFlags extends ReadFlags {
  readonly output?: string
  readonly format?: PictureFormat
  readonly by: 'job' | 'transformation'
  readonly files?: boolean
  readonly label: JobLabel
  readonly overwrite?: boolean
}

/** `skyloom workflow graph` */
export async function workflowGraph(path: string, flags: GraphFlags): Promise<number> {
  const opened = await readWorkflowFile(path, flags)
  if (opened === undefined) return EXIT.failed
  const { by, label, files = false, output, format, overwrite } = flags
  const picture = workflowPicture(opened.workflow, { by, label, files })
  if (output === undefined) process.stdout.write(renderPicture(picture, format ?? 'dot'))
  else {
    await writePicture(picture, output, { format, overwrite })
    process.stdout.write(
      `${output}: ${counted(picture.nodes.length, 'node')}, ${counted(picture.graph.edgeCount, 'edge')}\n`,
    )
  }
  return EXIT.done
}
