import S3rver from '@20minutes/s3rver'
import { afterAll } from 'vitest'
import { keptFolder } from '../../../../testing/folders.ts'

/** Keys of the server; there are no others. */
export const S3_KEYS = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' } as const

/** Starts an object store that verifies signatures, with the buckets `data` and `more`, for the tests of the file. @returns its address */
export async function s3Server(): Promise<string> {
  const store = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: keptFolder(),
    configureBuckets: [{ name: 'data' }, { name: 'more' }],
  })
  const { port } = await store.run()
  afterAll(() => store.close())
  return `http://127.0.0.1:${port}`
}
