import type { AlertAddress, AlertChannel, QuietHours } from '../exchange/alert.ts'
import { defined } from '../kit/defined.ts'
import type { Secret } from '../kit/secret.ts'
import { webhookKey } from '../kit/standard-webhook.ts'
import type { ProblemDraft } from './problems.ts'
import type { AlertChannelConfig } from './schema/alerts.ts'
import type { SecretsByReference } from './secrets.ts'

/** Words that only some types take. */
const WORDS = [
  'url',
  'secret',
  'routing_key',
  'host',
  'port',
  'encryption',
  'user',
  'password',
  'from',
  'recipients',
] as const

type ChannelWord = (typeof WORDS)[number]

interface TypeFacts {
  readonly needs: readonly ChannelWord[]
  readonly takes: readonly ChannelWord[]
}

const TYPES: Readonly<Record<AlertChannelConfig['type'], TypeFacts>> = {
  webhook: { needs: ['url'], takes: ['secret'] },
  slack: { needs: ['url'], takes: [] },
  teams: { needs: ['url'], takes: [] },
  discord: { needs: ['url'], takes: [] },
  pagerduty: { needs: ['routing_key'], takes: ['url'] },
  email: { needs: ['host', 'from', 'recipients'], takes: ['port', 'encryption', 'user', 'password'] },
}

const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue'
/** A channel, or what is wrong with it. */
export interface CompiledAlertChannel {
  readonly channel?: AlertChannel
  readonly drafts: readonly ProblemDraft[]
}

/** Compiles a channel. What its secrets hold is looked at, and never told. */
export function compileAlertChannel(
  name: string,
  written: AlertChannelConfig,
  secrets: SecretsByReference,
): CompiledAlertChannel {
  const drafts = wordProblems(written)
  const address = drafts.length > 0 ? undefined : addressOf(written, secrets)
  if (address !== undefined && !('message' in address)) {
    const channel: AlertChannel = {
      name,
      address,
      isPrivate: written.private,
      ...defined({ digestMs: written.digest, quiet: quietOf(written) }),
      tellsResolved: written.resolved,
    }
    return { channel, drafts: [] }
  }
  const all = address === undefined ? drafts : [address]
  return { drafts: all.map((draft) => ({ ...draft, path: ['alerts', 'channels', name, ...draft.path] })) }
}

function wordProblems(written: AlertChannelConfig): ProblemDraft[] {
  const { type } = written
  const { needs, takes } = TYPES[type]
  const known = [...needs, ...takes]
  const hint = `It takes ${known.join(', ')}.`
  return WORDS.flatMap((word): ProblemDraft[] => {
    const isSaid = written[word] !== undefined
    if (isSaid && !known.includes(word))
      return [{ path: [word], message: `says nothing of a channel of type ${type}`, hint }]
    if (!isSaid && needs.includes(word))
      return [{ path: [word], message: `missing; a channel of type ${type} needs it` }]
    return []
  })
}

/** Undefined where a secret is missing, which is reported already. */
function addressOf(
  written: AlertChannelConfig,
  secrets: SecretsByReference,
): AlertAddress | ProblemDraft | undefined {
  const { type } = written
  const secretOf = (reference: string | undefined): Secret | undefined =>
    reference === undefined ? undefined : secrets.get(reference)
  const url = secretOf(written.url)
  const problem = url === undefined ? undefined : urlProblem(url, written.private)
  if (problem !== undefined) return problem
  if (type === 'email') return mailAddress(written, secretOf(written.password))
  if (type === 'pagerduty') {
    const routingKey = secretOf(written.routing_key)
    return routingKey && { type, routingKey, url: url?.reveal() ?? PAGERDUTY_URL }
  }
  if (url === undefined) return undefined
  if (type !== 'webhook') return { type, url }
  const secret = secretOf(written.secret)
  if (secret === undefined) return { type, url }
  return webhookKey(secret) === undefined ? NO_SIGNING_KEY : { type, url, secret }
}

function urlProblem(url: Secret, isPrivate: boolean): ProblemDraft | undefined {
  const text = url.reveal()
  const parsed = URL.canParse(text) ? new URL(text) : undefined
  if (parsed?.protocol === 'https:' || (isPrivate && parsed?.protocol === 'http:')) return undefined
  return {
    path: ['url'],
    message: isPrivate ? 'expected an http or https URL' : 'expected an https URL',
    ...(parsed?.protocol === 'http:' && { hint: 'For an address of your own network: private: true.' }),
  }
}

const NO_SIGNING_KEY: ProblemDraft = {
  path: ['secret'],
  message: 'expected whsec_ and 24 to 64 bytes in base64 behind it',
  hint: 'Make one with: echo "whsec_$(openssl rand -base64 32)"',
}

const TLS_PORT = 465
const SUBMISSION_PORT = 587

function mailAddress(
  written: AlertChannelConfig,
  password: Secret | undefined,
): AlertAddress | ProblemDraft | undefined {
  const { host = '', encryption = 'starttls', user, from = '', recipients = [] } = written
  if (encryption === 'none' && !written.private)
    return {
      path: ['encryption'],
      message: 'mail that is not encrypted goes to servers of your own network only',
      hint: 'Write private: true for such a server.',
    }
  if ((user === undefined) !== (written.password === undefined))
    return {
      path: [user === undefined ? 'user' : 'password'],
      message: 'missing; user and password go together',
    }
  if (written.password !== undefined && password === undefined) return undefined
  const port = written.port ?? (encryption === 'tls' ? TLS_PORT : SUBMISSION_PORT)
  return { type: 'email', host, port, encryption, ...defined({ user, password }), from, recipients }
}

function quietOf({ quiet }: AlertChannelConfig): QuietHours | undefined {
  return quiet && { fromMinute: quiet.from, toMinute: quiet.to, timezone: quiet.timezone }
}
