import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import { freshFolder, keptFolder } from '../../../testing/folders.ts'
import { listenUntilEnd, serveHttp } from '../../../testing/loopback-server.ts'
import {
  MemoryStore,
  Notifier,
  type NotifySettings,
  type RunResult,
  readNotifySettings,
  runPlan,
} from '../dist/index.js'
import { type SmallJob, smallPlan } from './small-plan.ts'

const quick = { backoffMs: 1, maxBackoffMs: 5 }
const JOBS: readonly SmallJob[] = [
  { run: ['/bin/true'], children: [1] },
  { run: ['/bin/sh', '-c', 'echo no such star >&2; exit 7'], retries: 1 },
]

afterEach(() => {
  delete process.env['NOTIFY_SECRET']
})

/** Runs jobs and tells of it. */
async function runAndTell(
  settings: NotifySettings,
  jobs: readonly SmallJob[] = JOBS,
  closeMs = 5000,
): Promise<{ readonly result: RunResult; readonly runDir: string; readonly took: number }> {
  const runDir = smallPlan(join(freshFolder(), 'run'), jobs)
  const place = { runId: 'run-1', runDir, waitMs: 1, closeMs }
  const notifier = new Notifier(settings, place)
  const result = await runPlan(new MemoryStore(), runDir, {
    policy: quick,
    onEvents: (events, progress) => notifier.take(events, progress),
  })
  const before = performance.now()
  await notifier.close()
  return { result, runDir, took: performance.now() - before }
}

function settingsOf(value: object): NotifySettings {
  return readNotifySettings(JSON.stringify(value), 'notify.json')
}

interface Post {
  readonly headers: IncomingMessage['headers']
  readonly text: string
  readonly body: { readonly id: string; readonly notices: readonly Readonly<Record<string, unknown>>[] }
}

/** A program that is told; `answer` gives the status by the number of requests before. */
async function listener(
  answer: (count: number) => number,
): Promise<{ readonly url: string; readonly posts: Post[] }> {
  const posts: Post[] = []
  let count = 0
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
    const status = answer(count++)
    if (status === 200) posts.push({ headers: request.headers, text, body: JSON.parse(text) as Post['body'] })
    response.writeHead(status).end()
  }
  const url = await serveHttp((request, response) => void take(request, response))
  return { url: `${url}/told?key=canary`, posts }
}

describe('web hooks', () => {
  test('hear of the start, of what failed and of the end, signed as Standard Webhooks says', async () => {
    process.env['NOTIFY_SECRET'] = 'a key'
    const { url, posts } = await listener(() => 200)
    const { result } = await runAndTell(
      settingsOf({
        webhooks: [
          {
            on: ['run.start', 'job.failure', 'run.end'],
            url,
            secret: { env: 'NOTIFY_SECRET' },
            headers: { authorization: { env: 'NOTIFY_SECRET' } },
          },
        ],
      }),
    )
    expect(result.status).toBe('failed')
    const notices = posts.flatMap(({ body }) => body.notices)
    // A try that is followed by another one is no news.
    expect(notices).toMatchObject([
      { event: 'run.start' },
      { event: 'job.failure', job: 'job_1', attempt: 2, reason: 'exit code 7: no such star' },
      { event: 'run.failure', status: 'failed', counts: { succeeded: 1, failed: 1, total: 2 } },
    ])
    for (const { headers, text, body } of posts) {
      const time = String(headers['webhook-timestamp'])
      const signed = createHmac('sha256', 'a key').update(`${body.id}.${time}.${text}`).digest('base64')
      expect(headers).toMatchObject({
        'webhook-id': body.id,
        'webhook-signature': `v1,${signed}`,
        authorization: 'a key',
      })
      expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(60)
    }
  })

  test('that are busy are told again, with the same id', async () => {
    const { url, posts } = await listener((count) => (count < 3 ? 503 : 200))
    const { runDir } = await runAndTell(settingsOf({ webhooks: [{ url }] }))
    expect(posts).toHaveLength(1)
    expect(existsSync(join(runDir, 'logs/notify.log'))).toBe(false)
    expect(readdirSync(join(runDir, 'notify'))).toEqual([])
  })

  test('that refuse are not asked again; the run is as it is without them, and no secret is in a file', async () => {
    let asked = 0
    const { url } = await listener(() => {
      asked++
      return 403
    })
    const { result, runDir } = await runAndTell(settingsOf({ webhooks: [{ url }] }))
    expect(result.status).toBe('failed')
    expect(asked).toBe(1)
    const log = readFileSync(join(runDir, 'logs/notify.log'), 'utf8')
    expect(log).toMatch(/web hook http:\/\/127.0.0.1:\d+\/told: message [\w-]+: HTTP status 403\n/)
    expect(log).not.toContain('canary')
    expect(readdirSync(join(runDir, 'notify'))).toEqual([])
  })

  test('that are silent do not keep the engine; the next engine sends what is left', async () => {
    const silent = await serveHttp(() => undefined)
    const { runDir, took } = await runAndTell(settingsOf({ webhooks: [{ url: silent }] }), JOBS, 100)
    expect(took).toBeLessThan(3000)
    expect(readdirSync(join(runDir, 'notify'))).toHaveLength(1)
    expect(readFileSync(join(runDir, 'logs/notify.log'), 'utf8')).toContain('sent when the run is resumed')
    const { url, posts } = await listener(() => 200)
    const place = { runId: 'run-1', runDir, waitMs: 1 }
    await new Notifier(settingsOf({ webhooks: [{ url }] }), place).close()
    expect(posts).toMatchObject([{ body: { run: 'run-1', notices: [{ event: 'run.failure' }] } }])
    expect(readdirSync(join(runDir, 'notify'))).toEqual([])
  })

  test('get many notices in few requests', async () => {
    const { url, posts } = await listener(() => 200)
    const jobs = Array.from({ length: 300 }, (): SmallJob => ({ kind: 'noop' }))
    await runAndTell(settingsOf({ webhooks: [{ on: ['all'], url }] }), jobs)
    expect(posts.flatMap(({ body }) => body.notices)).toHaveLength(602)
    expect(posts.length).toBeLessThan(10)
  })
})

