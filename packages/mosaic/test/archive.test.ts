import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { textColumn } from '@skyloom/fits/tables'
import { describe, expect, test } from 'vitest'
import { demoImages, freshFolder } from '../../../testing/folders.ts'
import { listenUntilEnd, serveHttp } from '../../../testing/loopback-server.ts'
import { lacksProgram } from '../../../testing/peers.ts'
import { findKnownObject, knownObjects, parseSurveyRegistry, type SurveyRegistry } from '../src/index.ts'
import { fetchFile, listImages, readSurveys, resolveLocation } from '../src/node/index.ts'

const QUICK = { timeoutSeconds: 0.3, retries: 2, waitSeconds: 0.01 }
const SIDE = 100
const cards = [
  'SIMPLE  =                    T',
  'BITPIX  =                  -32',
  'NAXIS   =                    2',
  `NAXIS1  = ${SIDE}`,
  `NAXIS2  = ${SIDE}`,
  'END',
]
/** An image of 100 x 100 pixels: one block of header, 14 of data. */
const image = Buffer.alloc(2880 * 15)
image.write(
  cards
    .map((card) => card.padEnd(80))
    .join('')
    .padEnd(2880),
  'latin1',
)
for (let i = 0; i < SIDE * SIDE; i++) image.writeFloatBE(Math.sin(i), 2880 + 4 * i)
const M42 = { lonDeg: 83.82208, latDeg: -5.39111 }

function registryOf(value: unknown): SurveyRegistry {
  return { ...parseSurveyRegistry(JSON.stringify(value), 'surveys.json'), timeoutSeconds: 0.3, retries: 1 }
}

