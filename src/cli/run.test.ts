import { afterAll, describe, expect, test } from 'bun:test'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJsonObject, readObjects, readString } from '../kit/json.ts'
import { parseKey } from '../exchange/virtual-key.ts'
import { createWorkplaces, run } from './command-line.fixture.ts'
import { findPaths } from './data-directory.ts'

const { scratch, workplace, close } = createWorkplaces()
afterAll(close)

describe('the command line', () => {
  test('an unknown command is answered with the nearest, exit code 2', async () => {
    const { exitCode, out, err } = await run(workplace(), ['kyes'])
    expect({ exitCode, out, err }).toEqual({
      exitCode: 2,
      out: '',
      err: 'There is no command "kyes". Did you mean "keys"?\n',
    })
  })

  test('help begins with examples, and every command has its own', async () => {
    const help = await run(workplace(), ['help'])
    expect(help.out).toContain('gatehouse keys create my-app')
    for (const name of [
      'start',
      'check',
      'keys',
      'explain',
      'canary',
      'shadow',
      'drill',
      'usage',
      'logs',
      'req',
      'top',
      'connect',
      'run',
      'doctor',
      'env',
    ]) {
      const { exitCode, out } = await run(workplace(), [name, '--help'])
      expect(exitCode).toBe(0)
      expect(out).toContain(`Usage: gatehouse ${name}`)
    }
  })

  test('an argument too many is refused', async () => {
    expect((await run(workplace(), ['usage', 'now'])).err).toContain('"now" is one argument too many.')
  })
})

describe('check', () => {
  test('a right file is fine, exit code 0', async () => {
    const { exitCode, out, err } = await run(workplace(), ['check'])
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: '' })
    expect(err).toStartWith('gatehouse.yaml: fine. 1 provider')
  })

  test('a wrong file is shown with place and hint, exit code 2', async () => {
    const { exitCode, out } = await run(workplace('routs: {}\n'), ['check'])
    expect(exitCode).toBe(2)
    expect(out).toContain('gatehouse.yaml:1:1: error: routs: unknown key\n')
    expect(out).toContain('Did you mean "routes"?')
  })

  test('a model that the simulated provider does not have is named, with the nearest that it has', async () => {
    const { exitCode, out } = await run(workplace('routes: { a: [sim/smrt] }\n'), ['check'])
    expect(exitCode).toBe(2)
    expect(out).toContain('the provider sim has no model smrt')
    expect(out).toContain('Did you mean "sim/smart"?')
  })

  test('what stands under proofs is proven where that is asked for, exit code 1 for what fails: the snippet of docs/proofs.md', async () => {
    const page = readFileSync(join(import.meta.dir, '../../docs/proofs.md'), 'utf8')
    const [, snippet = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? []
    const directory = workplace(
      `providers: { sim: }\nroutes: { auto: [sim/smart, sim/echo] }\nprojects: { interns: {} }\n${snippet}`,
    )
    const { exitCode, out } = await run(directory, ['check', '--prove'])
    expect(exitCode).toBe(1)
    expect(out).toContain('eu-stays-in-the-eu: fails. A request for auto by ')
    expect(out).toContain(
      'interns-stay-on-small-models: fails. A request for auto by any-other-key of interns may reach sim/smart: it fulfils target sim/smart or openai/*.',
    )
    expect(out).toContain(
      'no-single-provider: fails. A request for auto: nobody is left to ask without the provider sim.',
    )
    const asJson = parseJsonObject((await run(directory, ['check', '--prove', '--json'])).out) ?? {}
    expect(readObjects(asJson, 'proofs').map(({ verdict }) => verdict)).toEqual(['fails', 'fails', 'fails'])
  })

  test('problems come as JSON and as annotations too', async () => {
    const directory = workplace('routs: {}\n')
    const report = parseJsonObject((await run(directory, ['check', '--json'])).out) ?? {}
    expect(readObjects(report, 'problems')).toMatchObject([{ path: 'routs', line: 1, column: 1 }])
    expect((await run(directory, ['check', '--format', 'github'])).out).toMatch(
      /^::error file=.*,line=1,col=1::routs/,
    )
  })

  test('a warning is an error with --strict', async () => {
    const directory = workplace('providers: { openai: sk-plain }\n')
    expect((await run(directory, ['check'])).exitCode).toBe(0)
    expect((await run(directory, ['check', '--strict'])).exitCode).toBe(2)
  })

  test('a file that is not there is exit code 3', async () => {
    expect((await run(workplace(), ['check', 'nope.yaml'])).exitCode).toBe(3)
  })
})