/** A certificate for this machine. */
function certificate(): { readonly key: string; readonly cert: string; readonly path: string } {
  const folder = keptFolder()
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const what = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert]
  execFileSync('openssl', [...what, ...subject], { stdio: 'ignore' })
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8'), path: cert }
}

describe('mails', () => {
  const { key, cert, path: ca } = certificate()

  /** A server that takes mails of one user, encrypted only. */
  async function mailServer(): Promise<{
    readonly port: number
    readonly mails: string[]
    readonly users: string[]
  }> {
    const mails: string[] = []
    const users: string[] = []
    const server = new SMTPServer({
      key,
      cert,
      authOptional: false,
      onAuth: ({ username, password }, session, done) => {
        users.push(`${username ?? ''} ${session.secure ? 'encrypted' : 'plain'}`)
        if (password === 'a word') done(null, { user: username ?? '' })
        else done(new Error('wrong word'))
      },
      onRcptTo: ({ address }, _session, done) =>
        done(
          address.startsWith('nobody')
            ? Object.assign(new Error('no such user'), { responseCode: 550 })
            : null,
        ),
      onData: (stream, _session, done) => {
        let text = ''
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        stream.on('end', () => {
          mails.push(text.replaceAll('=\r\n', ''))
          done()
        })
      },
    })
    return { port: await listenUntilEnd(server.server), mails, users }
  }

  test('go over STARTTLS with a password that is named, not written', async () => {
    process.env['NOTIFY_SECRET'] = 'a word'
    const { port, mails, users } = await mailServer()
    const { runDir } = await runAndTell(
      settingsOf({
        mail: [
          {
            on: ['run.end', 'job.failure'],
            to: ['ann@example.org', 'bob@example.org'],
            from: 'skyloom@example.org',
            smtp: { host: 'localhost', port, user: 'ann', password: { env: 'NOTIFY_SECRET' }, ca },
          },
        ],
      }),
    )
    expect(
      existsSync(join(runDir, 'logs/notify.log')) && readFileSync(join(runDir, 'logs/notify.log'), 'utf8'),
    ).toBe(false)
    expect(users).toEqual(['ann encrypted'])
    const [mail = '', ...more] = mails
    expect(more).toEqual([])
    expect(mail).toContain('To: ann@example.org, bob@example.org')
    expect(mail).toContain('Subject: [skyloom] small: run failed')
    expect(mail).toContain('job.failure job_1 (program, attempt 2): exit code 7: no such star')
    expect(mail).toContain('run failed: 1 of 2 jobs done, 1 failed')
    expect(mail).toContain('next: skyloom run analyze run-1')
  })

  const faults = [
    { name: 'a wrong password', word: 'another', to: 'ann', trusts: true, reason: /wrong word/, left: 0 },
    {
      name: 'an unknown person',
      word: 'a word',
      to: 'nobody',
      trusts: true,
      reason: /no such user|recipients were rejected/,
      left: 0,
    },
    {
      name: 'a server that nobody vouches for',
      word: 'a word',
      to: 'ann',
      trusts: false,
      reason: /self.signed certificate/,
      left: 1,
    },
  ] as const
  test.for(faults)('$name is in the log, and the run goes on', async ({ word, to, trusts, reason, left }) => {
    process.env['NOTIFY_SECRET'] = word
    const { port, mails } = await mailServer()
    const smtp = {
      host: 'localhost',
      port,
      user: 'ann',
      password: { env: 'NOTIFY_SECRET' },
      ...(trusts ? { ca } : {}),
    }
    const mail = [{ to: [`${to}@example.org`], from: 's@example.org', smtp }]
    const { result, runDir } = await runAndTell(settingsOf({ mail }))
    expect(result.status).toBe('failed')
    expect(mails).toEqual([])
    const log = readFileSync(join(runDir, 'logs/notify.log'), 'utf8')
    expect(log).toMatch(reason)
    expect(log).not.toContain(word)
    expect(readdirSync(join(runDir, 'notify'))).toHaveLength(left)
  })

  test('go by a program, too', async () => {
    const folder = freshFolder()
    const program = join(folder, 'send mail')
    writeFileSync(program, `#!/bin/sh\ncat > '${folder}/mail'\necho "$@" > '${folder}/arguments'\n`, {
      mode: 0o755,
    })
    await runAndTell(
      settingsOf({
        mail: [{ to: ['ann@example.org'], from: 's@example.org', sendmail: [program, '-t', '-i'] }],
      }),
      [{ kind: 'noop' }],
    )
    expect(readFileSync(join(folder, 'mail'), 'utf8')).toMatch(
      /To: ann@example.org\n[^]*Subject: \[skyloom\] small: run succeeded\n/,
    )
    expect(readFileSync(join(folder, 'arguments'), 'utf8')).toContain('-t -i')
  })
})

