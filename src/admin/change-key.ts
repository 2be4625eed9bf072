import type { KeyTerms } from '../config/compile-accounts.ts'
import { defined } from '../kit/defined.ts'
import { formatDuration } from '../kit/duration.ts'
import { diffJson } from '../kit/json-diff.ts'
import type { JsonObject } from '../kit/json.ts'
import type { Secret } from '../kit/secret.ts'
import type { KeyAct } from '../store/key-acts.ts'
import type { KeyChanges, KeyRecord } from '../store/store.ts'
import type { CreateKeyNeeds } from './create-key.ts'
import { toKeyWords } from './keys-json.ts'
import { AdminProblem } from './problem.ts'

/** What a key is changed with. */
export interface ChangeKeyNeeds extends Pick<CreateKeyNeeds, 'keys' | 'mint' | 'nowMs' | 'via'> {
  /** The name of whoever does it, where one was given. */
  readonly by?: string | undefined
}

/** How much of what was edited is told. */
const TOLD = { changes: 20, characters: 100 }

/** Every member of what can be said about a key, so that what is not said any more goes. */
const UNSAID: Readonly<Record<keyof KeyTerms, undefined>> = {
  name: undefined,
  project: undefined,
  models: undefined,
  operations: undefined,
  only: undefined,
  allowedOptions: undefined,
  limits: undefined,
  queue: undefined,
  budgets: undefined,
  addresses: undefined,
  expiresAtMs: undefined,
}

/** Puts other terms in place of those of a key. Throws AdminProblem where it is not there any more. */
export async function editKey(key: KeyRecord, terms: KeyTerms, needs: ChangeKeyNeeds): Promise<KeyRecord> {
  const detail = tellEdited(toKeyWords(key), toKeyWords(terms))
  return change(key, { changes: { ...UNSAID, ...terms }, act: actOf('edited', needs, detail) }, needs)
}

/** The names of what was edited, with what stood there and what stands there now. */
function tellEdited(before: JsonObject, after: JsonObject): string {
  const { changes, omitted } = diffJson(before, after, TOLD)
  const told = changes.map(({ path, from = 'nothing', to = 'nothing' }) => `${path}: ${from} → ${to}`)
  return [...told, ...(omitted === 0 ? [] : [`and ${omitted} more`])].join('; ')
}

/**
 * Gives a key another secret. The one that it has is taken for a time all the same: both are one key, with one budget and the same limits.
 * Throws AdminProblem `not-so` where the one before it is still taken as well, or somebody else has just rotated it.
 *
 * @param overlapMs 0: the secret that it has opens nothing from now on
 */
export async function rotateKey(
  key: KeyRecord,
  overlapMs: number,
  needs: ChangeKeyNeeds,
): Promise<{ readonly record: KeyRecord; readonly key: Secret }> {
  const nowMs = needs.nowMs()
  if (key.earlier !== undefined && key.earlier.untilMs > nowMs)
    throw new AdminProblem('not-so', {
      detail: `The secret before this one is taken until ${new Date(key.earlier.untilMs).toISOString()}. End it first: callers that have it would be cut off.`,
    })
  const { text, secretHmac } = needs.mint(key.id)
  const untilMs = nowMs + overlapMs
  const changes: KeyChanges = {
    secretHmac,
    rotatedAtMs: nowMs,
    earlier: overlapMs === 0 ? undefined : { secretHmac: key.secretHmac, untilMs },
  }
  const detail =
    overlapMs === 0
      ? 'the secret before it opens nothing any more'
      : `the secret before it is taken for ${formatDuration(overlapMs)} more, until ${new Date(untilMs).toISOString()}`
  const act = actOf('rotated', needs, detail)
  return { record: await change(key, { changes, act }, needs), key: text }
}

/** Takes the secret before the present one out of use, before its time. */
export async function endEarlier(key: KeyRecord, needs: ChangeKeyNeeds): Promise<KeyRecord> {
  if (key.earlier === undefined || key.earlier.untilMs <= needs.nowMs())
    throw new AdminProblem('not-so', { detail: `${key.name} has one secret only.` })
  return change(key, { changes: { earlier: undefined }, act: actOf('earlier-ended', needs) }, needs)
}

/** Refuses a key until it is resumed, or lets it in again. What is so already stays so. */
export async function pauseKey(key: KeyRecord, isPaused: boolean, needs: ChangeKeyNeeds): Promise<KeyRecord> {
  if ((key.pausedAtMs !== undefined) === isPaused) return key
  const changes = { pausedAtMs: isPaused ? needs.nowMs() : undefined }
  return change(key, { changes, act: actOf(isPaused ? 'paused' : 'resumed', needs) }, needs)
}

/** What is taken down of something that is done. */
export function actOf(
  what: KeyAct['what'],
  { via, by, nowMs }: Pick<ChangeKeyNeeds, 'via' | 'by' | 'nowMs'>,
  detail = '',
): KeyAct {
  return { atMs: nowMs(), what, via, detail, ...defined({ by }) }
}

async function change(
  key: KeyRecord,
  { changes, act }: { readonly changes: KeyChanges; readonly act: KeyAct },
  { keys }: ChangeKeyNeeds,
): Promise<KeyRecord> {
  const whose = 'secretHmac' in changes ? key.secretHmac : undefined
  const hasChanged = await keys.change(key.id, changes, { act, whose })
  const record = hasChanged ? await keys.find(key.id) : undefined
  if (record !== undefined) return record
  throw new AdminProblem('not-so', {
    detail: `${key.name} is revoked, or somebody else has just changed it: look at it again.`,
  })
}
