import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CONFIG_KEY_FILE } from '../../src/boot/seals.ts'
import { writeAddress } from '../../src/cli/address-file.ts'
import { run } from '../../src/cli/command-line.fixture.ts'
import { parseJsonObject, readObject, readObjects, readString } from '../../src/kit/json.ts'
import { MODES, type Mode } from '../modes.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'
import { makeKeyText } from './open-house.ts'
import { openScriptedProvider } from './scripted-provider.ts'

/*
 * A provider holds a conversation, and speaks of what was masked in an earlier request. The value is put back for whom it was masked, and
 * for nobody else; operators see it only where the file says so.
 */

const MAIL = 'ana.lopez@example.com'
const PLACEHOLDER = /<EMAIL_[0-9A-Z]{8}>/

/** What a model says by itself. */
const BROUGHT = 'bob.known@example.net'

let heard = ''
/** One that answers with the last placeholder that it was ever told. */
const provider = openScriptedProvider(({ body }) => {
  heard = PLACEHOLDER.exec(body)?.[0] ?? heard
  const isStream = parseJsonObject(body)?.['stream'] === true
  const text = body.includes('a secret') ? `It is ${BROUGHT}.` : `You are ${heard}.`
  const item = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed' }
  const part = { type: 'output_text', text, annotations: [], logprobs: [] }
  const response = {
    id: 'resp_1',
    object: 'response',
    created_at: 1_790_000_000,
    status: 'completed',
    model: 'm',
    output: [{ ...item, content: [part] }],
    usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
  }
  if (!isStream) return Response.json(response)
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 }
  const events = [
    { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    // A placeholder in three pieces.
    ...[text.slice(0, 10), text.slice(10, 13), text.slice(13)].map((delta) => ({
      type: 'response.output_text.delta',
      ...at,
      delta,
    })),
    { type: 'response.output_text.done', ...at, text },
    { type: 'response.content_part.done', ...at, part },
    { type: 'response.output_item.done', output_index: 0, item: response.output[0] },
    { type: 'response.completed', response },
  ]
  return new Response(
    events
      .map(
        (event, index) =>
          `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`,
      )
      .join(''),
    { headers: { 'content-type': 'text/event-stream' } },
  )
})

const config = (restore: boolean): string => `
providers:
  far: { base_url: "${provider.url}/v1", dialects: [openai-responses], key: env:KEY, quirks: { keeps: [conversation] } }
models: { far/m: { price: { input: 1, output: 2 } } }
routes: { support: [far/m], reports: [far/m] }
projects: { site: {}, shop: {} }
keys:
  - { name: site, value: env:SITE, project: site, allow: [customer] }
  - { name: shop, value: env:SHOP, project: shop, allow: [customer] }
guardrails:
  data: { detect: [email], action: mask, remember: 30d, routes: [support] }
  plain: { detect: [email], action: mask, routes: [reports] }
logs: { content: { keep: full, restore: ${restore} } }
`

const KEYS = { SITE: makeKeyText(), SHOP: makeKeyText() }
const directory = mkdtempSync(join(tmpdir(), 'gatehouse-remembered-'))
let gateway: RunningGateway

async function start(restore: boolean): Promise<void> {
  gateway = await openRunningGateway({
    config: config(restore),
    environment: { KEY: 'far-key', ...KEYS },
    directory,
    logLevel: 'info',
  })
}

beforeAll(() => start(false))
afterAll(async () => {
  await gateway.close()
  await provider.close()
  rmSync(directory, { recursive: true, force: true })
})

interface Asked {
  readonly mode?: Mode
  readonly text?: string
  readonly key?: string
  readonly customer?: string
  readonly model?: string
}

/** What a client reads of an answer, and the id of its request. */
async function ask({
  mode = 'unary',
  text = 'Who am I?',
  key = KEYS.SITE,
  customer = 'ana',
  model = 'support',
}: Asked) {
  const response = await fetch(`${gateway.url}/v1/responses`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'x-gatehouse-customer': customer,
    },
    body: JSON.stringify({
      model,
      input: text,
      conversation: 'conv_1',
      stream: mode === 'stream',
      store: false,
    }),
  })
  const body = await response.text()
  expect([response.status, body]).toEqual([200, body])
  return {
    id: response.headers.get('x-request-id') ?? '',
    said: mode === 'unary' ? saidIn(body) : saidInStream(body),
  }
}

function saidIn(body: string): string {
  const [item] = readObjects(parseJsonObject(body) ?? {}, 'output')
  const [part] = readObjects(item ?? {}, 'content')
  return readString(part ?? {}, 'text') ?? ''
}

function saidInStream(body: string): string {
  const events = [...body.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => parseJsonObject(data) ?? {})
  return events
    .filter((event) => readString(event, 'type') === 'response.output_text.delta')
    .map((event) => readString(event, 'delta') ?? '')
    .join('')
}

async function contentOf(id: string, query = '') {
  const path = `/api/v1/requests/${id}/content${query}`
  for (;;) {
    const response = await gateway.askAdmin(path)
    const text = await response.text()
    if (response.status !== 404 || text.includes('"content"')) return { status: response.status, text }
    await Bun.sleep(5)
  }
}

const shows = (text: string) => ({ value: text.includes(MAIL), placeholder: PLACEHOLDER.test(text) })

