// Makes file operations fail: replaces the functions of node:fs that programs use by ones that count the calls on paths below a
// folder (and on what was opened there), in all threads of the process, and let one call fail before it does anything; only a file
// that is closed is closed before that fails. Loaded with `--import`, before any other module. Set by `globalThis.faultFs` or, for a
// process that does not know of it, by the environment: FAULT_FOLDER, FAULT_CALL (0: none), FAULT_CODE, and FAULT_REPORT, a file for
// the counts when the process ends. Worker threads share the counters.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { constants } from 'node:os'
import util from 'node:util'
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'

const KEY = 'skyloom-fault-fs'
const SETTING = 'skyloom-fault-fs-setting'
/** Calls so far, the call that fails (0: none), calls that failed. */
const counters = getEnvironmentData(KEY) ?? new Int32Array(new SharedArrayBuffer(12))
if (isMainThread) Atomics.store(counters, 1, Number(process.env.FAULT_CALL ?? 0))
setEnvironmentData(KEY, counters)

/** Folder whose files count, and the code of the failure; threads get those of the moment when they are started. */
const setting = getEnvironmentData(SETTING) ?? {
  folder: process.env.FAULT_FOLDER ?? '/nowhere',
  code: process.env.FAULT_CODE ?? 'EIO',
}
const handles = new WeakSet()
const descriptors = new Set()

function isWatched(target) {
  if (typeof target === 'number') return descriptors.has(target)
  const path = target instanceof URL ? target.pathname : String(target)
  return path.startsWith(setting.folder)
}

function fault(name, target) {
  const call = Atomics.add(counters, 0, 1) + 1
  if (call !== Atomics.load(counters, 1)) return
  Atomics.add(counters, 2, 1)
  const { code } = setting
  const errno = -constants.errno[code]
  const text = util.getSystemErrorMap().get(errno)?.[1]
  throw Object.assign(new Error(`${code}: ${text}, ${name} '${String(target)}'`), {
    code,
    errno,
    syscall: name,
  })
}

const PATHS = [
  'open',
  'readFile',
  'writeFile',
  'appendFile',
  'copyFile',
  'rename',
  'unlink',
  'rm',
  'mkdir',
  'mkdtemp',
  'readdir',
]
const MORE = [
  'stat',
  'lstat',
  'symlink',
  'link',
  'chmod',
  'truncate',
  'statfs',
  'realpath',
  'rmdir',
  'utimes',
  'access',
  'readlink',
]
for (const name of [...PATHS, ...MORE]) {
  const whole = fs.promises[name]
  fs.promises[name] = async (target, ...rest) => {
    // Links: where the new name is counts.
    const counted = ['symlink', 'link', 'copyFile', 'rename'].includes(name) ? rest[0] : target
    if (isWatched(counted)) fault(name, counted)
    const answer = await whole(target, ...rest)
    if (name === 'open' && isWatched(target)) watchHandle(answer)
    return answer
  }
  const sync = fs[`${name}Sync`]
  fs[`${name}Sync`] = Object.assign((target, ...rest) => {
    const counted = ['symlink', 'link', 'copyFile', 'rename'].includes(name) ? rest[0] : target
    if (isWatched(counted)) fault(`${name}Sync`, counted)
    const answer = sync(target, ...rest)
    if (name === 'open' && isWatched(target)) descriptors.add(answer)
    return answer
  }, sync)
}
// What cannot be looked at is not there, says Node.
const existsSync = fs.existsSync
fs.existsSync = (target) => {
  try {
    if (isWatched(target)) fault('existsSync', target)
  } catch {
    return false
  }
  return existsSync(target)
}
for (const name of ['readSync', 'writeSync', 'fsyncSync', 'fstatSync', 'ftruncateSync']) {
  const whole = fs[name]
  fs[name] = (fd, ...rest) => {
    if (descriptors.has(fd)) fault(name, `descriptor ${fd}`)
    return whole(fd, ...rest)
  }
}
const closeSync = fs.closeSync
fs.closeSync = (fd) => {
  closeSync(fd)
  if (descriptors.delete(fd)) fault('closeSync', `descriptor ${fd}`)
}

function watchHandle(handle) {
  if (handles.has(handle)) return
  handles.add(handle)
  for (const name of ['sync', 'datasync', 'read', 'write', 'readFile', 'writeFile', 'stat']) {
    const whole = handle[name].bind(handle)
    handle[name] = async (...rest) => {
      fault(`handle.${name}`, setting.folder)
      return await whole(...rest)
    }
  }
  const close = handle.close.bind(handle)
  handle.close = async () => {
    await close()
    fault('handle.close', setting.folder)
  }
}

syncBuiltinESMExports()

/** Sets the folder, the call that fails (0: none) and the code; begins to count anew. */
globalThis.faultFs = {
  arm(folder, call, code) {
    setting.folder = folder
    setting.code = code
    setEnvironmentData(SETTING, setting)
    Atomics.store(counters, 0, 0)
    Atomics.store(counters, 2, 0)
    Atomics.store(counters, 1, call)
  },
  calls: () => Atomics.load(counters, 0),
  failed: () => Atomics.load(counters, 2) > 0,
}

const report = process.env.FAULT_REPORT
const writeReport = fs.writeFileSync
if (report !== undefined && isMainThread)
  process.on('exit', () => {
    const { calls, failed } = globalThis.faultFs
    Atomics.store(counters, 1, 0)
    writeReport(report, JSON.stringify({ calls: calls(), failed: failed() }))
  })
