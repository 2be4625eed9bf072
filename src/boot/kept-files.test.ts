import { expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { SILENT } from '../telemetry/silent-telemetry.fixture.ts'
import { followFiles } from './kept-files.ts'

/** Lets everything run that waits for no timer. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

test('a file that is removed while it is open stays lost, and is told once', async () => {
  const clock = createManualClock()
  const logs: string[] = []
  const gone = new Set<string>()
  const files = followFiles({
    paths: ['/data/lock', '/data/store.db'],
    isGone: async (path) => gone.has(path),
    clock,
    telemetry: { ...SILENT, log: (level) => void logs.push(level) },
  })
  const pass = async (): Promise<void> => {
    clock.advance(2_000)
    await settle()
  }
  await pass()
  expect(files.lost).toBeUndefined()
  gone.add('/data/store.db')
  await pass()
  gone.clear()
  await pass()
  expect(files.lost).toBe('/data/store.db')
  expect(logs).toEqual(['error'])
  files.close()
})
