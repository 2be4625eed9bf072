import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { ADMIN_TOKEN_FILE } from '../../src/boot/admin-token.ts'
import { FIRST_KEY_FILE } from '../../src/boot/first-key.ts'
import { run } from '../../src/cli/command-line.fixture.ts'
import { isObject, parseJsonObject, readObject, readObjects, readString } from '../../src/kit/json.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'
import { makeKeyText } from './open-house.ts'

/*
 * A gateway full of secrets, under traffic that goes well, fails over, is refused and breaks off, with a provider, a collector and sinks that
 * quote whatever they are sent. Then everything that comes out of the house is searched for each secret, however it is written.
 */

/** Every secret that is planted, by where. None is a part of another, and none stands for anything else. */
const SECRETS = {
  PROVIDER_KEY: 'sk-proj-4fQ9zLw7RkX2mN8vT5yCa1Bd',
  OTHER_KEY: 'sk-proj-Jh6Gt3Wq8Ez5Xc1Vb7Nm4Lk9',
  PROVIDER_HEADER: 'hdr-P0oI9uY8tR7eW6qA5sD4fG3h',
  ADMIN_TOKEN: 'adm-Zx1Cv2Bn3Mq4We5Rt6Yu7Io8Pa9S',
  OTLP_HEADER: 'otl-Lp0Ko9Ij8Uh7Yg6Tf5Rd4Es3',
  WEBHOOK_SECRET: `whsec_${Buffer.from('canary-of-the-webhook-secret-1234').toString('base64')}`,
  WEBHOOK_HEADER: 'whk-Qa1Ws2Ed3Rf4Tg5Yh6Uj7Ik8',
  S3_ACCESS: 'AKIACANARY7Q2W9E4R6T',
  S3_SECRET: 's3s/Mn8Bv7Cx6Zl5Kj4+Hg3Fd2Sa1',
  CLICKHOUSE_PASSWORD: 'chp-Ol9Ik8Uj7Mn6Yh5Bg4Tv3Fc2',
  LANGFUSE_PUBLIC: 'pk-lf-Rf5Tg6Yh7Uj8Ik9Ol0Pz1X',
  LANGFUSE_SECRET: 'sk-lf-Wx2Sz3Ed4Cr5Fv6Tg7By8H',
  ALERT_SECRET: `whsec_${Buffer.from('canary-of-the-alert-channel-56789').toString('base64')}`,
  SLACK_TOKEN: 'slk-Dk3Wp8Zn5Vt2Bq7Ls4Xr9Hm',
  CLIENT_KEY: makeKeyText(),
  /** Of somebody who is no caller of this gateway. */
  FOREIGN_KEY: 'sk-ant-api03-Vb9Nm8Jk7Hg6Fd5Sa4Qw3Er2',
  PROMPT: 'canary prompt: the launch code is 7741-ALPHA',
  ANSWER: 'canary answer: the vault is under the fountain',
  TOOL: 'canary tool argument: Hildegard of Bingen',
  /** Masked by a guardrail that remembers it; put back for the client. */
  MASKED: 'keeper@zq7wx4-masked-canary.com',
} as const

/** What is shown once, to whoever made it. */
const made: Record<string, string> = {}

interface Output {
  readonly from: string
  readonly bytes: Buffer
}

/** What came out of the house. */
const outputs: Output[] = []
const keep = (from: string, bytes: string | Uint8Array): void =>
  void outputs.push({ from, bytes: Buffer.from(bytes) })

/** A secret in every way in which it might be written: as it is, in JSON, in a URL, in hexadecimal, in base64 at any place of a text. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const encoded = [0, 1, 2].flatMap((offset) => {
    // What stands before and behind it changes the first and the last characters.
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const core = text.slice(Math.ceil((offset * 8) / 6), -1)
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')]
  })
  return [
    ...new Set([
      secret,
      // A part of it is too much already.
      secret.slice(-16),
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      bytes.toString('hex'),
      ...encoded,
    ]),
  ]
}

/** Which secrets stand where. */
function hits(among: readonly Output[]): string[] {
  return Object.entries({ ...SECRETS, ...made }).flatMap(([name, secret]) => {
    const forms = formsOf(secret)
    return among
      .filter(({ bytes }) => forms.some((form) => bytes.includes(form)))
      .map(({ from }) => `${name} in ${from}`)
  })
}

