import { afterAll, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makePrivate, preparePrivateFile } from './private-mode.ts'

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-private-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const modeOf = (path: string): number => statSync(path).mode & 0o777

test('what others could read they cannot read any more; the rights of the owner stay', () => {
  const file = join(directory, 'open')
  writeFileSync(file, 'x')
  chmodSync(file, 0o664)
  expect(makePrivate(file)).toBe(true)
  expect(modeOf(file)).toBe(0o600)
  const inner = join(directory, 'inner')
  mkdirSync(inner)
  chmodSync(inner, 0o755)
  expect(makePrivate(inner)).toBe(true)
  expect(modeOf(inner)).toBe(0o700)
  expect(makePrivate(join(directory, 'missing'))).toBe(true)
})

test('a file is made private before it is used, and one that is there keeps its content', () => {
  const fresh = join(directory, 'fresh')
  preparePrivateFile(fresh)
  expect(modeOf(fresh)).toBe(0o600)
  const old = join(directory, 'old')
  writeFileSync(old, 'kept')
  chmodSync(old, 0o644)
  preparePrivateFile(old)
  expect([modeOf(old), readFileSync(old, 'utf8')]).toEqual([0o600, 'kept'])
  preparePrivateFile(join(directory, 'missing', 'file'))
})
