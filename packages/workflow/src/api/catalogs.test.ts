import { describe, expect, test } from 'vitest'
import { WorkflowError } from '../errors.ts'
import { formatProblem, type ReadResult } from '../problem/problem.ts'
import { readProperties } from '../read/properties.ts'
import { readReplicaCatalog } from '../read/replica-catalog.ts'
import { readSiteCatalog } from '../read/site-catalog.ts'
import { readTransformationCatalog } from '../read/transformation-catalog.ts'
import {
  Container,
  Directory,
  File,
  FileServer,
  Grid,
  Properties,
  ReplicaCatalog,
  Site,
  SiteCatalog,
  Transformation,
  TransformationCatalog,
  TransformationSite,
} from './index.ts'

const SHA = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

function value<T>(result: ReadResult<T>): T {
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.value
}

test('a site catalog is read back as it was built', () => {
  const catalog = new SiteCatalog(
    new Site('cluster', { arch: 'x86_64', osType: 'linux', profiles: { env: { A: 'b' } } })
      .addDirectories(
        new Directory('sharedScratch', '/scratch', { sharedFileSystem: true }).addFileServers(
          new FileServer('scp://host/scratch', 'put').addPegasusProfile({ auxillaryLocal: true }),
        ),
        new Directory('localStorage', '/out'),
      )
      .addGrids(new Grid('batch', 'host', 'slurm', { jobType: 'compute', idleNodes: 3 }))
      .addCondorProfile({ requestDisk: '2 GB' })
      .addTagProfiles('gpu', 'pegasus', { gpus: 2 }),
  )
  const text = catalog.toText()
  expect(value(readSiteCatalog(text))).toEqual(catalog.build())
  expect(text).toContain('    - url: file:///out\n      operation: all\n')
  expect(text).toContain("request_disk: '2097152'")
  expect(text).toContain("  x-tags:\n    gpu:\n      pegasus:\n        gpus: '2'\n")
})

test('a transformation catalog is read back as it was built', () => {
  const container = new Container('box', 'singularity', 'https://example.org/box.sif', {
    arguments: '--nv',
    mounts: ['/data:/data:ro'],
    imageSite: 'web',
    checksum: { sha256: SHA },
  }).addEnv({ A: 'b' })
  const helper = new Transformation('helper', { site: 'local', pfn: '/bin/helper', isStageable: true })
  const catalog = new TransformationCatalog(
    new Transformation('project', { namespace: 'montage', version: '6.0', checksum: { sha256: SHA } })
      .addSites(
        new TransformationSite('cluster', '/bin/project', { container, arch: 'x86_64', bypassStaging: true }),
      )
      .addRequirement(helper)
      .addRequirement('other', { version: '1' })
      .addShellHook('start', '/bin/date'),
    helper,
    new Transformation('other', { version: '1', site: 'local', pfn: 'file:///bin/other' }),
  ).addContainers(container)
  expect(value(readTransformationCatalog(catalog.toText()))).toEqual(catalog.build())
  expect(catalog.build().transformations[0]?.requires).toEqual(['helper', 'other:1'])
})

test('a replica catalog is read back as it was built, in YAML and as text', () => {
  const catalog = new ReplicaCatalog()
    .addReplica('local', new File('f.a', { sizeBytes: 12 }), '/data/f.a', { checksum: { sha256: SHA } })
    .addReplica('web', 'f.a', 'https://example.org/f.a', { metadata: { kind: 'raw' } })
    .addReplica('web', 'f.a', 'https://example.org/f.a')
    .addRegexReplica('local', 'img_(\\d+)', '/raw/[1]')
  expect(catalog.build().replicas[0]).toEqual({
    lfn: 'f.a',
    isRegex: false,
    locations: [
      { site: 'local', pfn: '/data/f.a' },
      { site: 'web', pfn: 'https://example.org/f.a' },
    ],
    checksum: { sha256: SHA },
    metadata: [
      { key: 'size', value: '12' },
      { key: 'kind', value: 'raw' },
    ],
  })
  expect(value(readReplicaCatalog(catalog.toText()))).toEqual(catalog.build())
  expect(value(readReplicaCatalog(catalog.toText({ format: 'text' }), { format: 'text' }))).toEqual(
    catalog.build(),
  )
})

test('properties are read back, and misspelled keys are named', () => {
  const properties = new Properties({ 'pegasus.data.configuration': 'nonsharedfs', 'dagman.maxidle': 1000 })
    .set('pegasus.dir.useTimestamp', true)
    .set('pegasus.dta.configuration', 'x')
    .addSiteProfile('condorpool', 'condor', 'universe', 'vanilla')
  expect(value(readProperties(properties.toText()))).toEqual(properties.build())
  expect(properties.unknownKeys()).toEqual(['pegasus.dta.configuration'])
  expect(properties.delete('pegasus.dta.configuration')).toBe(true)
  expect(properties.list('pegasus.d').map(([key]) => key)).toEqual([
    'pegasus.data.configuration',
    'pegasus.dir.useTimestamp',
  ])
  expect(properties.get('pegasus.catalog.site.sites.condorpool.profiles.condor.universe')).toBe('vanilla')
  expect(new Properties(properties.build()).build()).toEqual(properties.build())
})

