import { afterAll, describe, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openRunningGateway } from '../../test/running-gateway.ts'
import { isObject, parseJson, readObjects, readString, type JsonObject } from '../kit/json.ts'
import { writeAddress } from './address-file.ts'
import { createWorkplaces, run } from './command-line.fixture.ts'

const { workplace, close } = createWorkplaces()
afterAll(close)

/** What was found, by the name of the check. */
function findingsOf(out: string): Readonly<Record<string, readonly JsonObject[]>> {
  const report = parseJson(out)
  const checks = isObject(report) ? readObjects(report, 'checks') : []
  return Object.fromEntries(
    checks.map((check) => [readString(check, 'name') ?? '', readObjects(check, 'findings')]),
  )
}

/** A provider that answers a list of models with a status, and counts. */
function providerThatAnswers(status: number) {
  const asked: { path: string; key: string | null }[] = []
  const server = Bun.serve({
    port: 0,
    fetch(request) {
      asked.push({ path: new URL(request.url).pathname, key: request.headers.get('authorization') })
      return Response.json({ data: [] }, { status })
    },
  })
  const config = `providers:\n  mine: { base_url: 'http://127.0.0.1:${server.port}/v1', dialects: [openai-chat], key: env:MINE }\nroutes: { smart: [mine/large] }\n`
  return { asked, config, close: () => server.stop(true) }
}

describe('doctor', () => {
  test('a running gateway in order has no errors, exit code 0', async () => {
    const gateway = await openRunningGateway({ config: 'providers: { sim: }\n' })
    const data = dirname(gateway.configFile)
    writeAddress(data, { dataUrl: gateway.url, adminUrl: gateway.adminUrl, processId: process.pid })
    const given = ['doctor', '--data', data, '--config', gateway.configFile]
    const { exitCode, out } = await run(workplace(), given)
    expect({ exitCode, out }).toMatchObject({ exitCode: 0 })
    for (const name of [
      'config',
      'data',
      'store',
      'clock',
      'gateway',
      'admin',
      'providers',
      'prices',
      'keys',
      'shell',
    ])
      expect(out).toContain(name)
    expect(out).not.toContain('✘')
    // What is saved but not taken in is told.
    const draft = join(workplace(), 'draft.yaml')
    writeFileSync(draft, 'providers: { sim: }\nroutes: { a: [sim/smart] }\n')
    const other = await run(workplace(), ['doctor', '--data', data, '--config', draft, '--json'])
    expect(findingsOf(other.out)['admin']?.at(-1)?.['text']).toBe(
      'the running gateway has another configuration than this file',
    )
    await gateway.close()
  })

  test('a wrong file, a directory without rights and a process that hangs are errors, exit code 1', async () => {
    const directory = workplace('routs: {}\n')
    const { exitCode, out } = await run(directory, ['doctor'])
    expect(exitCode).toBe(1)
    expect(out).toContain('Did you mean "routes"?')
    expect(out).toContain('the configuration has mistakes')
    const data = join(directory, 'data')
    mkdirSync(data)
    writeAddress(data, {
      dataUrl: 'http://127.0.0.1:1',
      adminUrl: 'http://127.0.0.1:1',
      processId: process.pid,
    })
    const hung = findingsOf((await run(workplace(), ['doctor', '--data', data, '--json'])).out)
    expect(hung['gateway']?.[0]).toMatchObject({ state: 'error' })
    expect(hung['admin']?.[0]).toMatchObject({ state: 'error' })
  })

  test.skipIf(process.getuid?.() === 0)('a data directory that this user cannot write is told', async () => {
    const directory = workplace()
    const data = join(directory, 'data')
    mkdirSync(data)
    chmodSync(data, 0o500)
    const { out } = await run(directory, ['doctor', '--data', data, '--json'])
    expect(findingsOf(out)['data']?.[0]).toMatchObject({ state: 'error' })
  })

  test('a store that is no database is told, and the rest is looked at all the same', async () => {
    const directory = workplace()
    const data = join(directory, 'data')
    mkdirSync(data)
    writeFileSync(
      join(data, 'gatehouse.db'),
      'no database at all, but long enough to be taken for one'.repeat(20),
    )
    const { exitCode, out } = await run(directory, ['doctor', '--data', data, '--json'])
    expect(exitCode).toBe(1)
    expect(findingsOf(out)['store']?.[0]).toMatchObject({ state: 'error' })
    expect(findingsOf(out)['config']?.[0]).toMatchObject({ state: 'ok' })
  })

  test.each([
    [200, 'ok', 'takes the key'],
    [401, 'error', 'refuses the key (401)'],
    [404, 'ok', 'answers (404'],
    [429, 'warning', 'too many requests'],
    [503, 'warning', 'status 503'],
  ])('a provider that answers %i is %s', async (status, state, text) => {
    const provider = providerThatAnswers(status)
    const environment = { MINE: 'sk-mine-secret' }
    const { out } = await run(workplace(provider.config), ['doctor', '--json'], { environment })
    const [finding] = findingsOf(out)['providers'] ?? []
    expect(finding).toMatchObject({ state, text: expect.stringContaining(text) })
    expect(provider.asked).toEqual([{ path: '/v1/models', key: 'Bearer sk-mine-secret' }])
    expect(out).not.toContain('sk-mine-secret')
    await provider.close()
  })

  test('--offline asks nobody; a model without a price is told', async () => {
    const provider = providerThatAnswers(200)
    const environment = { MINE: 'sk-mine-secret' }
    const { out } = await run(workplace(provider.config), ['doctor', '--offline', '--json'], { environment })
    expect(provider.asked).toEqual([])
    expect(findingsOf(out)['providers']).toEqual([{ state: 'skipped', text: '--offline' }])
    expect(findingsOf(out)['prices']?.[0]).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('mine/large'),
    })
    await provider.close()
  })

  test('a provider that is not there is an error', async () => {
    const config =
      "providers:\n  mine: { base_url: 'http://127.0.0.1:1/v1', dialects: [openai-chat], key: env:MINE }\nroutes: { smart: [mine/large] }\n"
    const { exitCode, out } = await run(workplace(config), ['doctor', '--json'], {
      environment: { MINE: 'x' },
    })
    expect(exitCode).toBe(1)
    expect(findingsOf(out)['providers']?.[0]).toMatchObject({
      state: 'error',
      text: 'mine/default does not answer',
    })
  })

  test('variables of the shell that lead elsewhere, and a port that somebody else has', async () => {
    const other = Bun.serve({ port: 0, fetch: () => new Response('') })
    const directory = workplace(`server: { port: ${other.port} }\nproviders: { sim: }\n`)
    const environment = {
      ANTHROPIC_BASE_URL: 'https://elsewhere.example',
      OPENAI_API_BASE: `http://127.0.0.1:${other.port}/v1`,
    }
    const found = findingsOf((await run(directory, ['doctor', '--json', '--offline'], { environment })).out)
    expect(found['shell']).toHaveLength(1)
    expect(found['shell']?.[0]?.['text']).toStartWith('ANTHROPIC_BASE_URL is https://elsewhere.example')
    expect(found['gateway']?.[1]?.['text']).toBe(`port ${other.port} on 127.0.0.1 is taken by somebody else`)
    await other.stop(true)
  })
})
