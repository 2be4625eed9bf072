import { expect, test } from 'bun:test'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { acquireProcessLock } from './process-lock.ts'

const path = (): string => join(mkdtempSync(join(tmpdir(), 'gatehouse-lock-')), 'lock')

test('a held lock is refused to everybody else until it is released', () => {
  const file = path()
  const first = acquireProcessLock(file)
  expect(first).toBeDefined()
  expect(acquireProcessLock(file)).toBeUndefined()
  first?.release()
  const second = acquireProcessLock(file)
  expect(second).toBeDefined()
  second?.release()
})

test('a process that is killed leaves no lock behind', async () => {
  const file = path()
  const source = `
    import { acquireProcessLock } from ${JSON.stringify(join(import.meta.dir, 'process-lock.ts'))}
    globalThis.lock = acquireProcessLock(${JSON.stringify(file)})
    console.log(globalThis.lock === undefined ? 'refused' : 'held')
    setInterval(() => {}, 1000)`
  const holder = Bun.spawn([process.execPath, '-e', source], { stdout: 'pipe' })
  const { value } = await holder.stdout.getReader().read()
  expect(new TextDecoder().decode(value)).toBe('held\n')
  expect(acquireProcessLock(file)).toBeUndefined()
  holder.kill('SIGKILL')
  await holder.exited
  const after = acquireProcessLock(file)
  expect(after).toBeDefined()
  after?.release()
})
