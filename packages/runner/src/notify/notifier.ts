import { randomUUID } from 'node:crypto'
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { RunProgress } from '../engine/run-options.ts'
import type { RunEvent } from '../machine/run-event.ts'
import { withRetries } from '../transfer/retry.ts'
import { type Channel, NoticeFault } from './channel.ts'
import { mailChannel } from './mail.ts'
import { isWanted, type Notice, type NoticeMessage, type NoticeTopic, noticeOf } from './notice.ts'
import type { NotifySettings } from './notify-settings.ts'
import { webHook } from './web-hook.ts'

/** Where and of what a notifier tells. */
export interface NotifierPlace {
  readonly runId: string
  readonly runDir: string
  /** Wait before the second try, doubled each time. Default 1 s. */
  readonly waitMs?: number | undefined
  /** An engine that ends waits so long for messages on their way. Default 10 s. */
  readonly closeMs?: number | undefined
}

/** Folder in the directory of a run with messages that are not delivered. */
const OUTBOX = 'notify'
/** Notices of one message. */
const MAX_NOTICES = 200
/** Notices that wait for a channel; with more, the oldest of jobs are left out and counted. */
const MAX_WAITING = 10_000
const MAX_TRIES = 5

interface Line {
  readonly channel: Channel
  readonly topics: readonly NoticeTopic[]
  readonly key: string
  waiting: Notice[]
  omitted: number
  timer: NodeJS.Timeout | undefined
  /** Messages go one after the other. */
  tail: Promise<void>
}

/**
 * Tells people and programs what happens in a run. Nothing waits for it and nothing fails by it: what could not be delivered is
 * in `logs/notify.log` of the run. A message is a file from its making to its delivery, so that the next engine of the run
 * sends what an engine that died left; it may then come twice, with the same id.
 */
export class Notifier {
  readonly #place: NotifierPlace
  readonly #outbox: string
  readonly #lines: readonly Line[]
  readonly #abort = new AbortController()
  #workflow = ''

  constructor(settings: NotifySettings, place: NotifierPlace) {
    this.#place = place
    this.#outbox = join(place.runDir, OUTBOX)
    const line = (channel: Channel, topics: readonly NoticeTopic[], key: string): Line => ({
      channel,
      topics,
      key,
      waiting: [],
      omitted: 0,
      timer: undefined,
      tail: Promise.resolve(),
    })
    this.#lines = [
      ...settings.mail.map((one, at) => line(mailChannel(one), one.on, `mail${at}`)),
      ...settings.webhooks.map((one, at) => line(webHook(one), one.on, `hook${at}`)),
    ]
    this.#sendLeft()
  }

  /** Takes note of events of the run. */
  take(events: readonly RunEvent[], { plan, count }: RunProgress): void {
    this.#workflow = plan.head.workflow
    const counts = (): NonNullable<Notice['counts']> => ({
      succeeded: count('succeeded'),
      failed: count('failed'),
      held: count('held'),
      canceled: count('canceled'),
      total: plan.jobCount,
    })
    for (const event of events) {
      const notice = noticeOf(event, plan, counts)
      if (notice === undefined) continue
      for (const line of this.#lines) if (isWanted(line.topics, notice.event)) this.#queue(line, notice)
    }
  }

  /** Sends what waits, and waits a while for it. */
  async close(): Promise<void> {
    for (const line of this.#lines) this.#flush(line)
    const timer = setTimeout(() => this.#abort.abort(), this.#place.closeMs ?? 10_000)
    await Promise.all(this.#lines.map(async ({ tail }) => await tail))
    clearTimeout(timer)
  }

  #queue(line: Line, notice: Notice): void {
    line.waiting.push(notice)
    if (line.waiting.length > MAX_WAITING) {
      const oldest = line.waiting.findIndex(({ job }) => job !== undefined)
      line.waiting.splice(Math.max(oldest, 0), 1)
      line.omitted++
    }
    if (notice.job === undefined) this.#flush(line)
    else
      line.timer ??= setTimeout(() => {
        line.timer = undefined
        this.#flush(line)
      }, line.channel.gatherMs)
  }

  #flush(line: Line): void {
    clearTimeout(line.timer)
    line.timer = undefined
    while (line.waiting.length > 0) {
      const notices = line.waiting.splice(0, MAX_NOTICES)
      const { runId: run, runDir: directory } = this.#place
      const workflow = this.#workflow
      const message = {
        id: randomUUID(),
        run,
        workflow,
        directory,
        host: hostname(),
        notices,
        omitted: line.omitted,
      }
      line.omitted = 0
      this.#post(line, message, this.#keep(line, message))
    }
  }

  /** Writes a message down. @returns its file; none when it could not be written, which must not keep it from being sent */
  #keep(line: Line, message: NoticeMessage): string | undefined {
    const file = join(this.#outbox, `${line.key}-${String(Date.now())}-${message.id}.json`)
    try {
      mkdirSync(this.#outbox, { recursive: true })
      writeFileSync(`${file}.part`, JSON.stringify(message))
      renameSync(`${file}.part`, file)
      return file
    } catch (cause) {
      this.#note(line, message, `could not be kept: ${textOf(cause)}`)
      return undefined
    }
  }

  #post(line: Line, message: NoticeMessage, file: string | undefined): void {
    const { signal } = this.#abort
    const send = async (): Promise<void> => {
      try {
        await withRetries(async () => await line.channel.send(message, signal), isTemporary, signal, {
          maxTries: MAX_TRIES,
          waitMs: this.#place.waitMs ?? 1000,
        })
      } catch (cause) {
        const isLater = signal.aborted || isTemporary(cause)
        this.#note(line, message, `${textOf(cause)}${isLater ? '; it is sent when the run is resumed' : ''}`)
        if (isLater) return
      }
      if (file !== undefined) rmSync(file, { force: true })
    }
    line.tail = line.tail.then(send)
  }

  /** Messages of a former engine. */
  #sendLeft(): void {
    for (const name of namesIn(this.#outbox).sort()) {
      const line = this.#lines.find(({ key }) => name.startsWith(`${key}-`))
      if (line === undefined || !name.endsWith('.json')) continue
      const file = join(this.#outbox, name)
      this.#post(line, JSON.parse(readFileSync(file, 'utf8')) as NoticeMessage, file)
    }
  }

  #note({ channel }: Line, { id }: NoticeMessage, text: string): void {
    try {
      mkdirSync(join(this.#place.runDir, 'logs'), { recursive: true })
      const line = `${new Date().toISOString()} ${channel.name}: message ${id}: ${text}\n`
      appendFileSync(join(this.#place.runDir, 'logs', 'notify.log'), line)
    } catch {
      // A full disk is told by the engine itself; a notice of a notice would help nobody.
    }
  }
}

function isTemporary(cause: unknown): boolean {
  return !(cause instanceof NoticeFault) || cause.isTemporary
}

function textOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // It is made with the first message.
    return []
  }
}
