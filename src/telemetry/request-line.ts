import { findingsOf, formatFindings } from '../exchange/guard.ts'
import type { DecisionStep } from '../exchange/decision.ts'
import { formatUsd } from '../kit/money.ts'
import { costState, type EndedRequest } from './ended-request.ts'
import type { Telemetry } from './telemetry.ts'

/** Which requests have a line in the log of the process: none; those that the gateway or a provider failed; all. */
export const LOGGED_REQUESTS = ['none', 'failed', 'all'] as const

/** One of these. */
export type LoggedRequests = (typeof LOGGED_REQUESTS)[number]

/** Takes requests that are over, for the log of the process. */
export interface RequestLines {
  /** False: only those that the gateway or a provider failed. */
  readonly all: boolean
  /** Neither waits nor throws. */
  write(request: EndedRequest): void
}

/** What every line begins with is `time`, `level` and `message`; the message of these is this word. */
const MESSAGE = 'request'

type LineValue = string | number | boolean | undefined

/**
 * Every field of the line of a request, in the order in which they are written: docs/telemetry.md is held to it. What is absent is left out.
 * Nothing that was said is among them.
 */
export const LINE_FIELDS: Readonly<
  Record<string, { readonly says: string; readonly read: (request: EndedRequest) => LineValue }>
> = {
  requestId: { says: 'id of the request', read: ({ id }) => id },
  traceId: { says: 'its trace', read: ({ trace }) => trace.traceId },
  outcome: { says: '`ok`, `client-gone` or the code of a failure', read: ({ outcome }) => outcome },
  status: { says: 'HTTP status that the client got', read: ({ status }) => status },
  operation: { says: 'what was asked', read: ({ operation }) => operation },
  dialect: { says: 'language of the client', read: ({ dialect }) => dialect },
  stream: { says: 'whether the answer was to be streamed', read: ({ stream }) => stream },
  model: { says: 'the model as the client wrote it', read: ({ requestedModel }) => requestedModel },
  route: { says: 'the route that was taken', read: ({ route }) => route },
  target: { says: 'who answered', read: ({ target }) => target },
  attempts: { says: 'how many attempts there were', read: ({ attempts }) => attempts.length },
  tried: { says: 'those that did not answer, each with why', read: failedAttempts },
  reason: { says: 'why the first target was the first', read: ({ steps }) => steps.find(isRank)?.reason },
  key: { says: 'id of the key', read: ({ owners }) => owners['key'] },
  keyName: { says: 'its name', read: ({ keyName }) => keyName },
  user: { says: 'id of the user', read: ({ owners }) => owners['user'] },
  customer: { says: 'id of the customer', read: ({ owners }) => owners['customer'] },
  project: { says: 'the project', read: ({ owners }) => owners['project'] },
  team: { says: 'the team', read: ({ owners }) => owners['team'] },
  session: { says: 'the session that the client named', read: ({ session }) => session },
  client: { says: 'the program that asked', read: ({ client }) => (client === '' ? undefined : client) },
  durationMs: { says: 'until all of the answer was sent', read: ({ durationMs }) => inTenths(durationMs) },
  upstreamMs: {
    says: 'of these, in which providers were waited for',
    read: ({ upstreamMs }) => inTenths(upstreamMs),
  },
  firstEventMs: {
    says: 'until the first of the answer',
    read: ({ firstEventMs }) => (firstEventMs === undefined ? undefined : inTenths(firstEventMs)),
  },
  inputTokens: { says: 'all input of all attempts', read: ({ inputTokens }) => inputTokens },
  outputTokens: { says: 'all output of all attempts', read: ({ outputTokens }) => outputTokens },
  costUsd: {
    says: 'what it cost, exact, as text',
    read: ({ costNanoUsd }) => (costNanoUsd === undefined ? undefined : formatUsd(costNanoUsd)),
  },
  costState: { says: '`priced`, `estimated`, `unpriced` or `simulated`', read: costState },
  cache: { says: 'what came of it at the cache', read: ({ cache }) => cache },
  savedUsd: {
    says: 'what it saved to look at answers, or that one was kept',
    read: ({ savedNanoUsd }) => (savedNanoUsd === undefined ? undefined : formatUsd(savedNanoUsd)),
  },
  guardrails: {
    says: 'what guardrails have said, as in `x-gatehouse-guardrails`',
    read: ({ steps }) => formatFindings(findingsOf(steps)),
  },
  notices: {
    says: 'what was changed on the way',
    read: ({ notices }) => (notices === '' ? undefined : notices),
  },
  purpose: { says: 'why the gateway asked it of its own accord', read: ({ purpose }) => purpose },
  parentId: { says: 'the request on whose behalf it did', read: ({ parentId }) => parentId },
  plan: { says: 'version of the configuration', read: ({ planVersion }) => planVersion },
}

const FIELDS = Object.entries(LINE_FIELDS)

/** Creates what writes the line of a request; undefined where none has one. */
export function createRequestLines(
  which: LoggedRequests,
  telemetry: Pick<Telemetry, 'log'>,
): RequestLines | undefined {
  if (which === 'none') return undefined
  return {
    all: which === 'all',
    write(request) {
      const line: Record<string, LineValue> = {}
      for (const [name, { read }] of FIELDS) line[name] = read(request)
      telemetry.log('info', MESSAGE, line)
    },
  }
}

function failedAttempts({ attempts }: EndedRequest): string | undefined {
  const failed = attempts.filter(({ outcome }) => outcome !== 'ok')
  return failed.length === 0
    ? undefined
    : failed.map(({ target, outcome }) => `${target}=${outcome}`).join(', ')
}

function isRank(step: DecisionStep): step is DecisionStep & { readonly step: 'rank' } {
  return step.step === 'rank'
}

function inTenths(ms: number): number {
  return Math.round(ms * 10) / 10
}
