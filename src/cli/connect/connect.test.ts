import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import OpenAI from 'openai'
import { openRunningGateway, type RunningGateway } from '../../../test/running-gateway.ts'
import { DIALECTS } from '../../dialects/all.ts'
import { createWorkplaces, run } from '../command-line.fixture.ts'
import { baseUrl, type ClientRow, type Front } from '../../clients/client-row.ts'
import { FORMATS } from '../../clients/formats.ts'
import { CLIENT_ROWS } from '../../clients/rows/all.ts'
import { connectionJson } from './tell-connection.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
const MADE_UP = 'This text was made up by the simulated provider.'
const { workplace, close } = createWorkplaces()

let gateway: RunningGateway
let front: Front
/** Inside the project, where imports find the SDKs as they do for a reader who installed them. */
let programs: string
beforeAll(async () => {
  gateway = await openRunningGateway({
    config: 'providers: { sim: }\nmodels: { sim/smart: { context: 128000, max_output: 4096 } }\n',
  })
  programs = mkdtempSync(join(ROOT, 'node_modules', '.connect-'))
  const models = [{ id: 'sim/smart', contextTokens: 128_000, maxOutputTokens: 4_096 }, { id: 'sim/echo' }]
  front = { url: gateway.url, key: gateway.key, model: 'sim/smart', models, answers: true }
})
afterAll(async () => {
  await gateway.close()
  rmSync(programs, { recursive: true, force: true })
  close()
})

/** What a client of each dialect does with its base URL: the official SDK, but for Cohere's, which no row needs. */
const CALLERS: Readonly<Record<string, (baseURL: string) => Promise<string | null | undefined>>> = {
  'openai-chat': async (baseURL) => {
    const client = new OpenAI({ baseURL, apiKey: front.key, maxRetries: 0 })
    const messages = [{ role: 'user', content: 'hi' } as const]
    return (await client.chat.completions.create({ model: front.model, messages })).choices[0]?.message
      .content
  },
  'openai-responses': async (baseURL) => {
    const client = new OpenAI({ baseURL, apiKey: front.key, maxRetries: 0 })
    return (await client.responses.create({ model: front.model, input: 'hi' })).output_text
  },
  'anthropic-messages': async (baseURL) => {
    const client = new Anthropic({ baseURL, apiKey: front.key, maxRetries: 0 })
    const messages = [{ role: 'user', content: 'hi' } as const]
    const answer = await client.messages.create({ model: front.model, max_tokens: 100, messages })
    return answer.content[0]?.type === 'text' ? answer.content[0].text : undefined
  },
  gemini: async (baseUrlGiven) => {
    const client = new GoogleGenAI({ apiKey: front.key, httpOptions: { baseUrl: baseUrlGiven } })
    return (await client.models.generateContent({ model: front.model, contents: 'hi' })).text
  },
}

/** Every base URL in all that is printed for a client. Of code and shells it is what stands before the path of a call. */
function printedBases(row: ClientRow): string[] {
  const { environment, files, steps, snippets } = connectionJson(row, front)
  const printed = JSON.stringify([environment, files, steps, snippets])
  return [...printed.matchAll(new RegExp(`${front.url}(/v1)?(?![\\w/])`, 'g'))].map(([base]) => base)
}

describe('what is printed for every client', () => {
  test.each([...CLIENT_ROWS])(
    '$name: its base URL reaches the endpoint, by an official SDK of its dialect',
    async (row) => {
      const bases = new Set(printedBases(row))
      // In curl the base is a part of the whole address, which is run elsewhere.
      expect([...bases]).toEqual([baseUrl(row, front)])
      const call = CALLERS[row.dialect]
      expect(await call?.(baseUrl(row, front))).toContain(MADE_UP)
    },
  )

  test('names are known once, dialects are those of the house', () => {
    const names = CLIENT_ROWS.flatMap(({ name, aliases = [] }) => [name, ...aliases])
    expect(names).toEqual([...new Set(names)])
    expect(CLIENT_ROWS.filter(({ dialect }) => !DIALECTS.some(({ name }) => name === dialect))).toEqual([])
  })

  const runnable = CLIENT_ROWS.flatMap(({ name, snippets = [] }) =>
    snippets
      .filter(
        ({ language }) =>
          language === 'ts' && ['openai-sdk', 'anthropic-sdk', 'google-genai', 'ai-sdk'].includes(name),
      )
      .map((snippet) => ({ name, snippet })),
  )
  test.each(runnable)('$name runs as it is printed', async ({ name, snippet }) => {
    const file = join(programs, `${name}.ts`)
    writeFileSync(file, snippet.text(front))
    const child = Bun.spawn([process.execPath, file], {
      env: { PATH: process.env['PATH'] ?? '', GATEHOUSE_KEY: front.key },
      stdout: 'pipe',
      stderr: 'pipe',
    })
    expect(await child.stdout.text()).toContain(MADE_UP)
  })

  const curls = CLIENT_ROWS.flatMap(({ name, snippets = [] }) =>
    snippets.filter(({ language }) => language === 'sh').map((snippet) => ({ name, snippet })),
  )
  test.skipIf(Bun.which('curl') === null).each(curls)(
    '$name in a shell works as it is printed',
    async ({ snippet }) => {
      const child = Bun.spawn(['sh', '-c', snippet.text(front)], {
        env: { PATH: process.env['PATH'] ?? '', GATEHOUSE_KEY: front.key },
        stdout: 'pipe',
      })
      expect(await child.stdout.text()).toContain(MADE_UP)
    },
  )
})

