import type { DrillFault, DrillFaultKind } from '../../exchange/drill.ts'
import type { Operation } from '../../exchange/operations/all.ts'

/** A request of the gateway to one of its providers. */
export interface RehearsedCall {
  readonly provider: string
  /** Id of the credential. */
  readonly credential: string
  readonly model: string
  readonly operation: Operation
}

/** The simulated models that stand in for real ones, by what is asked of them. */
const UNDERSTUDIES: { readonly [O in Operation]: string } = {
  chat: 'smart',
  'count-tokens': 'smart',
  recall: 'smart',
  embed: 'embed',
  moderate: 'moderate',
  rerank: 'rerank',
}

/** How long an understudy takes until its first word: about what models take. */
const FIRST_TOKEN = 'ttft=400ms'

/** True for a fault that strikes a call at a time of the drill. */
export function strikes(
  fault: DrillFault,
  call: Omit<RehearsedCall, 'operation'>,
  elapsedMs: number,
): boolean {
  const { provider, credential, model, forMs = Number.POSITIVE_INFINITY } = fault
  return (
    elapsedMs < forMs &&
    (provider === undefined || provider === call.provider) &&
    (credential === undefined || credential === call.credential) &&
    (model === undefined || model === call.model)
  )
}

/** The simulated model, options included, that plays the model of a call. */
export function understudyOf({ operation }: RehearsedCall, fault: DrillFault | undefined): string {
  const base = UNDERSTUDIES[operation]
  const isSpoken = operation === 'chat'
  const query = fault === undefined ? undefined : isSpoken ? spokenFault(fault) : refusal(fault)
  if (query !== undefined) return isSpoken ? query : `${base}?${query}`
  return isSpoken ? `${base}?${FIRST_TOKEN}` : base
}

/** False for a fault that cannot be rehearsed with what is asked: where nothing is said word by word only refusals can. */
export function canPlay(fault: DrillFault, operation: Operation): boolean {
  return operation === 'chat' || fault.kind === 'outage' || refusal(fault) !== undefined
}

function spokenFault(fault: DrillFault): string | undefined {
  switch (fault.kind) {
    // A provider that is gone is not asked at all; one model that is gone is told of by the provider.
    case 'outage':
      return `fault?kind=status-503&${FIRST_TOKEN}`
    case '429-storm':
      return `fault?kind=status-429&retry-after=${fault.retry_after}`
    case 'malformed':
      return `fault?kind=bad-json-frame&after=0&${FIRST_TOKEN}`
    case 'empty':
      return `fault?kind=empty-200`
    case 'cut':
      return `fault?kind=truncate-mid-stream&after=${fault.after_tokens}&${FIRST_TOKEN}`
    case 'slow-first-token':
      return `smart?ttft=${Math.min(fault.delay, 3_600_000)}ms`
    case 'slow-tokens':
      return `smart?${FIRST_TOKEN}&tps=${fault.tokens_per_second}`
    case 'revoked-credential':
      return 'fault?kind=status-401'
    case 'budget-cap':
    case 'store-down':
      return undefined
  }
}

/** What an answer that is not said word by word can be refused with. */
const REFUSALS: { readonly [Kind in DrillFaultKind]?: string } = {
  outage: 'error=503',
  '429-storm': 'error=429',
  'revoked-credential': 'error=401',
}

function refusal({ kind }: DrillFault): string | undefined {
  return REFUSALS[kind]
}
