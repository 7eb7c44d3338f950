import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { lacksProgram, runPeer } from './peers.ts'

/** True when tests with Podman must be skipped: they need a runtime and a first process for containers, too. Never under `CI=true`. */
export function lacksPodman(): boolean {
  return lacksProgram('podman', 'crun', 'catatonit', 'busybox', 'unshare')
}

/** File below the folder of {@link podmanPlace} that says how Podman reaches registries. */
export const REGISTRIES_FILE = 'registries.conf'

/**
 * A Podman with a store of its own below a folder, of which nothing stays outside.
 *
 * @returns variables by which it is found and works on machines without systemd, without `CAP_SYS_RESOURCE`, and with control groups of
 * both versions at once
 */
export function podmanPlace(folder: string): Readonly<Record<string, string>> {
  const tools = join(folder, 'tools')
  mkdirSync(tools)
  const conf = join(folder, 'containers.conf')
  const storage = join(folder, 'storage.conf')
  writeFileSync(
    conf,
    `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
netns = "host"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
tmp_dir = "${join(folder, 'libpod')}"
`,
  )
  writeFileSync(
    storage,
    `[storage]\ndriver = "vfs"\ngraphroot = "${join(folder, 'graph')}"\nrunroot = "${join(folder, 'run')}"\n`,
  )
  writeFileSync(join(folder, REGISTRIES_FILE), '')
  const podman = runPeer('which', ['podman']).trim()
  writeFileSync(
    join(tools, 'podman'),
    `#!/bin/sh
export CONTAINERS_CONF='${conf}' CONTAINERS_STORAGE_CONF='${storage}'
export CONTAINERS_REGISTRIES_CONF='${join(folder, REGISTRIES_FILE)}'
[ -d /sys/fs/cgroup/unified ] || exec ${podman} "$@"
exec unshare --mount sh -c 'umount /sys/fs/cgroup/unified && exec ${podman} "$@"' podman "$@"
`,
    { mode: 0o755 },
  )
  return { PATH: `${tools}${delimiter}${process.env['PATH'] ?? ''}`, SKYLOOM_CONTAINER_TOOLS: tools }
}
