import { Database } from 'bun:sqlite'
import { afterAll, describe, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, parseJson, parseJsonObject, readObject, readObjects, readString } from '../kit/json.ts'
import { systemClock } from '../kit/clock.ts'
import { crc32 } from '../kit/hash.ts'
import { openStore } from '../store/open-store.ts'
import { createWorkplaces, run } from './command-line.fixture.ts'
import { findPaths } from './data-directory.ts'

const { scratch, workplace, close } = createWorkplaces()
afterAll(close)

/** Gives a working directory whose store holds keys of these names. */
async function withKeys(names: readonly string[]): Promise<string> {
  const directory = workplace()
  const data = join(directory, '.gatehouse')
  mkdirSync(data)
  const store = await openStore({ url: `sqlite:${join(data, 'gatehouse.db')}`, clock: systemClock })
  for (const [index, name] of names.entries()) {
    const rest = { secretHmac: '0', allowedOptions: [], limits: {}, budgets: [], createdAtMs: index }
    await store.keys.create({ id: `id${index}`, name, ...rest })
  }
  await store.close()
  return directory
}

describe('what stands in the way is said without a stack', () => {
  test('a store that is no database', async () => {
    const directory = workplace()
    mkdirSync(join(directory, '.gatehouse'))
    writeFileSync(join(directory, '.gatehouse', 'gatehouse.db'), 'not a database '.repeat(100))
    for (const command of [['start', '--port', '0'], ['usage'], ['keys', 'create', 'x']]) {
      const { exitCode, err } = await run(directory, command)
      expect(exitCode).toBe(1)
      expect(err).toMatch(/^The store sqlite:.*gatehouse\.db cannot be used: file is not a database\n$/)
    }
  })

  test('a database of a newer version, which stays as it is', async () => {
    const directory = await withKeys(['x'])
    const path = join(directory, '.gatehouse', 'gatehouse.db')
    const newer = new Database(path)
    newer.run('pragma user_version = 999')
    newer.close()
    for (const command of [
      ['start', '--port', '0', '--admin-port', '0'],
      ['usage'],
      ['keys', 'create', 'y'],
    ]) {
      const { exitCode, err } = await run(directory, command)
      expect(exitCode).toBe(1)
      expect(err).toMatch(/^The store sqlite:\S+ cannot be used: .*schema 999.* newer Gatehouse\.[^\n]+\n$/)
    }
    const kept = new Database(path)
    expect(kept.query('select name from keys').values()).toEqual([['x']])
    kept.close()
  })

  test('a journal of another version, which stays where it is', async () => {
    const directory = workplace()
    const journal = join(directory, '.gatehouse', 'journal')
    mkdirSync(journal, { recursive: true })
    const payload = Buffer.from([99, 1])
    const header = Buffer.alloc(8)
    header.writeUInt32LE(payload.length, 0)
    header.writeUInt32LE(crc32(payload), 4)
    writeFileSync(join(journal, '00000000000001-000001.wal'), Buffer.concat([header, payload]))
    const { exitCode, err } = await run(directory, ['start', '--port', '0', '--admin-port', '0'])
    expect(exitCode).toBe(1)
    expect(err).toMatch(/^The journal's segment .*-000001\.wal holds records of version 99, [^\n]+\n$/)
    expect(readdirSync(journal)).toEqual(['00000000000001-000001.wal'])
  })

  test.each(['admin.token', 'lock', 'journal', 'address.json'])(
    'something else in place of %s',
    async (name) => {
      const directory = workplace()
      mkdirSync(join(directory, '.gatehouse'))
      if (name === 'journal') writeFileSync(join(directory, '.gatehouse', name), '')
      else mkdirSync(join(directory, '.gatehouse', name))
      const { exitCode, err } = await run(directory, ['start', '--port', '0', '--admin-port', '0'])
      expect(exitCode).toBe(1)
      expect(err).toMatch(/^The data directory \S+ cannot be used: [^\n]+--data\.\n$/)
    },
  )

  test('an answer that cannot be written', async () => {
    const directory = await withKeys(['x'])
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    const { exitCode, err } = await run(directory, ['keys', 'list'], {
      onOut() {
        throw full
      },
    })
    expect(exitCode).toBe(1)
    expect(err).toBe('gatehouse failed: ENOSPC: no space left on device, write\n')
  })

  test('a data directory that cannot be made', async () => {
    const directory = workplace()
    const file = join(directory, 'gatehouse.yaml')
    const { exitCode, err } = await run(directory, ['start', '--data', join(file, 'below')])
    expect(exitCode).toBe(1)
    expect(err).toMatch(/^The data directory .* cannot be used: ENOTDIR.* Name another one with --data\.\n$/)
  })

  test('a directory in place of the configuration', async () => {
    const directory = workplace()
    for (const command of [['check'], ['explain', 'auto'], ['keys', 'create', 'x']]) {
      const { exitCode, err } = await run(directory, [...command, '-c', scratch])
      expect(exitCode).toBe(3)
      expect(err).toContain('cannot be read.\n')
    }
    const { exitCode, err } = await run(directory, ['start', '-c', scratch])
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: `${scratch} cannot be read\n` })
  })

  test('an address that is not of this machine', async () => {
    const { exitCode, err } = await run(workplace(), ['start', '--port', '0', '--host', '192.0.2.1'])
    expect(exitCode).toBe(1)
    expect(err).toMatch(/^Nothing can listen on port 0 of 192\.0\.2\.1 \(.*\)\.\n$/)
  })
})