describe('errors come at the call', () => {
  const site = new Site('a')
  const transformation = new Transformation('t', { site: 'local', pfn: '/bin/t' })
  const container = new Container('c', 'docker', 'docker:///c')
  const cases: readonly { readonly name: string; readonly act: () => unknown; readonly message: string }[] = [
    {
      name: 'a site twice',
      act: () => new SiteCatalog(site, new Site('a')),
      message: 'the site is there already: found a [WORKFLOW_DUPLICATE]',
    },
    {
      name: 'a relative directory',
      act: () => new Directory('sharedScratch', 'scratch'),
      message:
        'the path of a directory is not allowed: found scratch, allowed an absolute path [WORKFLOW_BAD_VALUE]',
    },
    {
      name: 'a file server without scheme',
      act: () => new FileServer('/scratch', 'all'),
      message:
        'the URL of a file server is not allowed: found /scratch, allowed a URL such as file:///scratch [WORKFLOW_BAD_VALUE]',
    },
    {
      name: 'a transformation twice',
      act: () => new TransformationCatalog(transformation, transformation),
      message: 'the transformation is there already: found t [WORKFLOW_DUPLICATE]',
    },
    {
      name: 'a site of a transformation twice',
      act: () =>
        new Transformation('t', { site: 'x', pfn: '/t' }).addSites(new TransformationSite('x', '/t')),
      message: 'the site of transformation t is there already: found x [WORKFLOW_DUPLICATE]',
    },
    {
      name: 'a requirement twice',
      act: () => new Transformation('t').addRequirement('a').addRequirement('a'),
      message: 'the requirement of transformation t is there already: found a [WORKFLOW_DUPLICATE]',
    },
    {
      name: 'a site without pfn',
      act: () => new Transformation('t', { site: 'x' }),
      message:
        'transformation t is not allowed: found site without pfn, allowed both or none [WORKFLOW_BAD_VALUE]',
    },
    {
      name: 'a transformation without site',
      act: () => new Transformation('t').build(),
      message:
        'transformation t is not allowed: found no site, allowed at least one site [WORKFLOW_BAD_VALUE]',
    },
    {
      name: 'a relative executable',
      act: () => new TransformationSite('x', 'bin/t'),
      message:
        'the location of an executable is not allowed: found bin/t, allowed a URL or an absolute path [WORKFLOW_BAD_VALUE]',
    },
    {
      name: 'a transformation catalog with nothing in it',
      act: () => new TransformationCatalog().build(),
      message:
        'a transformation catalog is not allowed: found no transformation, allowed at least one transformation [WORKFLOW_BAD_VALUE]',
    },
    {
      name: 'a site catalog with nothing in it',
      act: () => new SiteCatalog().toText(),
      message: 'a site catalog is not allowed: found no site, allowed at least one site [WORKFLOW_BAD_VALUE]',
    },
    {
      name: 'a container twice',
      act: () => new TransformationCatalog().addContainers(container, container),
      message: 'the container is there already: found c [WORKFLOW_DUPLICATE]',
    },
    {
      name: 'a mount without destination',
      act: () => new Container('c', 'docker', 'docker:///c', { mounts: ['/data'] }),
      message:
        'the mount is not allowed: found /data, allowed source:destination[:ro|rw] [WORKFLOW_BAD_VALUE]',
    },
    {
      name: 'a relative replica',
      act: () => new ReplicaCatalog().addReplica('local', 'f', './f'),
      message:
        'the location of a replica is not allowed: found ./f, allowed a URL or an absolute path [WORKFLOW_BAD_VALUE]',
    },
    {
      name: 'a short checksum',
      act: () => new ReplicaCatalog().addReplica('local', 'f', '/f', { checksum: { sha256: 'abc' } }),
      message: 'the SHA-256 is not allowed: found abc, allowed 64 hexadecimal digits [WORKFLOW_BAD_VALUE]',
    },
    {
      name: 'a pattern twice',
      act: () => new ReplicaCatalog().addRegexReplica('a', 'x', '/x').addRegexReplica('b', 'x', '/y'),
      message: 'the pattern of a replica is there already: found x [WORKFLOW_DUPLICATE]',
    },
    {
      name: 'a pattern that does not compile',
      act: () => new ReplicaCatalog().addRegexReplica('a', 'f.(', '/x'),
      message:
        'the pattern of a replica (Unterminated group) is not allowed: found f.(, allowed a regular expression [WORKFLOW_BAD_VALUE]',
    },
    {
      name: 'a property key with a blank',
      act: () => new Properties({ 'a b': 1 }),
      message:
        'the key of a property is not allowed: found a b, allowed a text without blanks [WORKFLOW_BAD_VALUE]',
    },
  ]
  test.for(cases)('$name', ({ act, message }) => {
    expect(act).toThrow(WorkflowError)
    expect(act).toThrow(message)
  })
})
