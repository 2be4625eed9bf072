import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ConfigFile } from '../../src/config/config-file.fixture.ts'
import { readDecision } from '../../src/exchange/decision-record.ts'
import { readObjects, type JsonObject } from '../../src/kit/json.ts'
import { GRAMMARS } from '../grammar/all.ts'
import { CLIENT_DIALECTS, type ClientDialect } from '../modes.ts'
import { ask, type Answer, type Question } from './asking.ts'
import { openHouse, providerEntry, type House, type Records } from './open-house.ts'

/*
 * A streamed text breaks off, and somebody else goes on with it: every client with every kind of provider before and behind the seam.
 */

const WHOLE = `Let me count: ${Array.from({ length: 12 }, (_, index) => `${index + 1} sheep`).join(', ')}.`
const BREAKS = ['truncate-mid-stream', 'reset-mid-stream', 'error-event-mid-stream'] as const

type Routes = NonNullable<ConfigFile['routes']>

const broken = (spoken: ClientDialect, kind: string, id = ''): string =>
  `${spoken}/fault?kind=${kind}&after=9&as=recite&tps=200&id=${kind}-${spoken}${id}`

const routes: Routes = Object.fromEntries(
  CLIENT_DIALECTS.flatMap((first) =>
    CLIENT_DIALECTS.flatMap((second) =>
      BREAKS.map((kind) => [
        `${first}-${second}-${kind}`,
        {
          targets: [broken(first, kind, `-${second}`), `${second}/recite?id=${first}-${kind}`],
          fallback: { mid_stream: 'resume' },
        },
      ]),
    ),
  ),
)

const CENT = { price: { input: 0, output: 0, request: 0.01 } }
const models = Object.fromEntries(
  Object.values(routes).flatMap((route) => {
    const { targets = [] } = typeof route === 'string' || Array.isArray(route) ? {} : route
    return targets.map((target) => [typeof target === 'string' ? target : target.model, CENT])
  }),
)

let house: House
let records: Records | undefined

beforeAll(async () => {
  house = await openHouse({
    config: { models, routes },
    providers: (url) =>
      Object.fromEntries(
        CLIENT_DIALECTS.map((dialect) => [
          dialect,
          providerEntry(url, { dialects: [dialect], breaker: { errors: 100 } }),
        ]),
      ),
  })
})
afterAll(async () => {
  records ??= await house.close()
})

function askFor(model: string, question: Partial<Question> = {}): Promise<Answer> {
  const { dialect = 'openai-chat', mode = 'stream', key = house.key() } = question
  return ask(house.url, { ...question, dialect, mode, model, key, maxTokens: 512 })
}

async function stepsOf(answer: Answer, kind: string): Promise<readonly JsonObject[]> {
  const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
  return readObjects(readDecision(row.decision ?? '') ?? {}, 'steps').filter(({ step }) => step === kind)
}

const SEAM = /^: gatehouse-continued at=(\d+) from=\S+ to=\S+\n\n/m

const SEAMS = CLIENT_DIALECTS.flatMap((dialect) =>
  CLIENT_DIALECTS.flatMap((first) =>
    CLIENT_DIALECTS.map((second, index) => ({
      dialect,
      first,
      second,
      kind: BREAKS[(index + CLIENT_DIALECTS.indexOf(first)) % BREAKS.length] ?? 'truncate-mid-stream',
    })),
  ),
)

describe('a text that breaks off is gone on with', () => {
  test.each(SEAMS)('$dialect: $first, then $second ($kind)', async ({ dialect, first, second, kind }) => {
    const answer = await askFor(`${first}-${second}-${kind}`, { dialect })
    const steps = await stepsOf(answer, 'continue')
    expect({ steps, text: answer.text, wire: answer.wire.slice(-3000) }).toMatchObject({ text: WHOLE })
    expect(answer).toMatchObject({ status: 200, complete: true, ends: 1 })
    expect(GRAMMARS[dialect](answer.wire.replace(SEAM, ''))).toEqual([])
    expect(SEAM.exec(answer.wire)?.[1]).toBe(String(WHOLE.indexOf(' 4 sheep')))
    expect(steps).toMatchObject([{ outcome: 'continued', by: 'instruction' }])
  })
})