describe('a file from an archive', () => {
  test('comes whole, and nothing else is left in the folder', async () => {
    const folder = freshFolder()
    const url = await serveHttp((_, answer) => answer.end(image))
    const { sizeBytes } = await fetchFile(`${url}/a.fits`, join(folder, 'a.fits'), QUICK)
    expect(sizeBytes).toBe(image.length)
    expect(readFileSync(join(folder, 'a.fits')).equals(image)).toBe(true)
    expect(readdirSync(folder)).toEqual(['a.fits'])
  })

  test('goes on where the service stopped', async () => {
    const folder = freshFolder()
    const ranges: (string | undefined)[] = []
    const url = await serveHttp((request, answer) => {
      ranges.push(request.headers.range)
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
      const head = { ETag: '"v1"', 'Content-Length': image.length - from }
      if (from === 0) answer.writeHead(200, head)
      else
        answer.writeHead(206, {
          ...head,
          'Content-Range': `bytes ${from}-${image.length - 1}/${image.length}`,
        })
      if (ranges.length === 3) answer.end(image.subarray(from))
      else answer.write(image.subarray(from, from + 5000))
    })
    await fetchFile(`${url}/a.fits`, join(folder, 'a.fits'), QUICK)
    expect(ranges).toEqual([undefined, 'bytes=5000-', 'bytes=10000-'])
    expect(readFileSync(join(folder, 'a.fits')).equals(image)).toBe(true)
  })

  test('begins again when the file has changed meanwhile', async () => {
    const folder = freshFolder()
    let count = 0
    const url = await serveHttp((request, answer) => {
      count++
      // The tag is another one the second time: the server sends everything.
      answer.writeHead(200, { ETag: `"v${count}"`, 'Content-Length': image.length })
      if (count === 2) expect(request.headers['if-range']).toBe('"v1"')
      if (count === 2) answer.end(image)
      else answer.write(Buffer.alloc(5000, 32))
    })
    await fetchFile(`${url}/a.fits`, join(folder, 'a.fits'), QUICK)
    expect(readFileSync(join(folder, 'a.fits')).equals(image)).toBe(true)
  })

  test('is unpacked, unless the name keeps the ending', async () => {
    const folder = freshFolder()
    const packed = gzipSync(image)
    const url = await serveHttp((_, answer) => answer.end(packed))
    await fetchFile(`${url}/a.fits.gz`, join(folder, 'a.fits'), QUICK)
    await fetchFile(`${url}/a.fits.gz`, join(folder, 'b.fits.gz'), QUICK)
    expect(readFileSync(join(folder, 'a.fits')).equals(image)).toBe(true)
    expect(readFileSync(join(folder, 'b.fits.gz')).equals(packed)).toBe(true)
  })

  test.skipIf(lacksProgram('bzip2'))('is unpacked from bzip2 too', async () => {
    const folder = freshFolder()
    const packed = spawnSync('bzip2', ['-c'], { input: image, maxBuffer: 2 ** 26 }).stdout
    const url = await serveHttp((_, answer) => answer.end(packed))
    await fetchFile(`${url}/a.fits.bz2`, join(folder, 'a.fits'), QUICK)
    expect(readFileSync(join(folder, 'a.fits')).equals(image)).toBe(true)
  })

  test('a service that is busy is asked again', async () => {
    const folder = freshFolder()
    let count = 0
    const url = await serveHttp((_, answer) => {
      if (++count === 1) answer.writeHead(503, { 'Retry-After': '0' }).end()
      else answer.end(image)
    })
    await fetchFile(`${url}/a.fits`, join(folder, 'a.fits'), QUICK)
    expect(count).toBe(2)
  })

  const page = '<!DOCTYPE html>\n<html><body>Please log in</body></html>'
  const faults: readonly (readonly [
    string,
    string,
    string,
    string,
    (request: IncomingMessage, answer: ServerResponse) => unknown,
  ])[] = [
    [
      'a missing file',
      'a.fits',
      'MOSAIC_ARCHIVE_FAILED',
      'HTTP 404',
      (_, answer) => answer.writeHead(404).end(page),
    ],
    [
      'a service that stays busy',
      'a.fits',
      'MOSAIC_ARCHIVE_FAILED',
      'HTTP 503 (3 times)',
      (_, answer) => answer.writeHead(503).end(),
    ],
    [
      'a service that says nothing',
      'a.fits',
      'MOSAIC_ARCHIVE_FAILED',
      'no byte for 0.3 s (3 times)',
      () => undefined,
    ],
    [
      'a service that stops in the middle',
      'a.fits',
      'MOSAIC_ARCHIVE_FAILED',
      '(3 times)',
      (_, answer) => answer.write(image.subarray(0, 9000)),
    ],
    [
      'a transfer that always breaks',
      'a.fits',
      'MOSAIC_ARCHIVE_FAILED',
      '(3 times)',
      (_, answer) => {
        answer.writeHead(200, { 'Content-Length': image.length })
        answer.write(image.subarray(0, 9000), () => answer.socket?.end())
      },
    ],
    [
      'a login page with status 200',
      'a.fits',
      'MOSAIC_BAD_ANSWER',
      'a web page, such as a login page',
      (_, answer) => answer.end(page),
    ],
    [
      'a login page behind a redirection',
      'a.tbl',
      'MOSAIC_BAD_ANSWER',
      'a web page',
      (request, answer) =>
        request.url === '/login' ? answer.end(page) : answer.writeHead(302, { Location: '/login' }).end(),
    ],
    [
      'an error as XML',
      'a.fits',
      'MOSAIC_BAD_ANSWER',
      'an XML document',
      (_, answer) => answer.end('<?xml version="1.0"?><VOTABLE/>'),
    ],
    [
      'an error as status line',
      'a.tbl',
      'MOSAIC_BAD_ANSWER',
      'no such image',
      (_, answer) => answer.end('[struct stat="ERROR", msg="no such image"]\n'),
    ],
    ['nothing', 'a.fits', 'MOSAIC_BAD_ANSWER', 'nothing', (_, answer) => answer.end()],
    [
      'half an image without a length',
      'a.fits',
      'MOSAIC_BAD_ANSWER',
      'FITS_TRUNCATED',
      (_, answer) => {
        answer.useChunkedEncodingByDefault = false
        answer.end(image.subarray(0, 2880 * 3))
      },
    ],
    [
      'half a packed image',
      'a.fits',
      'MOSAIC_BAD_ANSWER',
      'unexpected end of file',
      (_, answer) => answer.end(gzipSync(image).subarray(0, 4000)),
    ],
    [
      'redirections in a circle',
      'a.fits',
      'MOSAIC_ARCHIVE_FAILED',
      'more than 5 redirections',
      (_, answer) => answer.writeHead(301, { Location: '/' }).end(),
    ],
  ]
  test.each(faults)('%s is an error and leaves nothing', async (_, name, code, found, listener) => {
    const folder = freshFolder()
    const url = await serveHttp((request, answer) => void listener(request, answer))
    const error = await fetchFile(`${url}/${name}`, join(folder, name), QUICK).catch(
      (caught: unknown) => caught,
    )
    expect(error).toMatchObject({ code, where: [`${url}/${name}`] })
    expect(String(error)).toContain(found)
    expect(readdirSync(folder)).toEqual([])
  })

  test('a file that is there stays when a new one cannot be had', async () => {
    const folder = freshFolder()
    writeFileSync(join(folder, 'a.fits'), 'old')
    const url = await serveHttp((_, answer) => answer.end(page))
    await expect(fetchFile(url, join(folder, 'a.fits'), QUICK)).rejects.toThrow()
    expect(readFileSync(join(folder, 'a.fits'), 'utf8')).toBe('old')
  })

  test.skipIf(lacksProgram('openssl'))('a certificate that nobody vouches for is refused', async () => {
    const folder = freshFolder()
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost -keyout ${key} -out ${cert}`
    expect(spawnSync('openssl', words.split(' ')).status).toBe(0)
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, answer) =>
      answer.end(image),
    )
    const url = `https://localhost:${await listenUntilEnd(server)}/a.fits`
    await expect(fetchFile(url, join(folder, 'a.fits'), QUICK)).rejects.toThrow(/DEPTH_ZERO_SELF_SIGNED_CERT/)
    expect(existsSync(join(folder, 'a.fits'))).toBe(false)
  })
})

