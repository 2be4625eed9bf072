import { describe, expect, test } from 'bun:test'
import { MODEL_OPERATIONS } from '../../src/exchange/operations/all.ts'
import { mapTexts, textsOf } from '../../src/exchange/request-texts.ts'
import { isArray, isObject, type Json } from '../../src/kit/json.ts'
import { PATIENCE_MS } from './budget.ts'
import { validBodies } from './canonical-samples.ts'
import { firstPlaces, withText } from './damaged-json.ts'
import { named } from './every-codec.ts'
import { TAKING_BODIES, understand } from './handle-request.ts'

/*
 * Whoever looks at the texts of a request sees all of them: a word is written in the place of every value of a body that can be one, at
 * every endpoint, and wherever the house has understood it, it is among the texts.
 */

const WORD = 'bluebird@example.com'

/** Members of the request in which a word may stand unseen, by their names: words of the house, proofs. */
const UNSEEN = new Set([
  'model',
  'answerShape',
  'bearing',
  'bound',
  'at',
  'family',
  'scheme',
  'base64',
  'cache',
  'signature',
  'page',
])

/** Paths of members in which the word stands. */
function* placesOf(value: Json, path: readonly string[] = []): Generator<readonly string[]> {
  if (typeof value === 'string' && value.includes(WORD)) yield path
  if (isArray(value)) for (const one of value) yield* placesOf(one, path)
  else if (isObject(value))
    for (const [name, member] of Object.entries(value)) {
      if (name.includes(WORD)) yield path
      if (member !== undefined) yield* placesOf(member, [...path, name])
    }
}

/** The request with the word written there, where it is understood. */
function tryToUnderstand(...question: Parameters<typeof understand>) {
  try {
    return understand(...question).request
  } catch {
    return undefined
  }
}

const planted = TAKING_BODIES.map((endpoint) => ({
  endpoint,
  requests: () =>
    [...firstPlaces(validBodies(endpoint))].flatMap(({ body, at }) => {
      const text = withText(body, at, JSON.stringify(WORD)).replaceAll('models/theirs', 'models/m')
      const request = tryToUnderstand(endpoint, text)
      return request === undefined ? [] : [request]
    }),
}))

describe.each(planted.map(({ endpoint, requests }) => [named(endpoint)[0], requests] as const))(
  '%s',
  (_name, requests) => {
    test(
      'a word is seen wherever it stands, and can be replaced there',
      () => {
        const missed = new Set<string>()
        for (const request of requests()) {
          const paths = [...placesOf(JSON.parse(JSON.stringify(request)) as Json)]
          const hidden = paths.filter((path) => path.some((name) => UNSEEN.has(name)))
          const isSeen = textsOf(request).some((text) => text.includes(WORD))
          if (paths.length > hidden.length && !isSeen) missed.add(paths.map((path) => path.join('.')).join())
          const replaced = mapTexts(request, (text) => text.replaceAll(WORD, '<EMAIL_1>'))
          const left = [...placesOf(JSON.parse(JSON.stringify(replaced)) as Json)]
          for (const path of left) if (!path.some((name) => UNSEEN.has(name))) missed.add(path.join('.'))
        }
        expect([...missed]).toEqual([])
      },
      PATIENCE_MS,
    )

    test('a request of which nothing is changed is the same', () => {
      for (const request of requests()) expect(mapTexts(request, (text) => text)).toBe(request)
    })
  },
)

test('a word was written into requests of every operation for which a model is asked', () => {
  const operations = planted.flatMap(({ requests }) => requests().map(({ operation }) => operation))
  expect([...new Set(operations)].toSorted()).toEqual([...MODEL_OPERATIONS].toSorted())
})