test('the first key and the admin token are shown to a person when they are made, and nowhere else; the start says where they stand', async () => {
  const given = ['start', '--port', '0', '--admin-port', '0']
  const stopped = AbortSignal.abort()
  const kept = workplace()
  const collected = await run(kept, given, { stopped })
  expect(collected.err).not.toMatch(/gh_dev_|gha_/)
  expect(collected.err).toContain('Key       in ./.gatehouse/dev.env')
  expect(collected.err).toContain('The dashboard asks for the admin token: ./.gatehouse/admin.token')
  expect(collected.err).toContain('-H "Authorization: Bearer $GATEHOUSE_KEY"')
  expect((await run(kept, given, { stopped, isErrorTty: true })).err).not.toMatch(/gh_dev_|gha_/)

  const elsewhere = await run(kept, [...given, '--data', "it's data"], { stopped })
  expect(elsewhere.err).toContain(`eval "$(gatehouse env --data './it'\\''s data')"`)

  const seen = workplace()
  const { err } = await run(seen, given, { stopped, isErrorTty: true })
  const [key = 'none'] = /gh_dev_\w+/.exec(err) ?? []
  expect(readFileSync(join(seen, '.gatehouse', 'dev.env'), 'utf8')).toContain(key)
  expect(err).toContain(
    `/start#token=${readFileSync(join(seen, '.gatehouse', 'admin.token'), 'utf8').trim()}`,
  )
  expect((await run(seen, given, { stopped, isErrorTty: true })).err).not.toMatch(/gh_dev_|gha_/)
})

test('two gateways on one store are refused, however far apart their data directories are', async () => {
  const first = workplace()
  const config = `store: { url: 'sqlite:${join(first, 'shared.db')}' }\nproviders: { sim: }\n`
  const given = ['start', '--port', '0', '--admin-port', '0', '--json']
  const stopping = new AbortController()
  const ready = Promise.withResolvers<string>()
  writeFileSync(join(first, 'gatehouse.yaml'), config)
  const running = run(first, given, { stopped: stopping.signal, onOut: (text) => ready.resolve(text) })
  await ready.promise
  const second = await run(workplace(config), given)
  expect(second.exitCode).toBe(1)
  expect(second.err).toMatch(
    /^Another gateway serves the store [^\n]+shared\.db: two would spend every budget twice\.[^\n]+\n$/,
  )
  // Commands read and write beside a gateway; they hold no budgets.
  expect((await run(workplace(config), ['keys', 'create', 'x'])).exitCode).toBe(0)
  stopping.abort()
  await running
  expect((await run(workplace(config), given, { stopped: AbortSignal.abort() })).exitCode).toBe(0)
})

test('what is kept can be read by its owner alone, also where it could be read by others before', async () => {
  const directory = workplace()
  const data = join(directory, '.gatehouse')
  const given = ['start', '--port', '0', '--admin-port', '0']
  const modes = (): string[] =>
    ['.', ...readdirSync(data)].map(
      (name) => `${name} ${(statSync(join(data, name)).mode & 0o777).toString(8)}`,
    )
  await run(directory, given, { stopped: AbortSignal.abort() })
  chmodSync(data, 0o755)
  for (const name of ['gatehouse.db', 'dev.env', 'admin.token']) chmodSync(join(data, name), 0o644)
  await run(directory, given, { stopped: AbortSignal.abort() })
  const open = modes().filter((line) => !/^(\. 700|journal 700|\.gitignore 644|\S+ 600)$/.test(line))
  expect(open).toEqual([])
})

test('a variable that takes a key to another host is named at the start, on the terminal and in JSON', async () => {
  const environment = { OPENAI_API_KEY: 'sk-test-only', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' }
  const told = 'OPENAI_BASE_URL sends the key of OPENAI_API_KEY to 127.0.0.1:9 instead of api.openai.com.'
  const given = ['start', '--port', '0', '--admin-port', '0']
  for (const [config, expected] of [
    ['providers: { openai: }\n', [told]],
    ["providers: { openai: { base_url: 'https://api.openai.com/v1' } }\n", []],
  ] as const) {
    const directory = workplace(config)
    const stopped = AbortSignal.abort()
    const { err } = await run(directory, given, { environment, stopped })
    expect(err.includes(told)).toBe(expected.length > 0)
    const { out } = await run(directory, [...given, '--json'], { environment, stopped })
    expect(parseJsonObject(out.split('\n')[0] ?? '')?.['warnings']).toEqual([...expected])
  }
})

test('the empty text is no value, neither of a flag nor of a variable that names a place', async () => {
  const { exitCode, err } = await run(workplace(), ['start', '--data', ''])
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: '--data needs a value: --data DIR\n' })
  const options = { data: undefined, config: undefined }
  const empty = { HOME: '/home/ada', GATEHOUSE_DATA: '', GATEHOUSE_CONFIG: '' }
  expect(findPaths('/nowhere', empty, options)).toEqual({
    dataDirectory: '/home/ada/.local/state/gatehouse',
  })
})