describe('settings', () => {
  const faults = [
    ['no JSON', '{', /notify.json: .*JSON/],
    [
      'a password that is written down',
      '{"mail":[{"to":["a@b"],"from":"c@d","smtp":{"host":"x","password":"p"}}]}',
      /password/,
    ],
    ['a key that is not known', '{"webhook":[]}', /webhook/],
    [
      'a password in the clear',
      '{"mail":[{"to":["a@b"],"from":"c@d","smtp":{"host":"x","security":"none","password":{"env":"PATH"}}}]}',
      /without encryption/,
    ],
    [
      'a secret that is not there',
      '{"webhooks":[{"url":"https://x/y","secret":{"env":"NOTIFY_SECRET"}}]}',
      /variable NOTIFY_SECRET/,
    ],
    ['another protocol', '{"webhooks":[{"url":"file:///etc/passwd"}]}', /url/],
    ['no way to send', '{"mail":[{"to":["a@b"],"from":"c@d"}]}', /not one of smtp and sendmail/],
  ] as const
  test.for(faults)('with %s are refused', ([, text, reason]) => {
    expect(() => readNotifySettings(text, 'notify.json')).toThrow(reason)
    expect(() => readNotifySettings(text, 'notify.json')).toThrow('RUNNER_BAD_SETTINGS')
  })
})

test('hooks of the workflow and of jobs run with their event, a few at a time; what they write is kept', async () => {
  const folder = freshFolder()
  const note = join(folder, 'note')
  writeFileSync(
    note,
    `#!/bin/sh\necho "$1 $PEGASUS_EVENT $PEGASUS_JOBID $PEGASUS_STATUS $PEGASUS_WFID" >> '${folder}/events'\nls '${folder}' > /dev/null\n`,
    { mode: 0o755 },
  )
  const command = (word: string): string => `${note} ${word}`
  const runDir = smallPlan(
    join(folder, 'run'),
    [
      { run: ['/bin/true'], hooks: [{ on: 'all', command: command('first') }], children: [1] },
      {
        run: ['/bin/false'],
        hooks: [
          { on: 'error', command: command('second') },
          { on: 'success', command: command('never') },
        ],
      },
      ...Array.from(
        { length: 40 },
        (): SmallJob => ({ run: ['/bin/true'], hooks: [{ on: 'end', command: command('many') }] }),
      ),
      {
        run: ['/bin/true'],
        hooks: [
          { on: 'start', command: '/bin/sh -c "echo gone wrong; exit 3"' },
          { on: 'end', command: '/nowhere/program' },
        ],
      },
    ],
    [],
    [
      { on: 'start', command: command('run') },
      { on: 'end', command: command('run') },
      { on: 'success', command: command('never') },
    ],
  )
  const { runId, status } = await runPlan(new MemoryStore(), runDir, { policy: quick })
  expect(status).toBe('failed')
  const events = (): readonly string[] =>
    readFileSync(join(folder, 'events'), 'utf8').trim().split('\n').sort()
  await expect.poll(() => events().length, { timeout: 10_000 }).toBe(45)
  expect(events().filter((line) => !line.startsWith('many'))).toEqual([
    `first start job_0 0 ${runId}`,
    `first success job_0 0 ${runId}`,
    `run error  1 ${runId}`,
    `run start  0 ${runId}`,
    `second error job_1 1 ${runId}`,
  ])
  const log = (): string => readFileSync(join(runDir, 'logs/hooks.log'), 'utf8')
  await expect.poll(log).toMatch(/gone wrong/)
  await expect.poll(log).toMatch(/hook failed: .*: exit code 3/)
  await expect.poll(log).toMatch(/hook failed: \/nowhere\/program: .*ENOENT/)
})
