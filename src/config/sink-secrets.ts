import type { PathStep } from './problems.ts'
import type { Config } from './schema.ts'

/** The secrets that sinks of records refer to, with their places in the file. */
export function sinkSecrets({
  telemetry,
}: Config): { readonly path: readonly PathStep[]; readonly reference: string }[] {
  return Object.entries(telemetry.sinks).flatMap(([name, { webhook, s3, clickhouse, langfuse }]) => {
    const path = ['telemetry', 'sinks', name]
    const headers = Object.entries(webhook?.headers ?? {}).map(([header, reference]) => ({
      path: [...path, 'webhook', 'headers', header],
      reference,
    }))
    const others: readonly (readonly [kind: string, key: string, reference: string | undefined])[] = [
      ['webhook', 'secret', webhook?.secret],
      ['s3', 'access_key', s3?.access_key],
      ['s3', 'secret_key', s3?.secret_key],
      ['s3', 'session_token', s3?.session_token],
      ['clickhouse', 'user', clickhouse?.user],
      ['clickhouse', 'password', clickhouse?.password],
      ['langfuse', 'public_key', langfuse?.public_key],
      ['langfuse', 'secret_key', langfuse?.secret_key],
    ]
    const single = others.flatMap(([kind, key, reference]) =>
      reference === undefined ? [] : [{ path: [...path, kind, key], reference }],
    )
    return [...headers, ...single]
  })
}