describe('a value that was masked in an earlier request', () => {
  test('has a longer placeholder, which is put back as ever where the request says the value', async () => {
    expect((await ask({ text: `I am ${MAIL}.` })).said).toBe(`You are ${MAIL}.`)
    expect(heard).toMatch(PLACEHOLDER)
  })

  test.each(MODES)('is put back where a request does not say it, %s', async (mode) => {
    const { id, said } = await ask({ mode })
    expect(said).toBe(`You are ${MAIL}.`)
    await contentOf(id)
    const { decision } = (await (await gateway.askAdmin(`/api/v1/requests/${id}`)).json()) as {
      decision: { steps: readonly unknown[] }
    }
    expect(decision.steps).toContainEqual({ step: 'restore', restored: {}, remembered: { data: 1 } })
  })

  test.each([
    ['another project of the same organisation', { key: KEYS.SHOP }],
    ['another customer of the same project', { customer: 'bob' }],
    ['another route, whose guardrail remembers nothing', { model: 'reports' }],
    ['a client of another project who writes the placeholder', { key: KEYS.SHOP, text: '' }],
  ])('stays a placeholder for %s', async (_name, asked) => {
    const text = 'text' in asked ? `Who is ${heard}?` : 'Who am I?'
    expect((await ask({ ...asked, text })).said).toBe(`You are ${heard}.`)
  })

  test('may be asked for by who writes its placeholder, if it is theirs', async () => {
    expect((await ask({ text: `Who is ${heard}?` })).said).toBe(`You are ${MAIL}.`)
  })
})

test('guardrails tell how much was put back', async () => {
  const answer = parseJsonObject(await (await gateway.askAdmin('/api/v1/guardrails')).text()) ?? {}
  const told = readObjects(answer, 'data').map((one) => [
    readString(one, 'name'),
    one['remember_ms'],
    one['restored'],
  ])
  expect(told).toEqual([
    ['data', 30 * 86_400_000, { values: 1, remembered: expect.any(Number) }],
    ['plain', null, { values: 0, remembered: 0 }],
  ])
  expect(readObjects(answer, 'data')[0]?.['restored']).not.toMatchObject({ remembered: 0 })
  const { out } = await run(directory, ['guardrails', 'list', '--config', gateway.configFile], {
    environment: { KEY: 'far-key', ...KEYS },
  })
  expect(out).toMatch(/data .* mask, put back, remembered for 30d /)
})

test('what a model brings along is masked, and nobody but an operator may see it', async () => {
  const { id, said } = await ask({ text: 'Tell me a secret!' })
  expect(said).toMatch(/^It is <EMAIL_[0-9A-Z]{8}>\.$/)
  expect((await ask({ text: `Who is ${said.slice(6, -1)}?` })).said).not.toContain(BROUGHT)
  const { text } = await contentOf(id)
  expect(text).not.toContain(BROUGHT)
  expect(readObject(parseJsonObject(text) ?? {}, 'remembered')).toMatchObject({ values: 1 })
})

describe('operators', () => {
  test('are told that there is something, and shown nothing where the file does not say so', async () => {
    const { id } = await ask({ text: `I am ${MAIL}.` })
    const { text } = await contentOf(id)
    expect(shows(text)).toEqual({ value: false, placeholder: true })
    expect(readObject(parseJsonObject(text) ?? {}, 'remembered')).toEqual({
      values: 1,
      shown: false,
      allowed: false,
    })
    expect(await contentOf(id, '?restore=true')).toMatchObject({ status: 403 })
  })

  test('see it where it does, which leaves a line that says nothing of it; after a restart too', async () => {
    const { id } = await ask({})
    await contentOf(id)
    await gateway.close()
    await start(true)
    expect(shows((await contentOf(id)).text)).toEqual({ value: false, placeholder: true })
    const { text } = await contentOf(id, '?restore=true')
    expect(shows(text)).toEqual({ value: true, placeholder: false })
    const lines = gateway.log.map((line) => parseJsonObject(line) ?? {})
    const shown = lines.filter(
      (line) => readString(line, 'message') === 'masked values of a request were shown',
    )
    expect(shown).toMatchObject([{ requestId: id, values: 1, from: '127.0.0.1' }])
    expect(gateway.log.join('')).not.toContain(MAIL)
    writeAddress(directory, { dataUrl: gateway.url, adminUrl: gateway.adminUrl, processId: process.pid })
    const shownBy = async (...words: readonly string[]) =>
      (await run(directory, ['req', id, ...words, '--data', directory, '--config', gateway.configFile])).out
    expect(shows(await shownBy('--content'))).toEqual({ value: false, placeholder: true })
    expect(shows(await shownBy('--restore'))).toEqual({ value: true, placeholder: false })
    expect((await ask({})).said).toBe(`You are ${MAIL}.`)
  })
})

test('it is nowhere in the files of the gateway', () => {
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const path = join(directory, name)
    if (statSync(path).isFile()) expect([name, readFileSync(path).includes(MAIL)]).toEqual([name, false])
  }
})

test('it is forgotten with what was said of a customer, and said again it is remembered again', async () => {
  const answer = await gateway.askAdmin('/api/v1/content?customer=ana', { method: 'DELETE' })
  const { removed, forgotten } = (await answer.json()) as { removed: number; forgotten: number }
  expect([removed > 2, forgotten]).toEqual([true, 2])
  expect((await ask({})).said).toBe(`You are ${heard}.`)
  await ask({ text: `I am ${MAIL}.` })
  const { id, said } = await ask({})
  expect(said).toBe(`You are ${MAIL}.`)
  await contentOf(id)
})

test('with another sealing key nothing is put back, which is counted, and all else goes on', async () => {
  await gateway.close()
  writeFileSync(join(directory, CONFIG_KEY_FILE), 'another key, as if that had been lost\n')
  await start(true)
  expect((await ask({})).said).toBe(`You are ${heard}.`)
  const metrics = await (await gateway.askAdmin('/metrics')).text()
  expect(metrics).toMatch(/gatehouse_vault_values_total\{outcome="unreadable"\} 1/)
})
