import { z } from 'zod'
import { defined } from '../../kit/defined.ts'
import { isObject, readBoolean, readObjects, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { defineContract } from './contract.ts'
import { joinPortions, type Joined } from './joined.ts'
import { WordLookUp } from './look-up.ts'
import { jsonHeaders, secretOption, tokenOption, trimUrl, urlOption } from './options.ts'
import { packTexts, type Portion } from '../portions.ts'
import type { Reading, Seen } from './seen.ts'
import { createSpanReader, type ReadSpan } from './spans.ts'

const URL = 'https://api.lakera.ai'
const CAPACITY = { characters: 50_000, portions: 1_000 }

/**
 * Lakera Guard, which finds attacks on prompts, personal data, content that is not wanted and unknown links, as the policy of a project says
 * (`POST /v2/guard`, https://docs.lakera.ai/api-reference/api/endpoints/guard/screen-content). It screens the last interaction of a
 * conversation, so all texts go into one message.
 */
export const lakera = defineContract({
  type: 'lakera',
  says: 'Lakera Guard, by the policy of a project',
  tellsPlaces: true,
  options: z.strictObject({
    url: urlOption.optional(),
    key: secretOption.optional(),
    project_id: tokenOption
      .optional()
      .describe('lakera: the id of the project whose policy holds. Default: the policy of the account.'),
  }),
  secrets: ['key'],
  open({ url = URL, key, project_id }, secretOf) {
    const address = `${trimUrl(url)}/v2/guard`
    const headers = jsonHeaders(secretOf(key))
    const rest = { ...defined({ project_id }), payload: true, breakdown: true }
    return {
      ask: ({ texts, phase }) =>
        packTexts(texts, CAPACITY).map((portions) => {
          const joined = joinPortions(portions)
          const role = phase === 'input' ? 'user' : 'assistant'
          return {
            url: address,
            headers,
            body: JSON.stringify({ messages: [{ role, content: joined.words }], ...rest }),
            read: (answer) => readVerdict(answer, portions, joined),
          }
        }),
    }
  },
})

/** What the policy does not flag is none, whatever its detectors have matched. */
function readVerdict(answer: Json, portions: readonly Portion[], joined: Joined): Reading {
  if (!isObject(answer)) return undefined
  const flagged = readBoolean(answer, 'flagged')
  if (flagged === undefined) return undefined
  if (!flagged) return []
  const seen: Seen[] = []
  for (const detector of readObjects(answer, 'breakdown')) {
    const name = readString(detector, 'detector_type')
    if (name !== undefined && readBoolean(detector, 'detected') === true) seen.push({ name })
  }
  const matches = new Matches(portions, joined)
  for (const match of readObjects(answer, 'payload')) {
    const places = matches.read(match)
    if (places === undefined) return undefined
    for (const place of places) seen.push(place)
  }
  return seen.length === 0 ? [{ name: 'flagged' }] : seen
}

/** Reads what was matched. How characters are counted is not documented, so the words that come along have the last word. */
class Matches {
  readonly #joined: Joined
  readonly #words: WordLookUp
  readonly #units: readonly ReadSpan[]

  constructor(portions: readonly Portion[], joined: Joined) {
    this.#joined = joined
    this.#words = new WordLookUp(portions)
    this.#units = [createSpanReader(joined.words, 'code-points'), createSpanReader(joined.words, 'utf-16')]
  }

  read(match: JsonObject): Reading {
    const name = readString(match, 'detector_type')
    const text = readString(match, 'text')
    if (name === undefined) return undefined
    for (const readSpan of this.#units) {
      const span = readSpan(match['start'], match['end'])
      if (span === undefined) continue
      if (text === undefined || this.#joined.words.slice(span.start, span.end) === text)
        return this.#joined.placesAt(span).map((place) => ({ name, place }))
    }
    return text === undefined ? undefined : this.#words.find(name, text)
  }
}