/** A home with what people have in such files. */
const OWN: Readonly<Record<string, string>> = {
  json: '{\n  // mine\n  "theme": "dark",\n  "env": { "EDITOR": "vi" },\n  "permissions": { "allow": ["Bash(ls)"] }\n}\n',
  toml: '# mine\nmodel = "gpt-5.4" # good\n\n[mcp_servers.x]\ncommand = "npx" # why not\nsince = 2026-11-01\n',
  yaml: '# mine\nname: Work # my name for it\nmodels:\n  - name: Local\n    provider: ollama\n    model: qwen3\nendpoints:\n  custom:\n    - name: Other\n      apiKey: "${OTHER}"\n',
  dotenv: '# mine\nOTHER=1\nexport GEMINI_API_KEY="old"\n',
}

const written = CLIENT_ROWS.filter(({ files }) => files !== undefined)

describe('writing', () => {
  const inPlace = (directory: string) => ({ environment: { HOME: directory } })
  const flags = (): string[] => ['--url', front.url, '--key', front.key, '--model', 'sim/smart']

  test.each(written)('$name: from nothing, and back to nothing', async (row) => {
    const home = workplace()
    const { exitCode, err } = await run(
      home,
      ['connect', row.name, ...flags(), '--write', '--yes'],
      inPlace(home),
    )
    expect({ exitCode, hidesKey: !err.includes(front.key) }).toEqual({ exitCode: 0, hidesKey: true })
    for (const { path, format, hasKey } of row.files ?? []) {
      const text = readFileSync(join(home, path), 'utf8')
      expect(FORMATS[format].read(text)).toBeDefined()
      expect(text.includes(front.key)).toBe(hasKey === true)
      if (hasKey === true) expect(statSync(join(home, path)).mode & 0o777).toBe(0o600)
    }
    expect((await run(home, ['connect', row.name, '--remove', '--yes'], inPlace(home))).exitCode).toBe(0)
    for (const { path } of row.files ?? []) expect(existsSync(join(home, path))).toBe(false)
  })

  test.each(written)('$name: what others wrote stays to the letter, twice over and back', async (row) => {
    const home = workplace()
    for (const { path, format } of row.files ?? []) {
      mkdirSync(dirname(join(home, path)), { recursive: true })
      writeFileSync(join(home, path), OWN[format] ?? '')
    }
    const connect = (...more: string[]) => run(home, ['connect', row.name, ...more, '--yes'], inPlace(home))
    expect((await connect(...flags(), '--write')).exitCode).toBe(0)
    expect((await connect(...flags().slice(0, -1), 'sim/echo', '--write')).exitCode).toBe(0)
    for (const { path, format } of row.files ?? []) {
      const text = readFileSync(join(home, path), 'utf8')
      expect(text).toContain('mine')
      expect(readFileSync(`${join(home, path)}.before-gatehouse`, 'utf8')).toBe(OWN[format] ?? '')
    }
    expect((await connect('--remove')).exitCode).toBe(0)
    for (const { path, format } of row.files ?? []) {
      expect(readFileSync(join(home, path), 'utf8')).toBe(OWN[format] ?? '')
      expect(existsSync(`${join(home, path)}.before-gatehouse`)).toBe(false)
    }
  })

  test.each(written)('$name: what others changed since stays when it is taken back', async (row) => {
    const home = workplace()
    for (const { path, format } of row.files ?? []) {
      mkdirSync(dirname(join(home, path)), { recursive: true })
      writeFileSync(join(home, path), OWN[format] ?? '')
    }
    await run(home, ['connect', row.name, ...flags(), '--write', '--yes'], inPlace(home))
    for (const { path, format } of row.files ?? []) {
      const text = readFileSync(join(home, path), 'utf8')
      writeFileSync(join(home, path), FORMATS[format].set(text, ['later'], 'x'))
    }
    await run(home, ['connect', row.name, '--remove', '--yes'], inPlace(home))
    for (const { path, format, settings } of row.files ?? []) {
      const { read, set } = FORMATS[format]
      const own = OWN[format] ?? ''
      const stays = settings(front).filter(({ onlyIfAbsent }) => onlyIfAbsent === true)
      const expected = stays.reduce(
        (text, { path: steps, value }) => {
          const plain = steps.map(String)
          return Object.hasOwn(Object(read(text)), plain[0] ?? '') ? text : set(text, plain, value)
        },
        set(own, ['later'], 'x'),
      )
      expect(read(readFileSync(join(home, path), 'utf8'))).toEqual(read(expected) ?? {})
    }
  })

  test('a value that somebody changed since is said and stays', async () => {
    const home = workplace()
    const file = join(home, '.claude/settings.json')
    await run(home, ['connect', 'claude', ...flags(), '--write', '--yes'], inPlace(home))
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('"ANTHROPIC_MODEL": "sim/smart"', '"ANTHROPIC_MODEL": "opus"'),
    )
    const { err } = await run(home, ['connect', 'claude', '--remove', '--yes'], inPlace(home))
    expect(err).toContain('env.ANTHROPIC_MODEL was changed by somebody since, and stays.')
    expect(FORMATS.json.read(readFileSync(file, 'utf8'))).toEqual({ env: { ANTHROPIC_MODEL: 'opus' } })
  })

  test.each([
    ['claude-code', '.claude/settings.json', '{ "env": '],
    ['codex', '.codex/config.toml', 'model = '],
    ['continue', '.continue/config.yaml', 'a: [1\nb: }'],
    ['claude-code', '.claude/settings.json', '[1, 2]'],
    ['claude-code', '.claude/settings.json', '{ "env": "no object" }'],
  ])('%s: a file that cannot be changed safely is left alone and said: %s', async (name, path, text) => {
    const home = workplace()
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
    const { exitCode, err } = await run(
      home,
      ['connect', name, ...flags(), '--write', '--yes'],
      inPlace(home),
    )
    expect(exitCode).toBe(1)
    expect(err).toContain(path)
    expect(err).toContain('It was left alone.')
    expect(readFileSync(join(home, path), 'utf8')).toBe(text)
  })

  test('a link stays a link, and what it leads to is changed', async () => {
    const home = workplace()
    mkdirSync(join(home, 'dotfiles'))
    mkdirSync(join(home, '.claude'))
    writeFileSync(join(home, 'dotfiles/claude.json'), '{}\n')
    symlinkSync(join(home, 'dotfiles/claude.json'), join(home, '.claude/settings.json'))
    await run(home, ['connect', 'claude', ...flags(), '--write', '--yes'], inPlace(home))
    expect(readFileSync(join(home, 'dotfiles/claude.json'), 'utf8')).toContain('ANTHROPIC_BASE_URL')
    await run(home, ['connect', 'claude', '--remove', '--yes'], inPlace(home))
    expect(readFileSync(join(home, '.claude/settings.json'), 'utf8')).toBe('{}\n')
  })

  test('it asks, and without a yes nothing is written', async () => {
    const home = workplace()
    const given = ['connect', 'claude', ...flags(), '--write']
    const no = await run(home, given, { ...inPlace(home), input: '\n' })
    expect(no.exitCode).toBe(1)
    expect(no.err).toContain('+    "ANTHROPIC_BASE_URL"')
    expect(existsSync(join(home, '.claude'))).toBe(false)
    expect((await run(home, given, { ...inPlace(home), input: 'y\n' })).exitCode).toBe(0)
    expect(existsSync(join(home, '.claude/settings.json'))).toBe(true)
  })
})