test('help of a command is there in both spellings', async () => {
  const { out } = await run(workplace(), ['help', 'keys'])
  expect(out).toBe((await run(workplace(), ['keys', '--help'])).out)
  expect((await run(workplace(), ['help', 'kyes'])).err).toContain('Did you mean "keys"?')
})

test('--json is one JSON value, whatever else was asked for', async () => {
  const offline = await run(workplace(), ['keys', 'create', 'x', '--offline', '--json'])
  expect(readString(parseJsonObject(offline.out) ?? {}, 'key')).toStartWith('gh_live_')
  const expanded = await run(workplace(), ['check', '--expanded', '--json'])
  const report = parseJson(expanded.out)
  expect(isObject(report) && readObject(readObject(report, 'plan') ?? {}, 'routes')).toHaveProperty('auto')
})

describe('keys', () => {
  test('of a project that nobody declared are not made: they would have no budget', async () => {
    const directory = workplace('providers: { sim: }\nprojects: { support: { } }\n')
    const wrong = await run(directory, ['keys', 'create', 'x', '--project', 'suport'])
    expect(wrong.exitCode).toBe(2)
    expect(wrong.err).toContain('there is no project suport. Did you mean "support"?')
    expect((await run(directory, ['keys', 'list'])).out).toBe('')
    expect((await run(directory, ['keys', 'create', 'x', '--project', 'support'])).exitCode).toBe(0)
  })

  test('are all listed and found by name, however many there are', async () => {
    const directory = await withKeys(Array.from({ length: 1_001 }, (_none, index) => `key-${index}`))
    const { out } = await run(directory, ['keys', 'list', '--json'])
    expect(readObjects(parseJsonObject(out) ?? {}, 'data')).toHaveLength(1_001)
    expect((await run(directory, ['keys', 'create', 'key-0'])).err).toContain('There is a key called key-0')
    expect((await run(directory, ['keys', 'revoke', 'key-0'])).out).toBe('key-0 (id0) is revoked.\n')
  })

  test('of one name are not guessed between', async () => {
    const directory = await withKeys(['twin', 'twin'])
    const { exitCode, err } = await run(directory, ['keys', 'revoke', 'twin'])
    expect(exitCode).toBe(1)
    expect(err).toBe('2 keys are called twin. Name one by its id: id1, id0.\n')
    expect((await run(directory, ['keys', 'revoke', 'id0'])).exitCode).toBe(0)
  })
})

test('an outcome that does not exist is answered with the nearest, and none that fits is not no request', async () => {
  const directory = await withKeys([])
  const wrong = await run(directory, ['logs', '--outcome', 'modl-not-found'])
  expect(wrong.exitCode).toBe(2)
  expect(wrong.err).toContain('Did you mean model-not-found?')
  expect((await run(directory, ['logs', '--outcome', 'ok'])).err).toBe('No such request.\n')
  expect((await run(directory, ['logs'])).err).toBe('No request yet.\n')
})

describe('a shell that evaluated `gatehouse env`', () => {
  const offline = async (): Promise<string> =>
    (await run(workplace(), ['keys', 'create', 'x', '--offline'])).out.trim()

  test('does not make providers of the gateway itself', async () => {
    const key = await offline()
    const environment = {
      OPENAI_API_KEY: key,
      OPENAI_BASE_URL: 'http://127.0.0.1:5100/v1',
      ANTHROPIC_API_KEY: key,
    }
    const directory = workplace('server: { port: 5100 }\n')
    const { out } = await run(directory, ['explain', 'auto', '--json'], { environment })
    const targets = readObjects(parseJsonObject(out) ?? {}, 'candidates').map((row) =>
      readString(row, 'target'),
    )
    expect(targets.filter((target) => /^(openai|anthropic)\//.test(target ?? ''))).toEqual([])
    expect(targets).toContain('sim/smart')
  })

  test('and a file that names its variables is told what they hold', async () => {
    const environment = { OPENAI_API_KEY: await offline() }
    const { exitCode, out } = await run(workplace('providers: { openai: env:OPENAI_API_KEY }\n'), ['check'], {
      environment,
    })
    expect(exitCode).toBe(2)
    expect(out).toContain('providers.openai.key: this is a key of Gatehouse, which openai does not know')
    expect(out).not.toContain('gh_')
  })
})
