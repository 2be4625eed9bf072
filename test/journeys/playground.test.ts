import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { parseJsonObject, readObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { CLIENT_ROWS } from '../../src/clients/rows/all.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'

const CONFIG = `
providers: { sim: {} }
routes:
  support: ['sim/flaky?rate=1', sim/smart]
`

interface Told {
  readonly name: string
  readonly data: JsonObject
}

function eventsIn(text: string): readonly Told[] {
  return text.split('\n\n').flatMap((frame) => {
    const name = /^event: (.+)$/m.exec(frame)?.[1]
    const data = /^data: (.+)$/m.exec(frame)?.[1]
    return name === undefined ? [] : [{ name, data: parseJsonObject(data ?? '') ?? {} }]
  })
}

describe('the playground', () => {
  let gateway: RunningGateway
  beforeAll(async () => {
    gateway = await openRunningGateway({ config: CONFIG })
  })
  afterAll(() => gateway.close())

  const post = (path: string, body: JsonObject): Promise<Response> =>
    gateway.askAdmin(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const ask = async (body: JsonObject): Promise<readonly Told[]> => {
    const response = await post('/api/v1/playground', {
      messages: [{ role: 'user', text: 'Say hi' }],
      ...body,
    })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    return eventsIn(await response.text())
  }
  const last = (events: readonly Told[]): JsonObject => {
    const over = events.at(-1)
    expect(over?.name).toBe('over')
    return over?.data ?? {}
  }

  test('an operator asks without a key: the answer comes in pieces, then its line, receipt, decision and times', async () => {
    const events = await ask({ model: 'support', system: 'Be short.', max_output: 200 })
    const names = events.map(({ name }) => name)
    expect(names.slice(0, 2)).toEqual(['begun', 'target'])
    expect(names.filter((name) => name === 'text').length).toBeGreaterThan(1)
    expect(events.find(({ name }) => name === 'finish')?.data).toEqual({ reason: 'stop' })
    const { request, receipt, decision, times } = last(events)
    expect(request).toMatchObject({
      key_name: 'operator',
      route: 'support',
      outcome: 'ok',
      target: 'sim/smart',
    })
    expect(decision).toMatch(
      /^sim\/flaky\?rate=1 was asked first\. It stands first .* sim\/smart answered\.$/,
    )
    expect(
      readObjects(receipt as JsonObject, 'attempts')
        .map(({ outcome }) => outcome)
        .at(-1),
    ).toBe('ok')
    expect(times).toMatchObject({ total_ms: expect.any(Number), first_ms: expect.any(Number) })
    const mine = await gateway.askAdmin('/api/v1/requests?q=client:playground')
    expect(await mine.json()).toMatchObject({ data: [{ id: events[0]?.data['request_id'] }] })
  })

  test('a key is held to what it may: its models, its budget', async () => {
    const made = parseJsonObject(
      await (
        await post('/api/v1/keys', {
          name: 'narrow',
          models: ['sim/smart'],
          budget: { usd: '0.000001', per: 'day' },
        })
      ).text(),
    )
    const key = readString(made ?? {}, 'id') ?? ''
    const forbidden = await ask({ key, model: 'sim/echo' })
    expect(forbidden.map(({ name }) => name)).toEqual(['begun', 'failure', 'over'])
    expect(forbidden[1]?.data).toMatchObject({ code: 'model-not-allowed', status: 403 })
    const beyond = await ask({ key: 'narrow', model: 'sim/smart', max_output: 4_000 })
    expect(beyond[1]?.data).toMatchObject({ status: 402 })
    expect(readObject(last(beyond), 'request')).toMatchObject({
      key_name: 'narrow',
      outcome: beyond[1]?.data['code'],
    })
  })

  test('what a request may come to is said beforehand, as budgets hold it', async () => {
    const messages = [{ role: 'user', text: 'Say hi' }]
    const bound = async (body: JsonObject): Promise<unknown> =>
      (await post('/api/v1/playground/bound', { messages, ...body })).json()
    expect(await bound({ model: 'support', max_output: 100 })).toMatchObject({
      route: 'support',
      target: 'sim/flaky?rate=1',
      simulated: true,
      most: { usd: expect.stringMatching(/^0\.0\d+$/) },
    })
    expect(await bound({ model: 'nobody/knows' })).toMatchObject({ failure: { code: 'model-not-found' } })
  })

  test('what can be asked is listed, and mistakes are named', async () => {
    const choices = await gateway.askAdmin('/api/v1/playground')
    const { models } = (await choices.json()) as { models: readonly { id: string }[] }
    expect(models.map(({ id }) => id)).toContain('support')
    expect(models.map(({ id }) => id)).not.toContain('sim/embed')
    const wrong = await post('/api/v1/playground', { model: 'support', message: 'hi' })
    expect(await wrong.json()).toMatchObject({
      code: 'invalid-request',
      errors: [{ path: 'message', hint: 'Did you mean "messages"?' }],
    })
    const unknown = await post('/api/v1/playground', {
      model: 'support',
      key: 'nobody',
      messages: [{ role: 'user', text: 'x' }],
    })
    expect(unknown.status).toBe(404)
  })

  test('a program is told its settings, for a key what that may use, and its first request is known', async () => {
    await post('/api/v1/keys', { name: 'reader', models: ['sim/smart'] })
    const listed = (await (await gateway.askAdmin('/api/v1/connect')).json()) as {
      clients: { name: string }[]
    }
    expect(listed.clients.map(({ name }) => name)).toEqual(CLIENT_ROWS.map(({ name }) => name))
    const settings = async (client: string): Promise<JsonObject> =>
      parseJsonObject(await (await gateway.askAdmin(`/api/v1/connect/${client}?key=reader`)).text()) ?? {}
    // Nothing of it fails to be declared, whoever it is.
    for (const { name } of listed.clients) expect(await settings(name)).toMatchObject({ name, model: 'auto' })
    const before = await settings('claude-code')
    expect(before).toMatchObject({ base_url: gateway.url, seen: null })
    expect(readObjects(before, 'files')[0]).toMatchObject({
      path: '~/.claude/settings.json',
      text: expect.stringContaining('"ANTHROPIC_AUTH_TOKEN": "YOUR_GATEHOUSE_KEY"'),
    })
    const answer = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: {
        'x-api-key': gateway.key,
        'content-type': 'application/json',
        'user-agent': 'claude-cli/2.1',
      },
      body: JSON.stringify({
        model: 'support',
        max_tokens: 50,
        messages: [{ role: 'user', content: 'Say hi' }],
      }),
    })
    await answer.text()
    while ((await settings('claude-code'))['seen'] === null) await Bun.sleep(10)
    expect(await settings('claude-code')).toMatchObject({
      seen: { request_id: answer.headers.get('x-request-id') },
    })
    const wrong = await gateway.askAdmin('/api/v1/connect/claude-cod')
    expect([wrong.status, await wrong.json()]).toMatchObject([404, { nearest: ['claude-code'] }])
  })

  test('a program that asks is written down, with whatever quotes the question has', async () => {
    const question = 'Say "it\'s" \\ once\nand again'
    const { snippets } = (await (
      await post('/api/v1/playground/code', { model: 'sim/echo', question })
    ).json()) as {
      snippets: { title: string; text: string }[]
    }
    const curl = snippets.find(({ title }) => title.startsWith('curl'))
    const run = Bun.spawn(['bash', '-c', curl?.text ?? ''], {
      env: { ...process.env, GATEHOUSE_KEY: gateway.key },
      stdout: 'pipe',
      stderr: 'ignore',
    })
    expect(await new Response(run.stdout).json()).toMatchObject({
      choices: [{ message: { content: question } }],
    })
    const script = snippets.find(({ text }) => text.startsWith('import OpenAI'))?.text ?? ''
    const transpiled = new Bun.Transpiler({ loader: 'ts' }).transformSync(script)
    expect(transpiled).toContain(
      JSON.stringify(question)
        .slice(1, -1)
        .replaceAll(String.raw`\"`, '"')
        .slice(0, 8),
    )
  })

  test('how far a newcomer has come is told', async () => {
    const told = async (): Promise<JsonObject> =>
      parseJsonObject(await (await gateway.askAdmin('/api/v1/start')).text()) ?? {}
    await ask({ model: 'support' })
    expect(await told()).toMatchObject({
      model: 'auto',
      command: expect.stringContaining('curl'),
      providers: [{ name: 'sim', simulated: true }],
      steps: { request: { route: 'support' }, provider: null, drill: null },
    })
    await post('/api/v1/keys', { name: 'team', budget: { usd: '5', per: 'month' } })
    expect(await told()).toMatchObject({ steps: { budget: { name: expect.any(String) } } })
  })

  test('who leaves is not answered any further, and the request is over', async () => {
    const response = await post('/api/v1/playground', {
      model: 'sim/slow?ttft=60s',
      messages: [{ role: 'user', text: 'Say hi' }],
    })
    const reader = response.body?.getReader()
    const first = eventsIn(new TextDecoder().decode((await reader?.read())?.value))
    await reader?.cancel()
    const id = readString(first[0]?.data ?? {}, 'request_id') ?? ''
    for (;;) {
      const found = await gateway.askAdmin(`/api/v1/requests/${id}`)
      if (!found.ok) continue
      expect(await found.json()).toMatchObject({ outcome: 'client-gone' })
      return
    }
  })
})