describe('keys', () => {
  test('are made, listed and revoked without a running gateway', async () => {
    const directory = workplace()
    const made = await run(directory, [
      'keys',
      'create',
      'helpdesk',
      '--models',
      'sim/*',
      '--rpm',
      '1k',
      '--budget',
      '5/day',
    ])
    expect(made.exitCode).toBe(0)
    const id = parseKey(made.out.trim())?.id ?? ''
    expect(id).not.toBe('')

    const listed = await run(directory, ['keys', 'list'])
    expect(listed.out).toContain('helpdesk')
    expect(listed.out).toContain('1000 rpm')
    expect(listed.out).toContain('$5.000000/day')
    expect(listed.out).not.toContain(made.out.trim())
    expect((await run(directory, ['keys', 'list'], { columns: 50 })).out).toContain('NAME: helpdesk\n')

    expect((await run(directory, ['keys', 'revoke', 'helpdesk'])).out).toBe(`helpdesk (${id}) is revoked.\n`)
    expect((await run(directory, ['keys', 'list'])).out).toBe('')
    expect((await run(directory, ['keys', 'list', '--all'])).out).toContain('revoked')
  })

  test('mistakes are named by field', async () => {
    const directory = workplace()
    expect((await run(directory, ['keys', 'create'])).err).toContain('A key needs a name')
    expect((await run(directory, ['keys', 'create', 'x', '--rpm', 'lots'])).err).toContain(
      'rpm: expected a whole number',
    )
    expect((await run(directory, ['keys', 'create', 'x', '--budget', '5'])).err).toContain('USD/WINDOW')
    expect((await run(directory, ['keys', 'create', 'x', '--only', 'regon=eu'])).err).toContain(
      'only.regon: unknown key. Did you mean "region"?',
    )
    expect((await run(directory, ['keys', 'create', 'x', '--only', 'providers=simm'])).err).toContain(
      'only.providers[0]: there is no provider simm. Did you mean "sim"?',
    )
    expect((await run(directory, ['keys', 'create', 'x', '--only', 'eu'])).err).toContain('WORD=VALUE')
    expect((await run(directory, ['keys', 'create', 'x', '--queue', 'long'])).err).toContain('MAX/WAIT')
    expect((await run(directory, ['keys', 'create', 'x', '--queue', '5/1h'])).err).toContain('at most 5m')
    expect((await run(directory, ['keys', 'crate', 'x'])).err).toContain('Did you mean "keys create"?')
    await run(directory, ['keys', 'create', 'billing'])
    expect((await run(directory, ['keys', 'create', 'billing'])).err).toContain(
      'There is a key called billing already',
    )
    const missing = await run(directory, ['keys', 'revoke', 'biling'])
    expect(missing.exitCode).toBe(3)
    expect(missing.err).toContain('Did you mean billing?')
  })

  test('one that is held to some providers, and waits in line, is made in the words of the file', async () => {
    const directory = workplace('providers: { sim: { region: eu, tags: [gold, iso] } }\n')
    const wanted = ['--only', 'region=eu,region=us', '--only', 'tags=gold', '--only', 'tags=iso']
    const made = await run(directory, ['keys', 'create', 'held', ...wanted, '--queue', '20/30s', '--json'])
    expect(parseJsonObject(made.out)).toMatchObject({
      only: { region: ['eu', 'us'], tags: ['gold', 'iso'] },
      queue: { max: 20, wait: '30s' },
    })
    const nobody = await run(directory, ['keys', 'create', 'none', '--only', 'retention=zero'])
    expect(nobody.exitCode).toBe(2)
    expect(nobody.err).toContain('only: no provider fulfils what is wanted here')
  })

  test('one for the file is made without storing anything', async () => {
    const directory = workplace()
    const { out } = await run(directory, ['keys', 'create', 'ci', '--offline'])
    const configured = 'providers: { sim: }\nkeys: [{ name: ci, value: env:CI_KEY }]\n'
    writeFileSync(join(directory, 'gatehouse.yaml'), configured)
    expect((await run(directory, ['check'], { environment: { CI_KEY: out.trim() } })).exitCode).toBe(0)
    expect(existsSync(join(directory, '.gatehouse'))).toBe(false)
  })
})

