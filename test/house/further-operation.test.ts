import { afterAll, beforeAll, expect, test } from 'bun:test'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '../..')

/** How long a text is: a row, as small as one can be. */
const ROW = `
import { NO_FEATURES } from '../features.ts'
import type { OperationRow, RequestSpine } from './operation-row.ts'

interface MeasureRequest extends RequestSpine {
  readonly operation: 'measure'
  readonly text: string
}
interface Length {
  readonly type: 'length'
  readonly length: number
}

export const measure: OperationRow<MeasureRequest, Length, number> = {
  name: 'measure',
  features: ({ text }) => ({ ...NO_FEATURES, inputTokens: text.length }),
  charge: 'usage',
  writes: 'nothing',
  proves: 'target',
  repeat: 'until-first-event',
  servedBy: 'some',
  interchangeable: true,
  meaning: { length: true },
  lastWord: 'length',
  createFold() {
    let length = 0
    return {
      push(event) {
        if (event.type === 'length') length = event.length
      },
      result: () => length,
    }
  },
}
`

/** The same in a dialect whose wire says the model in the path. */
const CODEC = `
import { NO_USAGE } from '../../exchange/usage.ts'
import type { Codec } from '../dialect.ts'
import { jsonIn } from '../json-body.ts'
import { createWholeDecoder, createWholeEncoder } from '../whole-answer.ts'

export const measure: Codec<'measure'> = {
  endpoints: ['POST /v1/measures/{+model}'],
  providerEndpoint: ({ model }) => ({ method: 'POST', path: \`/measures/\${model}\` }),
  decodeRequest: (body, { params }) => ({
    request: {
      operation: 'measure',
      model: params['model'] ?? '',
      text: String(jsonIn(body)['text']),
      stream: false,
    },
  }),
  encodeRequest: ({ text }, { headers }) => ({ body: JSON.stringify({ text }), headers }),
  decodeResponse: () =>
    createWholeDecoder((body, sink) => {
      sink({ type: 'start' })
      sink({ type: 'length', length: Number(body['length']) })
      sink({ type: 'usage', usage: { ...NO_USAGE, inputTokens: Number(body['length']) }, isFinal: true })
      return undefined
    }),
  encodeResponse: (context) => createWholeEncoder((length) => ({ length }), context),
}
`

/** Its simulated counterpart. */
const SERVE = `
import { NO_USAGE } from '../../exchange/usage.ts'
import { answerWhole } from '../answer-whole.ts'
import { endVisit } from '../visit.ts'
import type { Serve } from './serve.ts'

export const measure: Serve<'measure'> = {
  answer(visit, request) {
    endVisit(visit, 'completed', { ...NO_USAGE, inputTokens: request.text.length })
    return answerWhole(visit, request, request.text.length)
  },
}
`

/** Asks for it through the whole house: by its own dialect, with a key that may do nothing else, and with one that may not. */
const ASK = `
import { openHouse } from './test/journeys/open-house.ts'

const house = await openHouse({
  config: { models: { 'first/echo': { price: { input: 0, output: 0, request: 1 } } } },
  keys: { measurer: { endpoints: ['measure'], budget: { usd: 5, per: 'day' } }, chatter: { endpoints: ['chat'] } },
})
const ask = async (name: string, method = 'POST') => {
  const headers = { authorization: 'Bearer ' + house.key(name), 'content-type': 'application/json' }
  const body = method === 'POST' ? { body: JSON.stringify({ text: 'twelve chars' }) } : {}
  const response = await fetch(house.url + '/v1/measures/first/echo', { method, headers, ...body })
  const { length, error } = await response.json()
  return { status: response.status, says: length ?? error.code, allow: response.headers.get('allow') ?? undefined }
}
const told = { mine: await ask('measurer'), theirs: await ask('chatter'), read: await ask('measurer', 'GET') }
const { ledger, requests } = await house.close()
const rows = ledger.map(({ target, usage, outcome, costNanoUsd }) => ({ target, inputTokens: usage.inputTokens, outcome, cost: String(costNanoUsd) }))
console.log(JSON.stringify({ told, rows, operations: requests.map(({ operation, outcome }) => [operation, outcome]) }))
`

let house: string

/** Adds a line to a list behind a mark. */
function addLine(file: string, mark: string, line: string): void {
  const path = join(house, file)
  const text = readFileSync(path, 'utf8')
  if (!text.includes(mark)) throw new Error(`${file} does not hold ${mark}`)
  writeFileSync(path, text.replace(mark, `${mark}${line}`))
}

/** A copy of the house with one further operation: three files, and a line in the list of each. */
beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'gatehouse-operation-'))
  for (const name of ['src', 'test', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, name), join(house, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'))
  writeFileSync(join(house, 'src/exchange/operations/measure.ts'), ROW)
  addLine('src/exchange/operations/all.ts', 'export const OPERATIONS = {', ' measure,')
  addLine(
    'src/exchange/operations/all.ts',
    "import { chat } from './chat.ts'\n",
    "import { measure } from './measure.ts'\n",
  )
  writeFileSync(join(house, 'src/dialects/openai-chat/measure.ts'), CODEC)
  addLine('src/dialects/openai-chat/openai-chat.ts', 'codecs: {', ' measure,')
  addLine(
    'src/dialects/openai-chat/openai-chat.ts',
    "import { tapResponse } from './tap-response.ts'\n",
    "import { measure } from './measure.ts'\n",
  )
  writeFileSync(join(house, 'src/drills/operations/measure.ts'), SERVE)
  addLine('src/drills/operations/all.ts', 'Serve<O> } = {', ' measure,')
  addLine(
    'src/drills/operations/all.ts',
    "import { chat } from './chat.ts'\n",
    "import { measure } from './measure.ts'\n",
  )
  writeFileSync(join(house, 'ask.ts'), ASK)
})

afterAll(() => {
  rmSync(house, { recursive: true, force: true })
})

test('a further operation is its row, its codec and its counterpart, and all that holds for others holds for it', () => {
  const run = Bun.spawnSync([process.execPath, 'ask.ts'], { cwd: house, stderr: 'pipe' })
  expect(run.stderr.toString()).toBe('')
  expect(JSON.parse(run.stdout.toString())).toEqual({
    told: {
      mine: { status: 200, says: 12 },
      theirs: { status: 403, says: 'endpoint_not_allowed' },
      read: { status: 405, says: 'method_not_allowed', allow: 'POST' },
    },
    rows: [{ target: 'first/echo', inputTokens: 12, outcome: 'ok', cost: '1000000000' }],
    operations: [
      ['measure', 'endpoint-not-allowed'],
      ['measure', 'ok'],
    ],
  })
})
