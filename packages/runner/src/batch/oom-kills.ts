import { readFileSync } from 'node:fs'

/**
 * Processes that the kernel killed in the control group of this process because the group was out of memory; `undefined`
 * where that cannot be seen. Control groups of version 1 (`memory.oom_control`) and 2 (`memory.events`).
 */
export function oomKills(): number | undefined {
  try {
    for (const line of readFileSync('/proc/self/cgroup', 'utf8').split('\n')) {
      const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
      if (path === undefined) continue
      if (controllers === '') return killsIn(`/sys/fs/cgroup${path}/memory.events`)
      if (controllers?.split(',').includes('memory') === true)
        return killsIn(`/sys/fs/cgroup/memory${path}/memory.oom_control`)
    }
  } catch {
    // A system without control groups, or with theirs elsewhere.
  }
  return undefined
}

function killsIn(path: string): number | undefined {
  const found = /^oom_kill (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1]
  return found === undefined ? undefined : Number(found)
}