/** A provider that answers by the name of the model, and quotes all that it knows of its caller when it refuses. */
const provider = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    const text = await request.text()
    keep('what a provider is asked', text.replaceAll(SECRETS.PROMPT, ''))
    const [placeholder = ''] = /<EMAIL_[0-9A-Z]{8}>/.exec(text) ?? []
    const answer = `${SECRETS.ANSWER} ${placeholder}`
    const body = parseJsonObject(text) ?? {}
    const model = readString(body, 'model') ?? ''
    const sent = `${request.headers.get('authorization')} ${request.headers.get('x-team')}`
    const base64 = Buffer.from(sent).toString('base64')
    const error = { message: `wrong: ${sent}, or ${encodeURIComponent(sent)}`, code: base64, param: sent }
    if (/^\d+$/.test(model))
      return Response.json({ error }, { status: Number(model), headers: { 'x-said': sent } })
    const chunk = (delta: object, finish: string | null): string =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
    const began = chunk({ role: 'assistant', content: answer }, null)
    if (model === 'broken')
      return new Response(`${began}data: ${JSON.stringify({ error })}\n\n`, {
        headers: { 'content-type': 'text/event-stream' },
      })
    if (body['stream'] === true)
      return new Response(`${began}${chunk({}, 'stop')}data: [DONE]\n\n`, {
        headers: { 'content-type': 'text/event-stream' },
      })
    return Response.json({
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model,
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          message: {
            role: 'assistant',
            content: answer,
            tool_calls: [
              {
                id: 'call_1',
                type: 'function',
                function: { name: 'find', arguments: JSON.stringify({ who: SECRETS.TOOL }) },
              },
            ],
          },
        },
      ],
      usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
    })
  },
})

const quoted = new Set<string>()
/** A collector and four sinks in one. The first delivery to each is refused, in words that quote how it was authorised. */
const receiver = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    const { pathname, search } = new URL(request.url)
    const [, kind = ''] = pathname.split('/')
    const body = await request.bytes()
    const packed = body[0] === 0x1f && body[1] === 0x8b
    keep(`a delivery to ${kind}`, packed ? gunzipSync(body) : body)
    // The address of such a channel is its secret.
    if (kind !== 'slack') keep(`the address of a delivery to ${kind}`, pathname + search)
    if (quoted.has(kind)) return new Response('')
    quoted.add(kind)
    const heard = JSON.stringify(Object.fromEntries(request.headers))
    return new Response(`<Error><Code>Denied</Code>${heard}</Error>`, {
      status: 503,
      headers: { 'x-clickhouse-exception-code': '516' },
    })
  },
})

const at = (kind: string): string => `${receiver.url.origin}/${kind}`

const ENVIRONMENT = { ...SECRETS, SLACK_URL: `${at('slack')}/T0/B0/${SECRETS.SLACK_TOKEN}` }
const JSON_BODY = { 'content-type': 'application/json' }

const CONFIG = {
  server: { admin_token: 'env:ADMIN_TOKEN' },
  providers: {
    vault: {
      base_url: `${provider.url.origin}/v1`,
      dialects: ['openai-chat'],
      keys: [
        { name: 'one', value: 'env:PROVIDER_KEY' },
        { name: 'two', value: 'env:OTHER_KEY' },
      ],
      headers: { 'x-team': 'env:PROVIDER_HEADER' },
    },
  },
  models: { 'vault/good': { price: { input: 1, output: 2 } } },
  guardrails: { data: { detect: ['email'], action: 'mask', remember: '1d' } },
  routes: { over: { targets: ['vault/500', 'vault/good'] }, refused: ['vault/401'] },
  keys: [{ name: 'canary', value: 'env:CLIENT_KEY' }],
  alerts: {
    channels: {
      ops: { type: 'webhook', url: at('alert'), secret: 'env:ALERT_SECRET', private: true },
      team: { type: 'slack', url: 'env:SLACK_URL', private: true },
    },
  },
  telemetry: {
    log: { requests: 'all' },
    otlp: {
      url: at('otlp'),
      headers: { authorization: 'env:OTLP_HEADER' },
      every: '10ms',
      metrics_every: '50ms',
    },
    sinks: {
      hook: {
        webhook: {
          url: at('hook'),
          secret: 'env:WEBHOOK_SECRET',
          headers: { authorization: 'env:WEBHOOK_HEADER' },
        },
        every: '10ms',
      },
      archive: {
        s3: { endpoint: at('s3'), bucket: 'logs', access_key: 'env:S3_ACCESS', secret_key: 'env:S3_SECRET' },
        every: '10ms',
      },
      warehouse: {
        clickhouse: { url: at('clickhouse'), password: 'env:CLICKHOUSE_PASSWORD' },
        every: '10ms',
      },
      fuse: {
        langfuse: { url: at('fuse'), public_key: 'env:LANGFUSE_PUBLIC', secret_key: 'env:LANGFUSE_SECRET' },
        every: '10ms',
      },
    },
  },
}