describe('explain', () => {
  test('takes the step whose condition holds for the imagined request', async () => {
    const directory = workplace(`
routes:
  stepped:
    steps:
      - { name: gold, when: "headers['x-tier'] == 'gold'", targets: [sim/reason] }
      - { name: tools, when: request.has_tools, targets: [sim/tools] }
      - { name: default, targets: [sim/echo] }
`)
    const plain = await run(directory, ['explain', 'stepped'])
    expect(plain.out).toContain(
      'step default; the conditions of tools do not hold; those of gold cannot be said',
    )
    expect(plain.out).toMatch(/1 +sim\/echo/)
    const { out } = await run(directory, ['explain', 'stepped', '--tools', '--json'])
    expect(parseJsonObject(out)).toMatchObject({ step: 'tools', candidates: [{ target: 'sim/tools' }] })
  })

  test('shows the candidates of a route and why some are left out', async () => {
    const directory = workplace(
      'providers: { sim: }\nmodels: { sim/echo: { tools: false } }\nroutes: { both: [sim/echo, sim/smart] }\n',
    )
    const { exitCode, out } = await run(directory, ['explain', 'both', '--tools', '--json'])
    expect(exitCode).toBe(0)
    expect(readObjects(parseJsonObject(out) ?? {}, 'candidates')).toMatchObject([
      { target: 'sim/smart', step: 'rank', reason: 'first-in-order' },
      { target: 'sim/echo', step: 'filter', reason: 'lacks-tools' },
    ])
  })

  test('shows who is left out for a key with a budget', async () => {
    const directory = workplace(
      'providers: { sim: , own: { base_url: "http://127.0.0.1:9/v1", dialects: [openai-chat] } }\nroutes: { both: [own/free, sim/smart] }\n',
    )
    const { out } = await run(directory, ['explain', 'both', '--budget', '--json'])
    expect(readObjects(parseJsonObject(out) ?? {}, 'candidates')).toMatchObject([
      { target: 'sim/smart', step: 'rank' },
      { target: 'own/free', step: 'filter', reason: 'unpriced', detail: 'the model' },
    ])
  })

  test('an unknown model is answered with the nearest, exit code 3', async () => {
    const { exitCode, err } = await run(workplace(), ['explain', 'atuo'])
    expect(exitCode).toBe(3)
    expect(err).toContain('Did you mean auto?')
  })
})

test('commands that only read do not invent an installation', async () => {
  for (const command of ['usage', 'logs', 'keys', 'shadow']) {
    const directory = workplace()
    expect((await run(directory, [command])).exitCode).toBe(3)
    expect(existsSync(join(directory, '.gatehouse'))).toBe(false)
  }
})

