import { expect, test } from 'vitest'
import { formatProblem, type ReadResult } from '../problem/problem.ts'
import { writeReplicaCatalog } from '../write/write.ts'
import { readReplicaCatalog } from './replica-catalog.ts'
import { compileReplicaPattern, fillPattern } from './replica-pattern.ts'
import { readSiteCatalog } from './site-catalog.ts'
import { readTransformationCatalog } from './transformation-catalog.ts'

function said(result: ReadResult<unknown>): readonly string[] {
  return (result.ok ? result.warnings : result.problems).map(formatProblem)
}

test('reads a site with everything it can have', () => {
  const result = readSiteCatalog(`pegasus: "5.0"
sites:
- name: cluster
  arch: x86_64
  os.type: linux
  os.release: rhel
  os.version: 7
  directories:
  - type: sharedScratch
    path: /scratch
    sharedFileSystem: true
    freeSize: 10 TB
    fileServers:
    - {url: "file:///scratch", operation: all, profiles: {pegasus: {auxillary.local: true}}}
  grids:
  - {type: batch, contact: login.example.org, scheduler: slurm, jobtype: compute, idleNodes: 12, maxCPUTime: 60}
  profiles:
    env: {PEGASUS_HOME: /opt/pegasus}
  x-note: hi
`)
  expect(result).toMatchObject({
    ok: true,
    warnings: [],
    value: {
      sites: [
        {
          name: 'cluster',
          arch: 'x86_64',
          osType: 'linux',
          osRelease: 'rhel',
          osVersion: '7',
          directories: [
            {
              type: 'sharedScratch',
              path: '/scratch',
              sharedFileSystem: true,
              freeSize: '10 TB',
              fileServers: [
                {
                  url: 'file:///scratch',
                  operation: 'all',
                  profiles: [{ key: 'auxillary.local', value: 'true' }],
                },
              ],
            },
          ],
          grids: [{ type: 'batch', scheduler: 'slurm', jobType: 'compute', idleNodes: 12, maxCpuTime: '60' }],
          profiles: [{ namespace: 'env', key: 'PEGASUS_HOME', value: '/opt/pegasus' }],
          extensions: [{ key: 'x-note', value: 'hi' }],
        },
      ],
    },
  })
})

test('replaces variables of catalogs, and says which are not set', () => {
  const text = 'pegasus: "5.0"\nsites:\n- name: ${SITE}\n  profiles: {env: {HOME: "${HOME}/x"}}\n'
  const variables = (name: string): string | undefined => (name === 'SITE' ? 'mars' : undefined)
  expect(said(readSiteCatalog(text, { variables }))).toEqual([
    'sites.yml:4:26: sites[0].profiles.env.HOME: the variable is not set: found ${HOME}; set HOME [UNDEFINED_VARIABLE]',
  ])
  const kept = readSiteCatalog(text)
  expect(kept.ok && kept.value.sites[0]?.name).toBe('${SITE}')
})

test('an empty site catalog is an empty catalog, with a warning', () => {
  const result = readSiteCatalog('')
  expect(result).toMatchObject({ ok: true, value: { sites: [] } })
  expect(said(result)).toEqual(['sites.yml:1:1: the document is empty: found nothing [EMPTY_DOCUMENT]'])
})

test('names the containers that are there when one is not', () => {
  const text = `pegasus: "5.0"
transformations:
- name: project
  sites: [{name: local, pfn: /bin/project, type: installed, container: montgae}]
containers:
- {name: montage, type: apptainer, image: "docker:///montage:6"}
`
  expect(said(readTransformationCatalog(text))).toEqual([
    'transformations.yml:4:72: transformations[0].sites[0].container: the container of project on site local is not defined: ' +
      'found montgae, allowed montage; did you mean montage [UNKNOWN_REFERENCE]',
  ])
})

test('reads the old text form of transformation catalogs', () => {
  const result = readTransformationCatalog(
    `tr example::keg:1.0 {
  profile env "JAVA_HOME" "/java"  # comment
  site cluster {
    pfn "/usr/bin/keg"
    arch "x86_64"
    os "LINUX"
    type "INSTALLED"
    container "box"
  }
}
cont box
{
  type "docker"
  image "docker:///box:1"
  mount "/data:/data:ro"
}
`,
    { format: 'text' },
  )
  expect(result).toMatchObject({
    ok: true,
    value: {
      transformations: [
        {
          namespace: 'example',
          name: 'keg',
          version: '1.0',
          profiles: [{ namespace: 'env', key: 'JAVA_HOME', value: '/java' }],
          sites: [
            {
              name: 'cluster',
              pfn: '/usr/bin/keg',
              type: 'installed',
              arch: 'x86_64',
              osType: 'linux',
              container: 'box',
            },
          ],
        },
      ],
      containers: [{ name: 'box', type: 'docker', image: 'docker:///box:1', mounts: ['/data:/data:ro'] }],
    },
  })
})

