import { webhookKey } from '../kit/standard-webhook.ts'
import type { ProblemDraft } from './problems.ts'
import type { Config } from './schema.ts'
import type { SecretsByReference } from './secrets.ts'

/** What is wrong with sinks that only their secrets tell. Values are never told. */
export function sinkProblems({ telemetry }: Config, secrets: SecretsByReference): ProblemDraft[] {
  return Object.entries(telemetry.sinks).flatMap(([name, { webhook }]) => {
    const secret = webhook?.secret === undefined ? undefined : secrets.get(webhook.secret)
    if (secret === undefined || webhookKey(secret) !== undefined) return []
    const path = ['telemetry', 'sinks', name, 'webhook', 'secret']
    const message = 'is no secret of Standard Webhooks: whsec_ and 24 to 64 bytes in base64'
    return [{ path, message, hint: 'Make one with: echo "whsec_$(openssl rand -base64 32)"' }]
  })
}
