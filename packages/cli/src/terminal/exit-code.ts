/** Exit codes of every command. */
export const EXIT = {
  done: 0,
  failed: 1,
  wrongUse: 2,
  partlyDone: 3,
  refused: 4,
  interrupted: 130,
} as const
