import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createWorkplaces, run } from '../../src/cli/command-line.fixture.ts'
import { parseJsonObject, readObject, type JsonObject } from '../../src/kit/json.ts'
import { LIMITS } from '../../src/kit/limits.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'

/*
 * What a draft would have made of the log of a gateway that runs, asked of it and then of what it left. The files are those of
 * examples/what-if.
 */

const example = new URL('../../examples/what-if/', import.meta.url)
const draft = await Bun.file(new URL('draft.yaml', example)).text()
const config = `${await Bun.file(new URL('gatehouse.yaml', example)).text()}
  held: { only: { providers: [sim] }, targets: [sim/smart] }
`
/** The draft, with routes for everybody. */
const whole = `${draft}  legacy: [sim/smart]\n  held: { only: { providers: [sim] }, targets: [sim/smart] }\n`

const { workplace, close } = createWorkplaces()
let directory: string
let gateway: RunningGateway
const first: { status: number; json: JsonObject } = { status: 0, json: {} }

const send = (model: string, more: JsonObject = {}): Promise<Response> =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello.' }], ...more }),
  })

const TOOL = { type: 'function', function: { name: 'look', parameters: { type: 'object' } } }

async function ask(question: JsonObject | string): Promise<{ status: number; json: JsonObject }> {
  const response = await gateway.askAdmin('/api/v1/what-if', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof question === 'string' ? question : JSON.stringify(question),
  })
  return { status: response.status, json: parseJsonObject(await response.text()) ?? {} }
}

/** Asks the command line about what was left, from the directory of the file. */
async function whatIf(text: string, flags: readonly string[] = []) {
  writeFileSync(join(directory, 'draft.yaml'), text)
  return run(directory, ['what-if', '--config', 'draft.yaml', ...flags])
}

beforeAll(async () => {
  directory = workplace(config)
  mkdirSync(join(directory, '.gatehouse'))
  gateway = await openRunningGateway({
    directory: join(directory, '.gatehouse'),
    config,
    environment: { TOLD: 'never-told' },
  })
  for (let sent = 0; sent < 6; sent += 1) await (await send('support')).text()
  await (await send('support', { tools: [TOOL] })).text()
  for (let sent = 0; sent < 2; sent += 1) await (await send('legacy')).text()
  await (await send('held')).text()
  let seen: Awaited<ReturnType<typeof ask>>
  do seen = await ask({ config: draft })
  while (seen.status === 200 && seen.json['requests'] !== 10)
  // The log is gone through twice, and grew while it was: of what has stopped growing both say the same.
  Object.assign(first, seen.status === 200 ? await ask({ config: draft }) : seen)
})
afterAll(async () => {
  await gateway.close()
  close()
})

describe('POST /api/v1/what-if', () => {
  test('tells who moves, what it saves, and whom nobody would answer', () => {
    expect(first).toMatchObject({
      status: 200,
      json: {
        requests: 10,
        moved: 6,
        // Tools are more than the cheap one takes.
        unchanged: 1,
        moves: [{ from: 'sim/smart', to: 'sim/small', requests: 6 }],
        newly_unroutable: [{ code: 'model-not-found', requests: 3 }],
        constraints_broken: [],
        unknown: [],
      },
    })
    const { recorded_usd: was, expected_usd: is } = readObject(first.json, 'simulated_cost') ?? {}
    expect(Number(is)).toBeLessThan(Number(was) / 3)
  })

  test.each([
    [{ route: 'legacy' }, 2],
    [{ route: 'support' }, 7],
    [{ last: 3 }, 3],
    [{ from: '1h' }, 10],
    [{ to: '1h' }, 0],
  ])('of %j alone', async (scope, requests) => {
    expect((await ask({ config: draft, ...scope })).json).toMatchObject({ requests })
  })

  test.each([
    [{}, 400, 'expected text'],
    [{ config: draft, lats: 3 }, 400, 'Did you mean'],
    [{ config: draft, last: LIMITS.whatIfRequests + 1 }, 400, 'a whole number from 1 to'],
    [{ config: draft, from: 'soon' }, 400, 'an age such as 24h'],
    [{ config: draft, route: 'suport' }, 404, 'There is no route suport. Did you mean support?'],
    [{ config: 'routes: { support: [sim/smart' }, 400, 'config'],
    [{ config: 'providers: { smi: }' }, 400, 'config: providers.smi'],
    // What is filled into the file in force alone is filled in.
    [{ config: `providers: { sim: }\nroutes: { support: ["sim/\${TOLD}"] }` }, 400, 'TOLD'],
    ['not json', 400, 'not valid JSON'],
  ])('refuses %j with %d', async (question, status, message) => {
    const refused = await ask(question)
    expect(refused.status).toBe(status)
    expect(JSON.stringify(refused.json)).toContain(message)
    expect(JSON.stringify(refused.json)).not.toContain('never-told')
  })

  test('takes one question at a time, while others wait for their turn', async () => {
    const asked = await Promise.all([1, 2, 3].map(() => ask({ config: draft })))
    for (const { status, json } of asked)
      expect({ status, json }).toMatchObject({ status: 200, json: { requests: 10 } })
    expect((await ask({ config: draft })).status).toBe(200)
    expect((await ask({ config: 'providers: { smi: }' })).status).toBe(400)
    expect((await ask({ config: draft })).status).toBe(200)
  })

  test('is for operators alone', async () => {
    const response = await fetch(`${gateway.adminUrl}/api/v1/what-if`, { method: 'POST' })
    expect(response.status).toBe(401)
  })
})