describe('a list of images', () => {
  const box = { centre: M42, widthDeg: 0.05, heightDeg: 0.05 }

  test('from a folder holds the images that overlap the box', async () => {
    const registry = registryOf({
      surveys: { local: { kind: 'folder', path: demoImages, bands: { J: {} } } },
    })
    const all = await listImages(registry, {
      survey: 'LOCAL',
      band: 'j',
      box: { ...box, widthDeg: 3, heightDeg: 3 },
    })
    const some = await listImages(registry, {
      survey: 'local',
      band: 'J',
      box: { ...box, centre: { lonDeg: 83.6, latDeg: -5.39 } },
    })
    const none = await listImages(registry, {
      survey: 'local',
      band: 'J',
      box: { ...box, centre: { lonDeg: 10, latDeg: 40 } },
    })
    expect(all.rowCount).toBe(10)
    expect(some.rowCount).toBeLessThan(10)
    expect(none.rowCount).toBe(0)
    const [url = ''] = textColumn(all, 'URL')
    const folder = freshFolder()
    await fetchFile(url, join(folder, 'a.fits'))
    expect(readdirSync(folder)).toEqual(['a.fits'])
  })

  test('from a table service is its table', async () => {
    let asked = ''
    const url = await serveHttp((request, answer) => {
      asked = request.url ?? ''
      answer.end('| cntr | URL |\n| int | char |\n  1      http://x/a.fits\n')
    })
    const registry = registryOf({
      surveys: { S: { kind: 'table', url: `${url}/list?x=1`, bands: { J: { parameters: { y: 2 } } } } },
    })
    const table = await listImages(registry, { survey: 'S', band: 'J', box })
    expect(textColumn(table, 'URL').map((text) => text.trim())).toEqual(['http://x/a.fits'])
    expect(new URL(asked, url).searchParams.toString()).toBe(
      'x=1&survey=S&band=J&location=83.82208+-5.39111+eq+j2000&width=0.05&height=0.05&mode=TBL&y=2',
    )
  })

  const VOTABLE = (status: string, rows: string): string => `<?xml version="1.0"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE type="results">
<INFO name="QUERY_STATUS" value="${status}">what the service says</INFO>
<TABLE><FIELD name="obs_id" datatype="char" arraysize="*"/><FIELD name="s_ra" datatype="double"/>
<FIELD name="s_region" datatype="char" arraysize="*"/><FIELD name="access_url" datatype="char" arraysize="*"/>
<DATA><TABLEDATA>${rows}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>`
  const row = (id: string, ra: number): string =>
    `<TR><TD>${id}</TD><TD>${ra}</TD><TD>POLYGON ICRS ${ra - 0.1} -5.5 ${ra + 0.1} -5.5 ${ra + 0.1} -5.3 ${ra - 0.1} -5.3</TD><TD>http://x/p/${id}.fits?v=1</TD></TR>`
  const sia = (url: string): SurveyRegistry =>
    registryOf({
      surveys: {
        S: {
          kind: 'sia2',
          url,
          parameters: { COLLECTION: 'c' },
          bands: { J: { parameters: { BAND: '1e-6' } } },
        },
      },
    })

  test('from a Simple Image Access service has the images that overlap, with corners and file names', async () => {
    let asked = ''
    const url = await serveHttp((request, answer) => {
      asked = request.url ?? ''
      answer.end(VOTABLE('OK', row('near', 83.8) + row('far', 84.5)))
    })
    const table = await listImages(sia(`${url}/SIA`), { survey: 'S', band: 'J', box })
    expect(table.columns.map(({ name }) => name)).toEqual([
      'cntr',
      'ra1',
      'dec1',
      'ra2',
      'dec2',
      'ra3',
      'dec3',
      'ra4',
      'dec4',
      'obs_id',
      's_ra',
      's_region',
      'fname',
      'URL',
    ])
    expect([textColumn(table, 'fname'), textColumn(table, 'URL')]).toEqual([
      ['near.fits'],
      ['http://x/p/near.fits?v=1'],
    ])
    const parameters = new URL(asked, url).searchParams
    expect(parameters.get('POS')).toMatch(/^CIRCLE 83\.82208 -5\.39111 0\.0353/)
    expect([parameters.get('COLLECTION'), parameters.get('BAND'), parameters.get('FORMAT')]).toEqual([
      'c',
      '1e-6',
      'image/fits',
    ])
  })

  const answers = [
    [
      'an error of the service',
      VOTABLE('ERROR', ''),
      'the service answers with an error: found QUERY_STATUS what the service says',
    ],
    ['a list that was cut', VOTABLE('OVERFLOW', row('near', 83.8)), 'the list of images was cut'],
    ['half a list', VOTABLE('OK', row('near', 83.8)).replace(/<\/TABLEDATA>[^]*/, ''), 'TABLE_'],
    ['a web page', '<html><body>sorry</body></html>', 'a web page instead of a list'],
    ['another table', VOTABLE('OK', '').replaceAll('access_url', 'other'), 'no column access_url'],
  ] as const
  test.each(answers)('%s is an error', async (_, text, problem) => {
    const url = await serveHttp((_request, answer) => answer.end(text))
    await expect(listImages(sia(url), { survey: 'S', band: 'J', box })).rejects.toThrow(problem)
  })

  test('a survey or band that is not configured is named with those that are', async () => {
    const registry = registryOf({ surveys: { A: { kind: 'folder', path: '.', bands: { J: {}, K: {} } } } })
    await expect(listImages(registry, { survey: 'B', band: 'J', box })).rejects.toThrow(
      'there is no survey B: found B, allowed A',
    )
    await expect(listImages(registry, { survey: 'A', band: 'H', box })).rejects.toThrow('allowed J, K')
  })
})