interface Asked {
  readonly model: string
  readonly key?: string
  readonly stream?: boolean
}

/** Answers in which the client has read what was masked. */
let putBack = 0

async function ask(
  gateway: RunningGateway,
  { model, key = SECRETS.CLIENT_KEY, stream = false }: Asked,
): Promise<string> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      stream,
      messages: [{ role: 'user', content: `${SECRETS.PROMPT} ${SECRETS.MASKED}` }],
    }),
  })
  const said = await response.text()
  // An answer is its client's; errors hold nothing of ours.
  if (!response.ok) keep(`the answer to ${model}`, said)
  else if (said.includes(SECRETS.MASKED)) putBack += 1
  keep(`the headers of ${model}`, JSON.stringify(Object.fromEntries(response.headers)))
  return response.headers.get('x-request-id') ?? ''
}

/** Everything that the admin API answers to GET, for ids that there are. A stream of events is read as far as it comes at once. */
async function walkAdmin(gateway: RunningGateway, ids: readonly string[]): Promise<number> {
  const document = parseJsonObject(await (await gateway.askAdmin('/openapi.json')).text()) ?? {}
  let walked = 0
  for (const [path, methods] of Object.entries(readObject(document, 'paths') ?? {})) {
    if (!isObject(methods) || methods['get'] === undefined) continue
    for (const id of path.includes('{') ? ids : ['']) {
      const filled = path.replaceAll(/\{[^}]*\}/g, id)
      const stop = new AbortController()
      const response = await gateway.askAdmin(filled, { signal: stop.signal })
      keep(`GET ${path}`, await firstOf(response))
      stop.abort()
      walked += 1
    }
  }
  return walked
}

async function firstOf(response: Response): Promise<string | Uint8Array> {
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) return response.text()
  const first = await response.body?.getReader().read()
  return first?.value ?? ''
}

/** What people see on a terminal, and programs read. */
async function walkCommands(
  { configFile }: RunningGateway,
  { data, id }: { data: string; id: string },
): Promise<void> {
  const commands = [
    ['logs'],
    ['req', id],
    ['receipt', id],
    ['explain', id],
    ['usage'],
    ['doctor'],
    ['top', '--once'],
    ['alerts', 'list'],
    ['keys', 'list'],
    ['check'],
  ]
  for (const words of commands)
    for (const form of [[], ['--json']]) {
      const given = [
        ...words,
        ...form,
        '--config',
        configFile,
        ...(words[0] === 'check' ? [] : ['--data', data]),
      ]
      const { out, err } = await run(data, given, { environment: ENVIRONMENT })
      keep(`gatehouse ${words.join(' ')}`, out + err)
    }
}

/** What is kept in the data directory, but for the two files that are there to be read: the admin token and the first key. */
function walkFiles(directory: string): void {
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    if (name === ADMIN_TOKEN_FILE || name === FIRST_KEY_FILE) continue
    const bytes = readFile(join(directory, name))
    if (bytes !== undefined) keep(`the file ${name}`, bytes)
  }
}