describe('a gateway run by the command line', () => {
  test('answers, and what it did is read by the other commands while it runs and after', async () => {
    const directory = workplace('server: { port: 0, admin_port: 0 }\nproviders: { sim: }\n')
    const stopping = new AbortController()
    const ready = Promise.withResolvers<string>()
    const running = run(directory, ['start', '--json', '--no-detect', '--log-level', 'error'], {
      stopped: stopping.signal,
      onOut: (text) => ready.resolve(text),
    })
    const early = running.then(({ err }) => Promise.reject(new Error(`ended early: ${err}`)))
    const announced = parseJsonObject(await Promise.race([ready.promise, early])) ?? {}
    const url = readString(announced, 'data_url') ?? ''

    const keyFile = join(directory, '.gatehouse', 'dev.env')
    expect(statSync(keyFile).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(directory, '.gatehouse', '.gitignore'), 'utf8')).toBe('*\n')
    const variables = await run(directory, ['env', '--shell', 'dotenv'])
    const key = /^OPENAI_API_KEY=(\S+)$/m.exec(variables.out)?.[1] ?? ''
    expect(variables.out).toContain(`OPENAI_BASE_URL=${url}/v1\n`)

    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: '{"model":"auto","messages":[{"role":"user","content":"Say hi"}]}',
    })
    expect(answer.status).toBe(200)
    const requestId = answer.headers.get('x-request-id') ?? ''
    await answer.text()

    const second = await run(directory, ['start'])
    expect(second.exitCode).toBe(1)
    expect(second.err).toContain(url)

    stopping.abort()
    const ended = await running.catch(() => undefined)
    expect(ended?.exitCode).toBe(0)
    expect(ended?.err).toContain('1 requests, $0.000000')
    expect(existsSync(join(directory, '.gatehouse', 'address.json'))).toBe(false)
    await early.catch(() => undefined)

    expect((await run(directory, ['logs'])).out).toContain(requestId)
    expect((await run(directory, ['usage', '--by', 'route'])).out).toContain('auto')
    expect((await run(directory, ['usage', '--units'])).out).toMatch(/PLAIN INPUT +PLAIN OUTPUT/)
    const explained = await run(directory, ['explain', requestId])
    expect(explained.out).toMatch(/auto → sim\/smart, ok, status 200, \$[\d.]+ simulated\n/)
    expect(explained.out).toContain('first-in-order')
    const replayed = await run(directory, ['explain', requestId, '--replay'])
    expect(replayed.exitCode).toBe(0)
    expect(replayed.out).toContain('The choice is the same, under the plan that it was made by.')
    writeFileSync(join(directory, 'other.yaml'), 'providers: { sim: }\nroutes: { auto: [sim/echo] }\n')
    const other = await run(directory, [
      'explain',
      requestId,
      '--replay',
      '--config',
      'other.yaml',
      '--data',
      '.gatehouse',
      '--json',
    ])
    expect(other.exitCode).toBe(1)
    expect(parseJsonObject(other.out)).toMatchObject({ same: false, same_plan: false })
    const draft = await run(directory, ['explain', requestId, '--config', 'other.yaml', '--json'])
    expect(parseJsonObject(draft.out)).toMatchObject({
      id: requestId,
      draft: { same: false, before: { target: 'sim/smart' }, candidates: [{ target: 'sim/echo', place: 1 }] },
    })
    const told = await run(directory, ['explain', requestId, '--config', 'other.yaml'])
    expect(told.out).toContain('Under other.yaml: sim/echo comes first, where sim/smart did\n')
  })

  test('does not start with a wrong file, and says why, exit code 2', async () => {
    const { exitCode, err } = await run(workplace('providers: { smi: }\n'), ['start'])
    expect(exitCode).toBe(2)
    expect(err).toContain('there is no provider smi')
  })
})

describe('the data directory', () => {
  const options = { data: undefined, config: undefined }

  test('stands beside a configuration file, else in the state directory of the user', () => {
    const directory = workplace()
    expect(findPaths(directory, {}, options)).toEqual({
      dataDirectory: join(directory, '.gatehouse'),
      configFile: join(directory, 'gatehouse.yaml'),
    })
    expect(findPaths(scratch, { XDG_STATE_HOME: '/state' }, options).dataDirectory).toBe('/state/gatehouse')
    expect(findPaths(scratch, { HOME: '/home/ada' }, options).dataDirectory).toBe(
      '/home/ada/.local/state/gatehouse',
    )
  })

  test('stands in the checkout when started through npm, and where the flag says above all', () => {
    expect(findPaths(scratch, { npm_package_name: 'gatehouse' }, options).dataDirectory).toBe(
      join(scratch, '.gatehouse'),
    )
    expect(findPaths(scratch, { GATEHOUSE_DATA: 'a' }, { ...options, data: 'b' }).dataDirectory).toBe(
      join(scratch, 'b'),
    )
  })
})
