import { Database } from 'bun:sqlite'
import { afterAll, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJsonObject, readObjects, readString } from '../kit/json.ts'
import { createWorkplaces, run } from './command-line.fixture.ts'

const { workplace, close } = createWorkplaces()
afterAll(close)

async function withActs(): Promise<string> {
  const directory = workplace()
  await run(directory, ['keys', 'create', 'desk', '--rpm', '60'])
  await run(directory, ['keys', 'rotate', 'desk', '--by', 'ana'])
  await run(directory, ['keys', 'show', 'desk'])
  await run(directory, ['keys', 'revoke', 'desk'])
  return directory
}

test('commands that change the store leave entries, those that are refused too, and they are listed', async () => {
  const directory = await withActs()
  await run(directory, ['keys', 'create', 'front'])
  await run(directory, ['keys', 'edit', 'front', '--addresses', '10.0.0.0/99'])
  const { out } = await run(directory, ['audit', 'list', '--json'])
  const rows = readObjects(parseJsonObject(out) ?? {}, 'data')
  expect(
    rows.map((row) => ['actor', 'act', 'outcome', 'summary'].map((name) => readString(row, name))),
  ).toEqual([
    ['command', 'keys edit', 'refused', 'name: front'],
    ['command', 'keys create', 'done', 'name: front'],
    ['command', 'keys revoke', 'done', 'name: desk'],
    ['command', 'keys rotate', 'done', 'name: desk; by: ana'],
    ['command', 'keys create', 'done', 'name: desk'],
  ])
  const subjects = rows.map((row) => readString(row, 'subject'))
  expect(new Set(subjects).size).toBe(2)
  expect(subjects[0]).toMatch(/^key:[0-9A-Za-z]{12}$/)
  const table = await run(directory, ['audit', 'list', '--act', 'keys', '--subject', 'key', '-n', '2'])
  expect(table.out).toContain('keys edit')
  expect(table.out).not.toContain('keys revoke')
  expect((await run(directory, ['audit', 'list', '--actor', 'file'])).err).toContain('Nothing of the kind')
  expect((await run(directory, ['audit', 'verfy'])).err).toContain('Did you mean "audit verify"?')
})

test('the store is verified, and an export with the public key alone; what is broken is named', async () => {
  const directory = await withActs()
  const whole = await run(directory, ['audit', 'verify'])
  expect([whole.exitCode, whole.out]).toEqual([
    0,
    expect.stringMatching(/^The chain is whole: entries 1 to 3, [0-9a-f]{64}\./),
  ])
  const key = (await run(directory, ['audit', 'key'])).out.trim()
  const text = (await run(directory, ['audit', 'export'])).out
  const file = join(directory, 'audit.jsonl')
  const verify = async (lines: readonly string[]) => {
    writeFileSync(file, lines.join('\n'))
    return run(directory, ['audit', 'verify', file, '--public-key', key])
  }
  const lines = text.trim().split('\n')
  const [begin = '', first = '', second = '', third = '', end = ''] = lines
  expect((await verify(lines)).exitCode).toBe(0)
  expect((await run(directory, ['audit', 'verify', file])).err).toContain('--public-key')
  const broken: readonly (readonly [readonly string[], string])[] = [
    [[begin, first, second.replace('ana', 'bob'), third, end], 'entry 2 was edited'],
    [[begin, first, third, end], 'entry 2 is missing'],
    [[begin, second, first, third, end], 'entry 1 is missing'],
    [[begin, first, second, second, third, end], 'entry 2 comes after entry 2'],
    [[begin, first, second, end], 'its end was cut off'],
    [[begin, first, second], 'the file lacks its last line'],
    [[begin, first, second, third, end.replace(/"hash":"../, '"hash":"zz')], 'is not signed by a known key'],
    [[begin, first, 'no JSON', third, end], 'comes after entry 1'],
  ]
  for (const [changed, said] of broken) {
    const { exitCode, out } = await verify(changed)
    expect([exitCode, out]).toEqual([1, expect.stringContaining(said)])
  }
  const other = `ed25519:${Buffer.alloc(32, 3).toString('base64url')}`
  writeFileSync(file, text)
  const foreign = await run(directory, ['audit', 'verify', file, '--public-key', other])
  expect([foreign.exitCode, foreign.out]).toEqual([
    1,
    expect.stringContaining('is not signed by a known key'),
  ])
})

test('what was cut off the store is missed by what is kept beside it, and by what is known from elsewhere', async () => {
  const directory = await withActs()
  const data = join(directory, '.gatehouse')
  const head = parseJsonObject(readFileSync(join(data, 'audit.head'), 'utf8')) ?? {}
  const known = `3:${readString(head, 'hash')}`
  expect((await run(directory, ['audit', 'verify', '--expect', known])).exitCode).toBe(0)
  expect((await run(directory, ['audit', 'verify', '--expect', `3:${'0'.repeat(64)}`])).out).toContain(
    'written anew',
  )
  expect((await run(directory, ['audit', 'verify', '--expect', '3'])).err).toContain('--expect takes')
  const database = new Database(join(data, 'gatehouse.db'))
  database.run('drop trigger audit_entries_undeleted; delete from audit_entries where sequence = 3')
  database.close()
  const cut = await run(directory, ['audit', 'verify', '--json'])
  expect([cut.exitCode, parseJsonObject(cut.out)]).toEqual([
    1,
    expect.objectContaining({
      whole: false,
      up_to: 2,
      fault: expect.objectContaining({ kind: 'truncated', sequence: 3 }),
    }),
  ])
  writeFileSync(join(data, 'audit.head'), '')
  expect((await run(directory, ['audit', 'verify'])).exitCode).toBe(0)
  expect((await run(directory, ['audit', 'verify', '--expect', known])).exitCode).toBe(1)
})
