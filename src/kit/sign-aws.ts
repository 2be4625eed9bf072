import { AwsV4Signer } from 'aws4fetch'
import { sha256Hex } from './hash.ts'
import type { Secret } from './secret.ts'

/** Who signs, for which service of which region. */
export interface AwsSigner {
  readonly service: string
  readonly region: string
  readonly accessKey: Secret
  readonly secretKey: Secret
  /** Of keys that hold for a while. */
  readonly sessionToken?: Secret | undefined
}

/** What is signed. */
export interface Signable {
  readonly method: string
  readonly url: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Wall time, milliseconds. */
  readonly atMs: number
}

/** The headers of a request with those by which it is known who sends it, when, and that nothing of it was changed: AWS Signature Version 4. */
export async function signAws(signer: AwsSigner, request: Signable): Promise<Record<string, string>> {
  const { service, region, accessKey, secretKey, sessionToken } = signer
  const { method, url, atMs } = request
  const { headers } = await new AwsV4Signer({
    method,
    url,
    headers: { ...request.headers, 'x-amz-content-sha256': sha256Hex(request.body) },
    service,
    region,
    accessKeyId: accessKey.reveal(),
    secretAccessKey: secretKey.reveal(),
    ...(sessionToken === undefined ? {} : { sessionToken: sessionToken.reveal() }),
    datetime: `${new Date(atMs).toISOString().slice(0, 19).replaceAll(/[:-]/g, '')}Z`,
  }).sign()
  return Object.fromEntries(headers)
}
