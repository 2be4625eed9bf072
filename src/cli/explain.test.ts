import { afterAll, describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mintKey } from '../exchange/virtual-key.ts'
import { parseJsonObject, readObjects } from '../kit/json.ts'
import { systemClock } from '../kit/clock.ts'
import { createSeededRandom } from '../kit/random.ts'
import { crashedRow } from '../ledger/crashed-row.fixture.ts'
import { toLedgerText } from '../store/ledger-text.ts'
import { openStore } from '../store/open-store.ts'
import { toRequestText } from '../store/request-text.ts'
import { createWorkplaces, run } from './command-line.fixture.ts'

const { workplace, close } = createWorkplaces()
afterAll(close)

const CONFIG = `
providers: { sim: , own: { base_url: "http://127.0.0.1:9/v1", dialects: [openai-chat] } }
projects: { growth: { models: [support] } }
keys: [{ name: ci, value: env:CI_KEY, project: growth, allow: [tags] }]
routes:
  support:
    steps:
      - { name: gold, when: "'x-tier' in headers && headers['x-tier'] == 'gold, or more'", targets: [sim/reason] }
      - { name: growth, when: key.project == 'growth', targets: [sim/smart] }
      - { name: regulated, when: "'eu' in request.tags", targets: [sim/echo] }
      - { name: long, when: request.text.characters > 10, targets: [sim/tools] }
      - { name: default, targets: [sim/small, sim/smart] }
`

const explained = async (flags: readonly string[], input?: string) => {
  const { exitCode, out, err } = await run(workplace(CONFIG), ['explain', ...flags, '--json'], {
    environment: { CI_KEY: KEY },
    ...(input !== undefined && { input }),
  })
  return { exitCode, err, json: parseJsonObject(out) ?? {} }
}

const KEY = mintKey({ environment: 'live', random: createSeededRandom(7), hmac: () => '' }).text.reveal()

describe('explain, for a request that nobody sends', () => {
  test.each([
    [['support'], 'default'],
    [['support', '--tag', 'other', '--tag', 'eu'], 'regulated'],
    [['support', '--header', 'X-Tier: gold, or more'], 'gold'],
  ])('%j takes the step %s', async (flags, step) => {
    expect((await explained(flags)).json).toMatchObject({ step })
  })

  test('reads a body that is piped in, by what is said in it', async () => {
    const body = {
      model: 'support',
      max_tokens: 9,
      system: 'x',
      messages: [{ role: 'user', content: 'one two three four' }],
    }
    const { json } = await explained(['--request', '-'], JSON.stringify(body))
    expect(json).toMatchObject({ dialect: 'anthropic-messages', step: 'long', model: 'support' })
    const { json: other } = await explained(['sim/echo', '--request', '-'], JSON.stringify(body))
    expect(other).toMatchObject({ model: 'sim/echo', route: 'sim/echo' })
  })

  test('reads a body in a file, under another configuration than the one in force', async () => {
    const directory = workplace(CONFIG)
    writeFileSync(join(directory, 'draft.yaml'), 'providers: { sim: }\nroutes: { support: [sim/tools] }\n')
    writeFileSync(join(directory, 'body.json'), '{"model":"support","input":"hi"}')
    const flags = ['explain', '--request', 'body.json', '--config', 'draft.yaml', '--json']
    const { out } = await run(directory, flags)
    expect(parseJsonObject(out)).toMatchObject({ candidates: [{ target: 'sim/tools', place: 1 }] })
  })

  test('says what would flip the choice, and what becomes of it without a provider', async () => {
    const { out } = await run(workplace(CONFIG), ['explain', 'support', '--outage', 'sim'], {
      environment: { CI_KEY: KEY },
    })
    expect(out).toContain('  if it had the tag eu: sim/echo, step regulated (first-in-order)\n')
    expect(out).toContain('  if the key ci asked: sim/smart, step growth (first-in-order)\n')
    expect(out).toContain('If sim went down now: the request fails within the attempts that the route has')
  })

  test.each([
    [['support', '--key', 'ic'], 3, 'There is no key ic. Did you mean ci?'],
    [['support', '--outage', 'smi'], 3, 'No route leads to a provider smi. Did you mean sim?'],
    [['support', '--operation', 'caht'], 2, 'Did you mean "chat"?'],
    [['support', '--header', 'x-tier'], 2, '--header takes "name: value", not "x-tier".'],
    [['support', '--header', 'x-gatehouse-tgas: a'], 2, "Did you mean 'x-gatehouse-tags'?"],
    [['support', '--request', 'none.json'], 3, 'There is no file none.json'],
    [['support', '--request', '-', '--dialect', 'gmini'], 2, 'Did you mean gemini?'],
    [[], 2, 'Explain what?'],
  ])('%j is refused with exit code %d', async (flags, code, message) => {
    const { exitCode, err } = await explained(
      flags,
      '{"model":"support","messages":[{"role":"user","content":"a"}]}',
    )
    expect({ exitCode, err }).toEqual({ exitCode: code, err: expect.stringContaining(message) })
  })
})

describe('explain, for a key', () => {
  test('decides with its project, its permissions and its budgets', async () => {
    const directory = workplace(
      'providers: { sim: }\nprojects: { growth: { models: [one] } }\nroutes: { one: [sim/small], two: [sim/smart] }\n',
    )
    const made = await run(directory, ['keys', 'create', 'web', '--project', 'growth', '--budget', '5/day'])
    expect(made.exitCode).toBe(0)
    const asked = async (model: string) =>
      parseJsonObject(
        (await run(directory, ['explain', model, '--key', 'web', '--tag', 'a', '--json'])).out,
      ) ?? {}
    expect(await asked('one')).toMatchObject({
      key: 'web',
      failure: { code: 'override-not-allowed', status: 403 },
    })
    expect(readObjects(await asked('two'), 'candidates')).toEqual([])
  })
})

describe('explain, for a request of the log', () => {
  test('shows why each of its attempts was begun, and its rung', async () => {
    const directory = workplace()
    mkdirSync(join(directory, '.gatehouse'))
    const url = `sqlite:${join(directory, '.gatehouse', 'gatehouse.db')}`
    const store = await openStore({ url, clock: systemClock })
    const begun = [{}, { begunFor: 'retry', rung: 1 }, { begunFor: 'rung', rung: 2 }, { begunFor: 'hedge' }]
    await store.ledger.append(
      begun.map((why, index) =>
        toLedgerText({ ...crashedRow(`att_${index + 1}`), ...why, requestId: 'req_1', ordinal: index + 1 }),
      ),
    )
    const line = {
      id: 'req_1',
      atMs: systemClock.nowMs(),
      dialect: 'openai-chat',
      operation: 'chat',
      stream: false,
      requestedModel: 'auto',
      owners: {},
      outcome: 'ok',
      status: 200,
      durationMs: 1,
      upstreamMs: 1,
      inputTokens: 1,
      outputTokens: 1,
      estimated: false,
      simulated: false,
      attempts: '',
      notices: '',
      planVersion: '1-a',
    }
    await store.requests.append([toRequestText(line)])
    await store.close()
    const { out } = await run(directory, ['explain', 'req_1'])
    const cells = [...out.matchAll(/^(\d) +(\S.*?) {2}/gm)].map(([, ordinal, why]) => [ordinal, why])
    expect(cells).toEqual([
      ['1', 'first'],
      ['2', 'retry, rung 1'],
      ['3', 'rung 2'],
      ['4', 'hedge'],
    ])
  })
})
