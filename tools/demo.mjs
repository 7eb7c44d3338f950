// Makes the demo's mosaic: ten 2MASS images of the Orion Nebula from demo/images into demo/out.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'

const out = 'demo/out'
rmSync(out, { recursive: true, force: true })
const skyloom = 'packages/cli/bin/skyloom.js'
const { status } = spawnSync(
  process.execPath,
  [skyloom, 'mosaic', 'make', '--images', 'demo/images', '--out', out],
  {
    stdio: 'inherit',
  },
)
process.exitCode = status ?? 1
