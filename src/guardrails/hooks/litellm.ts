import { z } from 'zod'
import { defined } from '../../kit/defined.ts'
import { isArray, isObject, readString, type Json } from '../../kit/json.ts'
import { defineContract, type Asked } from './contract.ts'
import { secretOption, trimUrl, urlOption } from './options.ts'
import { packTexts, type Portion } from '../portions.ts'
import type { Reading, Seen } from './seen.ts'
import { wholeCharacters } from './spans.ts'

const PATH = '/beta/litellm_basic_guardrail_api'
const CAPACITY = { characters: 200_000, portions: 500 }

/**
 * The Generic Guardrail API of LiteLLM (`POST /beta/litellm_basic_guardrail_api`,
 * https://docs.litellm.ai/docs/adding_provider/generic_guardrail_api), which servers speak that were written for it.
 */
export const litellm = defineContract({
  type: 'litellm',
  says: 'a server in the Generic Guardrail API of LiteLLM',
  tellsPlaces: true,
  options: z.strictObject({ url: urlOption, key: secretOption.optional() }),
  secrets: ['key'],
  open({ url, key }, secretOf) {
    const base = trimUrl(url)
    const address = base.endsWith(PATH) ? base : base + PATH
    const headers = {
      'content-type': 'application/json',
      ...defined({ 'x-api-key': secretOf(key)?.reveal() }),
    }
    return {
      ask: (asked) =>
        packTexts(asked.texts, CAPACITY).map((portions) => ({
          url: address,
          headers,
          body: JSON.stringify(bodyOf(asked, portions)),
          read: (answer) => readAction(answer, portions),
        })),
    }
  },
})

function bodyOf({ phase, exchange: { id, caller } }: Asked, portions: readonly Portion[]) {
  return {
    texts: portions.map(({ words }) => words),
    request_data: {
      user_api_key_alias: caller.keyName,
      ...defined({
        user_api_key_user_id: caller.owners.user,
        user_api_key_team_id: caller.owners.team,
        user_api_key_org_id: caller.owners.organisation,
      }),
    },
    input_type: phase === 'input' ? 'request' : 'response',
    litellm_call_id: id,
    additional_provider_specific_params: {},
  }
}

/** It blocks, or it gives texts back that it has changed: what it has changed is what it has found. */
function readAction(answer: Json, portions: readonly Portion[]): Reading {
  if (!isObject(answer)) return undefined
  const action = readString(answer, 'action')
  if (action === 'NONE') return []
  if (action === 'BLOCKED') return [{ name: 'blocked' }]
  const texts = answer['texts']
  if (action !== 'GUARDRAIL_INTERVENED') return undefined
  if (!isArray(texts) || texts.length !== portions.length) return undefined
  const seen: Seen[] = []
  for (const [index, portion] of portions.entries()) {
    const text = texts[index]
    if (typeof text !== 'string') return undefined
    if (text !== portion.words) seen.push(changeIn(portion, text))
  }
  return seen
}

/** From the first character that was changed to the last. */
function changeIn(portion: Portion, changed: string): Seen {
  const { words } = portion
  const most = Math.min(words.length, changed.length)
  let start = 0
  while (start < most && words[start] === changed[start]) start += 1
  let rest = 0
  while (rest < most - start && words.at(-1 - rest) === changed.at(-1 - rest)) rest += 1
  const end = words.length - rest
  const name = 'changed'
  // What was only put in stands nowhere in the text.
  if (start >= end) return { name }
  return { name, place: { portion, ...wholeCharacters(words, { start, end }) } }
}
