/** Cells of each half of the table of the kernel `levels`; both fit into a second-level cache. */
export const LEVEL_HALF = 65_536
