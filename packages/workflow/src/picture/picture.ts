import type { Digraph } from '../graph/digraph.ts'

/** What a node of a picture stands for; decides its shape. */
export type PictureNodeKind = 'job' | 'sub-workflow' | 'file' | 'group' | 'file-group'

/** A node of a picture. */
export interface PictureNode {
  /** Unique in the picture: job id, file name, group name. */
  readonly id: string
  /** Text in the node. */
  readonly label: string
  readonly kind: PictureNodeKind
  /** Index into {@link Picture.classes}; nodes of one class have one colour. */
  readonly classNumber: number
  /** Jobs or files that it stands for. */
  readonly count: number
}

/** A graph ready to be drawn: node `i` of `graph` is `nodes[i]`. */
export interface Picture {
  readonly title: string
  readonly nodes: readonly PictureNode[]
  readonly graph: Digraph
  /** Names of the classes, for the legend: transformations, and kinds of other nodes. */
  readonly classes: readonly string[]
}
