// Removes everything a build makes: dist folders and the demo's output.
import { readdirSync, rmSync } from 'node:fs'

for (const name of readdirSync('packages')) rmSync(`packages/${name}/dist`, { recursive: true, force: true })
rmSync('demo/out', { recursive: true, force: true })
