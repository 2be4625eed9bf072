import { pack } from '../../kit/content-coding.ts'
import { signAws, type AwsSigner } from '../../kit/sign-aws.ts'
import { DELIVERED, type Delivery } from './delivery.ts'
import type { RecordBatch, RecordChannel } from './record-channel.ts'
import { isTaken, sendBody, type Carrier, type Said } from './send-body.ts'

/** A bucket of a store that speaks S3, and who writes there. */
export interface ObjectStoreTerms extends Omit<AwsSigner, 'service'> {
  /** Absent: Amazon's own, in the region. */
  readonly endpoint?: string | undefined
  readonly bucket: string
  /** True: the bucket is a part of the path; else of the name of the host. */
  readonly pathStyle: boolean
  /** What keys begin with, without a slash at its end; may be empty. */
  readonly prefix: string
}

/** Creates a channel to an object store: one object of lines, packed, for each batch. */
export function createObjectStore(carrier: Carrier, terms: ObjectStoreTerms): RecordChannel {
  return {
    spell: (record) => JSON.stringify(record),
    async send(batch) {
      const body = await pack(`${batch.lines.join('\n')}\n`)
      const url = `${baseOf(terms)}/${objectKey(terms.prefix, batch)}`
      const headers = await signAws(
        { ...terms, service: 's3' },
        {
          method: 'PUT',
          url,
          headers: { 'content-type': 'application/gzip' },
          body,
          atMs: carrier.clock.nowMs(),
        },
      )
      return judge(await sendBody(carrier, { method: 'PUT', url, headers, body, pool: baseOf(terms) }))
    },
  }
}

/** A batch has one key, so that what is sent again takes the place of what may have arrived. */
function objectKey(prefix: string, { id, atMs, lines }: RecordBatch): string {
  const [day = '', time = ''] = new Date(atMs).toISOString().split('T')
  const name = `dt=${day}/hour=${time.slice(0, 2)}/${id}-${lines.length}.jsonl.gz`
  return prefix === '' ? name : `${prefix}/${name}`
}

function baseOf({ endpoint, region, bucket, pathStyle }: ObjectStoreTerms): string {
  const host = endpoint ?? `https://s3.${region}.amazonaws.com`
  return pathStyle ? `${host}/${bucket}` : host.replace('://', `://${bucket}.`)
}

/** Nothing about a batch can be wrong but where it is sent and by whom, which somebody may put right. */
function judge(said: Said): Delivery {
  if ('failed' in said) return { result: 'unavailable', why: said.failed }
  const { status, text } = said
  if (isTaken(status)) return DELIVERED
  const code = /<Code>(\w{1,60})<\/Code>/.exec(text)?.[1]
  return { result: 'unavailable', why: code === undefined ? `status ${status}` : `status ${status}, ${code}` }
}
