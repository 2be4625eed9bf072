import { expect, test } from 'bun:test'
import { Secret } from './secret.ts'
import { signAws } from './sign-aws.ts'

/** The example "PUT Object" of Amazon's documentation of S3, its keys and its signature. */
test('a request is signed as the documentation of S3 has it', async () => {
  const headers = await signAws(
    {
      service: 's3',
      region: 'us-east-1',
      accessKey: new Secret('AKIAIOSFODNN7EXAMPLE'),
      secretKey: new Secret('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'),
    },
    {
      method: 'PUT',
      url: 'https://examplebucket.s3.amazonaws.com/test$file.text',
      headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      body: new TextEncoder().encode('Welcome to Amazon S3.'),
      atMs: Date.UTC(2013, 4, 24),
    },
  )
  expect(headers['x-amz-date']).toBe('20130524T000000Z')
  expect(headers['authorization']).toContain(
    'Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  )
})

test('keys that hold for a while send their token, which is signed too', async () => {
  const signer = { service: 's3', region: 'eu-1', accessKey: new Secret('a'), secretKey: new Secret('b') }
  const request = { method: 'PUT', url: 'http://x/y', headers: {}, body: new Uint8Array(), atMs: 0 }
  const headers = await signAws({ ...signer, sessionToken: new Secret('token') }, request)
  expect(headers['x-amz-security-token']).toBe('token')
  expect(headers['authorization']).toContain('x-amz-security-token')
})
