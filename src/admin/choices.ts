import { z } from 'zod'
import type { ListedModel, Plan } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import type { KeyStore } from '../store/store.ts'
import { AdminProblem } from './problem.ts'
import { keyStatus } from './keys-json.ts'

/** Stands where the text of a key belongs, of which the gateway keeps a hash alone. */
export const KEY_PLACE = 'YOUR_GATEHOUSE_KEY'

/** Keys that can be chosen from. */
const MOST_KEYS = 500

/** A key that can be chosen. */
export const KEY_CHOICE = z.object({ id: z.string(), name: z.string(), project: z.string().optional() })

/** The keys that open something now: those of the file, and the newest of the store. */
export async function chosenKeys(plan: Plan, keys: KeyStore, nowMs: number): Promise<JsonObject[]> {
  const { rows } = await keys.list({ limit: MOST_KEYS })
  return [...plan.declaredKeys, ...rows]
    .filter((key) => keyStatus(key, nowMs) === 'active')
    .map(({ id, name, project }) => ({ id, name, ...defined({ project }) }))
}

/** Can a conversation be held with a model, as far as anybody knows? */
export function canTalk({ facts }: ListedModel): boolean {
  return facts?.operations?.includes('chat') ?? true
}

/** The problem of a model that settings and programs cannot hold as it is. */
export function unfitModel(): AdminProblem {
  return new AdminProblem('invalid-request', {
    detail: 'A model is named by letters, digits and . / : @ * + ? = & , - only.',
  })
}