describe('connect', () => {
  test('without a name it lists the clients', async () => {
    const { out } = await run(workplace(), ['connect'])
    for (const { name, title } of CLIENT_ROWS) {
      expect(out).toContain(name)
      expect(out).toContain(title)
    }
  })

  test('an unknown client is answered with the nearest', async () => {
    const { exitCode, err } = await run(workplace(), ['connect', 'cluade-code'])
    expect({ exitCode, err }).toEqual({
      exitCode: 3,
      err: 'There is no client "cluade-code". Did you mean "claude-code"?\n',
    })
  })

  test('models that the key may use are filled in, and only what can be talked with', async () => {
    const { out } = await run(workplace(), ['connect', 'zed', '--url', front.url, '--key', front.key])
    expect(out).toContain('"name": "sim/smart"')
    expect(out).not.toContain('sim/embed')
  })

  test('a key is made where that is asked for, and named after the client', async () => {
    const data = dirname(gateway.configFile)
    const { exitCode, out, err } = await run(workplace(), [
      'connect',
      'openai',
      '--url',
      front.url,
      '--data',
      data,
      '--make-key',
    ])
    expect({ exitCode, err: err.includes('Key openai-sdk (') }).toEqual({ exitCode: 0, err: true })
    expect(out).toMatch(/export GATEHOUSE_KEY='gh_live/)
  })

  test('a key that the gateway refuses is said', async () => {
    const { exitCode, err } = await run(workplace(), [
      'connect',
      'zed',
      '--url',
      front.url,
      '--key',
      'gh_live_no',
    ])
    expect({ exitCode, err }).toEqual({
      exitCode: 4,
      err: 'The gateway refuses the key. Pass another with --key, or --make-key.\n',
    })
  })

  test.each([
    [['--key', 'a b'], '--key takes'],
    [['--model', "x'; rm -rf"], '--model takes'],
    [['--url', 'nowhere'], '--url needs an address'],
    [['--write', '--remove'], 'exclude each other'],
  ])('%p is refused', async (given, told) => {
    const { exitCode, err } = await run(workplace(), ['connect', 'claude', ...given])
    expect(exitCode).toBe(2)
    expect(err).toContain(told)
  })
})