describe('gatehouse what-if', () => {
  test('says the same to programs', async () => {
    const { exitCode, out } = await whatIf(draft, ['--json'])
    expect(exitCode).toBe(0)
    expect(parseJsonObject(out)).toEqual(first.json)
  })

  test('tells people what there is to see, and where to look on', async () => {
    const { out } = await whatIf(draft)
    expect(out).toStartWith('10 requests: 1 as before, 6 elsewhere\n')
    expect(out).toMatch(/sim\/smart +sim\/small +6 +100 % +\$[\d.]+ → \$[\d.]+/)
    expect(out).toMatch(/model-not-found +3 +req_\S+ +There is no model or route/)
    const example = /gatehouse (explain req_\S+ --config draft\.yaml)\n$/.exec(out)?.[1] ?? ''
    const explained = await run(directory, example.split(' '))
    expect(explained.out).toContain('Under draft.yaml: nobody comes first, where sim/smart did')
  })

  test.each([
    [['--route', 'legacy'], 2],
    [['--last', '3'], 3],
    [['--since', '1h'], 10],
    [['--since', '2099-01-01'], 0],
  ])('of %j alone', async (flags, requests) => {
    const { exitCode, out } = await whatIf(draft, [...flags, '--json'])
    expect(exitCode).toBe(0)
    expect(parseJsonObject(out)).toMatchObject({ requests })
  })

  const asksForMore = whole.replace(
    '[sim/smart]\n',
    `{ steps: [{ name: a, when: "'x-a' in headers", targets: [sim/smart] }, { name: b, targets: [sim/smart] }] }\n`,
  )
  const leaves = whole
    .replace(
      'providers:\n  sim:\n',
      'providers: { sim: , own: { base_url: "http://127.0.0.1:9/v1", dialects: [openai-chat] } }\n',
    )
    .replace('{ only: { providers: [sim] }, targets: [sim/smart] }', '[own/any]')
  const dearer = whole
    .replace('{ input: 0.2, output: 0.8 }', '{ input: 9, output: 45 }')
    .replace('strategy: cheapest, targets: [sim/smart, sim/small]', 'targets: [sim/small]')
  test.each([
    ['unroutable', draft, whole],
    ['only', leaves, whole],
    ['unknown', asksForMore, whole],
    ['cost>10%', dearer, whole],
    ['cost>0.5%', dearer, whole],
  ])('--fail-on %s fails with exit code 6 where it is so, and only there', async (word, bad, good) => {
    const failed = await whatIf(bad, ['--fail-on', word])
    expect([failed.exitCode, failed.err]).toEqual([6, expect.stringContaining(`Fails on ${word}.`)])
    expect((await whatIf(bad)).exitCode).toBe(0)
    expect((await whatIf(good, ['--fail-on', word])).exitCode).toBe(0)
  })

  test('fails on any of several, and says on which', async () => {
    const { exitCode, err } = await whatIf(draft, ['--fail-on', 'only,unroutable,cost>10%', '--json'])
    expect([exitCode, err]).toEqual([6, 'Fails on unroutable.\n'])
  })

  test.each([
    [['--fail-on', 'unrutable'], 2, 'Did you mean unroutable?'],
    [['--fail-on', 'cost>ten%'], 2, 'of any per cent'],
    [['--since', 'soon'], 2, '--since soon is no moment'],
    [['--route', 'suport'], 3, 'There is no route suport. Did you mean support?'],
    [['--rout', 'support'], 2, 'Did you mean --route?'],
    [['--last', '0'], 2, '--last takes'],
    [['--last', '1.5'], 2, '--last needs a whole number'],
    [['--last', 'many'], 2, '--last'],
    [['extra'], 2, 'extra'],
  ])('%j is refused with exit code %d', async (flags, code, message) => {
    const { exitCode, err } = await whatIf(draft, flags)
    expect({ exitCode, err }).toEqual({ exitCode: code, err: expect.stringContaining(message) })
  })

  test('wants a draft that is there and without mistakes, and an installation', async () => {
    const without = await run(directory, ['what-if'])
    expect([without.exitCode, without.err]).toEqual([2, expect.stringContaining('Name the changed file')])
    const absent = await run(directory, ['what-if', '--config', 'darft.yaml'])
    expect([absent.exitCode, absent.err]).toEqual([3, expect.stringContaining('There is no file')])
    const wrong = await whatIf('providers: { smi: }')
    expect([wrong.exitCode, wrong.err]).toEqual([2, expect.stringContaining('gatehouse check draft.yaml')])
    const elsewhere = workplace()
    writeFileSync(join(elsewhere, 'draft.yaml'), draft)
    expect((await run(elsewhere, ['what-if', '--config', 'draft.yaml'])).exitCode).toBe(3)
  })
})