/** Undefined for a directory, and for what is gone: the database removes its log when the last connection closes. */
function readFile(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

/** Where other parts of the house have outputs that none of the above shows (alerts sent, content that was kept), each is fetched here. */
const FURTHER_OUTPUTS: readonly ((gateway: RunningGateway) => Promise<void>)[] = [testChannels]

/** Each channel is told twice: the first time it quotes its secret and takes nothing. */
async function testChannels(gateway: RunningGateway): Promise<void> {
  for (const channel of ['ops', 'team', 'ops', 'team']) {
    const path = `/api/v1/alert-channels/${channel}/test`
    const sent = await gateway.askAdmin(path, { method: 'POST', body: '{}', headers: JSON_BODY })
    keep(`a test of the channel ${channel}`, await sent.text())
  }
}

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-canary-'))
let walked = 0

beforeAll(async () => {
  const gateway = await openRunningGateway({
    config: JSON.stringify(CONFIG),
    environment: ENVIRONMENT,
    directory,
    logLevel: 'debug',
  })
  const created = await gateway.askAdmin('/api/v1/keys', {
    method: 'POST',
    headers: JSON_BODY,
    body: JSON.stringify({ name: 'made-here' }),
  })
  made['MADE_KEY'] = readString(parseJsonObject(await created.text()) ?? {}, 'key') ?? ''
  made['FIRST_KEY'] = gateway.key
  const ids = [
    await ask(gateway, { model: 'vault/good' }),
    await ask(gateway, { model: 'vault/good', stream: true, key: made['MADE_KEY'] }),
    await ask(gateway, { model: 'over', key: gateway.key }),
    await ask(gateway, { model: 'vault/broken', stream: true }),
    await ask(gateway, { model: 'refused' }),
    await ask(gateway, { model: 'vault/400' }),
    await ask(gateway, { model: 'vault/429', stream: true }),
  ]
  for (const key of [SECRETS.FOREIGN_KEY, `${SECRETS.CLIENT_KEY}x`, SECRETS.ADMIN_TOKEN])
    await ask(gateway, { model: 'vault/good', key })
  await ask(gateway, { model: SECRETS.PROMPT.slice(0, 5) })
  keep('the metrics', await (await gateway.askAdmin('/metrics')).text())
  await untilLogged(gateway, ids.at(-1) ?? '')
  const keys = parseJsonObject(await (await gateway.askAdmin('/api/v1/keys')).text()) ?? {}
  const keyIds = readObjects(keys, 'data').flatMap((one) => readString(one, 'id') ?? [])
  for (const further of FURTHER_OUTPUTS) await further(gateway)
  // One that failed over, one that broke off, and a key: what there are ids of.
  walked = await walkAdmin(gateway, [ids[2] ?? '', ids[3] ?? '', keyIds[0] ?? ''])
  await walkCommands(gateway, { data: directory, id: ids[2] ?? '' })
  walkFiles(directory)
  await gateway.close()
  keep('the log', gateway.log.join('\n'))
  walkFiles(directory)
}, 170_000)

afterAll(async () => {
  await provider.stop(true)
  await receiver.stop(true)
  rmSync(directory, { recursive: true, force: true })
})

/** The log is written in batches. */
async function untilLogged(gateway: RunningGateway, id: string): Promise<void> {
  while ((await gateway.askAdmin(`/api/v1/requests/${id}`)).status === 404) await Bun.sleep(5)
}

describe('the secrets of the house', () => {
  test('are in nothing that comes out of it', () => {
    expect(hits(outputs)).toEqual([])
  })

  test('what was masked came back to its clients, and is remembered', () => {
    expect(putBack).toBeGreaterThan(2)
    const metrics = outputs.find(({ from }) => from === 'the metrics')?.bytes.toString() ?? ''
    expect(metrics).toMatch(/gatehouse_vault_values_total\{outcome="kept"\} [1-9]/)
    expect(metrics).toMatch(/gatehouse_guardrail_restored_total\{guardrail="data",from="request"\} [1-9]/)
    const records = outputs
      .filter(({ from }) => from === 'a delivery to hook')
      .map(({ bytes }) => bytes.toString())
    expect(records.join('')).toContain('"restored":{"restored":{"data":1}}')
  })

  test('were looked for where they might be', () => {
    const from = new Set(outputs.map((output) => output.from))
    for (const place of [
      'the log',
      'what a provider is asked',
      'the metrics',
      'a delivery to otlp',
      'a delivery to hook',
      'a delivery to s3',
      'a delivery to clickhouse',
      'a delivery to fuse',
      'a delivery to alert',
      'a delivery to slack',
      'GET /api/v1/requests/{id}',
      'gatehouse doctor',
      'the file gatehouse.db',
      'the file gatehouse.db-wal',
    ])
      expect(from).toContain(place)
    expect([...from].some((place) => place.startsWith('the file journal/'))).toBe(true)
    expect(walked).toBeGreaterThan(30)
    expect(quoted.size).toBe(7)
  })

  test.each(Object.entries(SECRETS))('%s would be found, however it were written', (name, secret) => {
    const spellings = {
      plain: secret,
      quoted: JSON.stringify({ secret }),
      url: encodeURIComponent(`a=${secret}`),
      basic: Buffer.from(`user:${secret}:rest`).toString('base64'),
      urlSafe: Buffer.from(`u:${secret}`).toString('base64url'),
      hex: Buffer.from(secret).toString('hex'),
      cut: `…${secret.slice(-16)}`,
    }
    for (const [spelling, text] of Object.entries(spellings))
      expect([spelling, hits([{ from: 'a plant', bytes: Buffer.from(`before ${text} behind`) }])]).toEqual([
        spelling,
        [`${name} in a plant`],
      ])
  })
})