describe('a location', () => {
  const none = registryOf({})

  test('is a position, a bundled object, or asked for', async () => {
    expect(await resolveLocation('83.82208 -5.39111', none)).toMatchObject({
      lonDeg: expect.closeTo(83.82208, 9) as number,
    })
    expect(await resolveLocation('m 42', none)).toMatchObject({ lonDeg: expect.closeTo(83.822, 3) as number })
    const asked: string[] = []
    const url = await serveHttp((request, answer) => {
      asked.push(request.url ?? '')
      answer.end(
        asked.length === 1
          ? '# 3C 273\n%J 187.27791535 +02.05238857 = 12:29:06.69\n'
          : '#!SIMBAD: Nothing found\n',
      )
    })
    const registry = registryOf({ resolver: `${url}/sesame?` })
    expect(await resolveLocation('3C 273', registry)).toEqual({ lonDeg: 187.27791535, latDeg: 2.05238857 })
    expect(asked).toEqual(['/sesame?3C%20273'])
    await expect(resolveLocation('Atlantis', registry)).rejects.toMatchObject({
      code: 'MOSAIC_UNKNOWN_OBJECT',
    })
    await expect(resolveLocation('Atlantis', none)).rejects.toThrow('configure a resolver')
  })

  test('the bundled list has every Messier object, each name once', () => {
    const objects = knownObjects()
    for (let number = 1; number <= 110; number++)
      expect(findKnownObject(`Messier ${number}`)?.name).toBe(`M${number}`)
    const names = objects.flatMap(({ name, otherNames }) => [name, ...otherNames])
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(findKnownObject(name.toLowerCase())).toBeDefined()
    expect(findKnownObject('NGC0224')?.name).toBe('M31')
  })
})

describe('a survey registry', () => {
  test('is the built-in one, or a file whose folders start from its place', async () => {
    const folder = freshFolder()
    const builtIn = await readSurveys(undefined, { XDG_CONFIG_HOME: folder })
    expect(builtIn.surveys.map(({ name }) => name)).toEqual(['2MASS', 'WISE'])
    const file = join(folder, 'surveys.json')
    writeFileSync(
      file,
      JSON.stringify({ surveys: { A: { kind: 'folder', path: 'images', bands: { J: {} } } } }),
    )
    const own = await readSurveys(undefined, { SKYLOOM_SURVEYS: file })
    expect(own.surveys[0]?.bands[0]?.service).toMatchObject({ path: join(folder, 'images') })
  })

  test.each([
    ['{', 'is no JSON'],
    ['[]', 'the document must be an object'],
    ['{"surveys":{"A":{"bands":{"J":{}}}}}', 'A.J: the kind of service is missing or unknown'],
    [
      '{"surveys":{"A":{"kind":"sia2","url":"ftp://x","bands":{"J":{}}}}}',
      'must be an http or https address',
    ],
    ['{"timeoutSeconds":-1}', 'timeoutSeconds must be a number'],
  ])('%s is refused', (text, problem) => {
    expect(() => parseSurveyRegistry(text, 'surveys.json')).toThrow(problem)
  })
})
