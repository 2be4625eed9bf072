import { durationText } from './numbers.ts'

/** Something that rests, as the admin API tells it. */
interface Rest {
  readonly kind: string
  readonly credential?: string | undefined
  readonly caller?: string | undefined
  readonly rests_ms: number
}

/** Why something rests, by the kind of rest. */
const KINDS: Readonly<Record<string, string>> = {
  'circuit-open': 'It failed too often in a row, so others are asked meanwhile.',
  'target-off': 'The provider does not know the model, or does not serve it, so others are asked meanwhile.',
  cooldown: 'The provider has said that there are too many requests, so it is left alone for a while.',
  'credential-off': 'The provider refuses the key, or its account is empty.',
}

/** Why it rests; a kind that nobody knows stands for itself. */
export function restReason({ kind }: Rest): string {
  return KINDS[kind] ?? kind
}

/** For whom it rests and when it is tried again: after its time one call is let through, and if that is answered, all are. */
export function restText({ credential, caller, rests_ms: ms }: Rest): string {
  const whose = [credential, caller === undefined ? undefined : `for ${caller} alone`]
  const until = ms > 0 ? `one call tries it in ${durationText(ms)}` : 'half-open: the next call tries it'
  return [...whose.filter((one) => one !== undefined), until].join(', ')
}