test('says what is wrong with a text transformation catalog', () => {
  const text = 'tr a {\n site x { type "wrong" }\n}\nfoo b { }\ncont c { type "docker" }\n'
  expect(said(readTransformationCatalog(text, { format: 'text', name: 'tc.txt' }))).toEqual([
    'tc.txt:1:4: the transformation has no site: found a, allowed at least one site [TOO_FEW]',
    'tc.txt:2:7: a site of a transformation needs the key pfn: found x, allowed pfn "…" [MISSING_KEY]',
    'tc.txt:4:1: a transformation or container is expected: found foo, allowed tr NAME { … } or cont NAME { … } [SYNTAX]',
    'tc.txt:5:6: a container needs the keys type and image: found c, allowed type "docker" image "docker:///…" [MISSING_KEY]',
  ])
})

test('reads and writes the text form of replica catalogs', () => {
  const text = `# a comment
f.a file:///data/f.a site="local" size="12"
f.a gsiftp://host/f.a pool="other"
"with blank" "/data/with \\"blank\\"" site="local"
img_(\\\\d+) /raw/[1] site="local" regex="true"
`.replace('\\\\d', '\\d')
  const result = readReplicaCatalog(text, { format: 'text' })
  if (!result.ok) throw new Error(said(result).join('\n'))
  expect(result.value.replicas).toEqual([
    {
      lfn: 'f.a',
      isRegex: false,
      locations: [
        { site: 'local', pfn: 'file:///data/f.a' },
        { site: 'other', pfn: 'gsiftp://host/f.a' },
      ],
      metadata: [{ key: 'size', value: '12' }],
    },
    {
      lfn: 'with blank',
      isRegex: false,
      locations: [{ site: 'local', pfn: '/data/with "blank"' }],
      metadata: [],
    },
    { lfn: 'img_(\\d+)', isRegex: true, locations: [{ site: 'local', pfn: '/raw/[1]' }], metadata: [] },
  ])
  const again = readReplicaCatalog(writeReplicaCatalog(result.value, { format: 'text' }), { format: 'text' })
  expect(again).toEqual(result)
})

test('says what is wrong with lines of a text replica catalog', () => {
  const text =
    'f.a\nf.b /x\nf.c /x site="local\nf.d /x site="a" checksum.type="md5"\nf.( /x site="a" regex="true"\n'
  expect(said(readReplicaCatalog(text, { format: 'text', name: 'rc.txt' }))).toEqual([
    'rc.txt:1:1: the line has no location: found f.a, allowed LFN PFN site="…" [SYNTAX]',
    'rc.txt:2:5: the line needs the attribute site: found f.b, allowed site="local" [MISSING_KEY]',
    'rc.txt:3:13: the text in quotes has no end: found "local, allowed a closing quote on the same line [SYNTAX]',
    'rc.txt:4:1: unknown checksum type: found md5, allowed sha256 [UNKNOWN_VALUE]',
    'rc.txt:5:1: the pattern does not compile (Unterminated group): found f.(, allowed a regular expression [BAD_REGEX]',
  ])
})

const patternCases = [
  { pattern: 'img_(\\d+)\\.fits', lfn: 'img_042.fits', filled: '/raw/042/img_042.fits' },
  { pattern: '(?i)IMG_(\\d+)\\.fits', lfn: 'img_042.fits', filled: '/raw/042/img_042.fits' },
  { pattern: '\\Qimg_\\E(\\p{Digit}++)\\.fits', lfn: 'img_042.fits', filled: '/raw/042/img_042.fits' },
  { pattern: 'img', lfn: 'img_042.fits', filled: undefined },
  { pattern: '\\Aimg_([\\p{Digit}]*+)\\.fits\\z', lfn: 'img_042.fits', filled: '/raw/042/img_042.fits' },
]

test.for(patternCases)(
  'the pattern $pattern, written for Java, fits whole names',
  ({ pattern, lfn, filled }) => {
    const compiled = compileReplicaPattern(pattern)
    if (!compiled.ok) throw new Error(compiled.reason)
    const match = compiled.regex.exec(lfn)
    expect(match === null ? undefined : fillPattern('/raw/[1]/[0]', match)).toBe(filled)
  },
)

test('refuses a pattern that is too long', () => {
  expect(compileReplicaPattern('a'.repeat(3000))).toEqual({
    ok: false,
    reason: 'longer than 2000 characters',
  })
})
