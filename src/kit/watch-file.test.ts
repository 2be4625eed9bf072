import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { watchFile } from './watch-file.ts'

test('a change of a file is noticed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'watch-file-'))
  const path = join(directory, 'file')
  writeFileSync(path, 'one')
  const changed = Promise.withResolvers<string>()
  const keepAlive = setInterval(() => undefined, 1_000)
  const stop = watchFile(path, () => changed.resolve('changed'), 20)
  const writer = setInterval(() => writeFileSync(path, `two ${performance.now()}`), 30)
  expect(await changed.promise).toBe('changed')
  clearInterval(writer)
  clearInterval(keepAlive)
  stop()
  rmSync(directory, { recursive: true })
})
