import { afterAll, expect, test } from 'bun:test'
import { parseJsonObject, readObjects, readString } from '../kit/json.ts'
import { parseKey } from '../exchange/virtual-key.ts'
import { createWorkplaces, run } from './command-line.fixture.ts'

const { workplace, close } = createWorkplaces()
afterAll(close)

test('a key is edited as far as it is said, and what is taken away is gone', async () => {
  const directory = workplace()
  const made = ['keys', 'create', 'desk', '--rpm', '60', '--budget', '5/day', '--models', 'sim/*']
  await run(directory, made)
  const edit = ['keys', 'edit', 'desk', '--name', 'front', '--rpm', '120', '--budget', 'none', '--by', 'ana']
  expect((await run(directory, [...edit, '--addresses', '10.0.0.0/8'])).out).toContain('front')
  const shown = parseJsonObject((await run(directory, ['keys', 'show', 'front', '--json'])).out) ?? {}
  expect(shown).toMatchObject({
    name: 'front',
    limits: { rpm: 120 },
    budgets: [],
    models: ['sim/*'],
    addresses: ['10.0.0.0/8'],
  })
  const [edited, first] = readObjects(shown, 'acts')
  expect(edited).toMatchObject({ what: 'edited', via: 'cli', by: 'ana' })
  expect(readString(edited ?? {}, 'detail')).toContain('rpm: 60 → 120')
  expect(first).toMatchObject({ what: 'made', via: 'cli' })
  const wrong = await run(directory, ['keys', 'edit', 'front', '--addresses', '10.0.0.0/99'])
  expect(wrong.err).toContain('addresses[0]: expected an IP address or a network')
})

test('a key is rotated with an overlap, once at a time, and paused and resumed', async () => {
  const directory = workplace()
  const made = await run(directory, ['keys', 'create', 'desk'])
  const rotated = await run(directory, ['keys', 'rotate', 'desk', '--overlap', '7d'])
  const [before, after] = [made, rotated].map(({ out }) => parseKey(out.trim()))
  expect(after?.id).toBe(before?.id ?? '')
  expect(after?.secret).not.toBe(before?.secret ?? '')
  expect(rotated.err).toContain('The one before is taken until')
  const again = await run(directory, ['keys', 'rotate', 'desk'])
  expect([again.exitCode, again.err]).toEqual([1, expect.stringContaining('End it first')])
  expect((await run(directory, ['keys', 'rotate', 'desk', '--overlap', 'soon'])).err).toContain(
    '--overlap takes',
  )
  expect((await run(directory, ['keys', 'end-earlier', 'desk'])).out).toContain('has one secret only now')
  expect((await run(directory, ['keys', 'rotate', 'desk', '--overlap', '0s'])).exitCode).toBe(0)

  expect((await run(directory, ['keys', 'pause', 'desk'])).out).toContain('is paused')
  expect((await run(directory, ['keys', 'list'])).out).toContain('paused')
  expect((await run(directory, ['keys', 'resume', 'desk'])).out).toContain('is resumed')
  expect((await run(directory, ['keys', 'pause'])).err).toContain('Which one?')
  await run(directory, ['keys', 'revoke', 'desk'])
  expect((await run(directory, ['keys', 'pause', after?.id ?? ''])).err).toContain('is revoked')
})
