import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDemo, type DemoHouse } from '../../src/boot/demo/open-demo.ts'
import { demoDirectory, DemoUnusable } from '../../src/boot/demo/workspace.ts'
import {
  isArray,
  parseJsonObject,
  readNumber,
  readObject,
  readObjects,
  readString,
} from '../../src/kit/json.ts'

const DAYS = 2
const open = (dataDirectory: string): Promise<DemoHouse> =>
  openDemo({
    dataDirectory,
    version: '0.0.0-test',
    port: 0,
    adminPort: 0,
    logLevel: 'error',
    writeLog() {},
    onMaking: () => void (made += 1),
    fetch: (request) => fetch(request),
    isStill: true,
    days: DAYS,
  })
let made = 0

/** Why it does not open. */
const refusalOf = (dataDirectory: string): Promise<unknown> =>
  open(dataDirectory).then(
    () => 'it opened',
    (refused: unknown) => refused,
  )

describe('the demo workspace', () => {
  let data = ''
  let demo: DemoHouse
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'gatehouse-demo-'))
    writeFileSync(join(data, 'gatehouse.db'), 'the real one')
    demo = await open(data)
  }, 240_000)
  afterAll(() => rmSync(data, { recursive: true, force: true }))

  const ask = async (path: string, method = 'GET') => {
    const { adminUrl, adminToken } = demo.gatehouse
    const headers = { authorization: `Bearer ${adminToken.secret.reveal()}` }
    const response = await fetch(adminUrl + path, { method, headers })
    expect([path, response.status]).toEqual([path, 200])
    return parseJsonObject(await response.text()) ?? {}
  }

  test('its pages have something to show', async () => {
    for (const path of [
      '/api/v1/requests?limit=50',
      '/api/v1/sessions',
      '/api/v1/budgets',
      '/api/v1/keys',
      '/api/v1/routes',
      '/api/v1/config/versions',
      '/api/v1/alerts/history',
      '/api/v1/canaries',
      '/api/v1/shadows',
      '/api/v1/feedback',
      '/api/v1/requests?q=attempts:>1',
    ]) {
      const { data: rows } = await ask(path)
      expect([path, isArray(rows) && rows.length > 0]).toEqual([path, true])
    }
    expect((await ask('/api/v1/overview?from=2d'))['changes'] ?? []).not.toEqual([])
    const cache = await ask('/api/v1/cache?from=2d')
    expect(readNumber(readObject(cache, 'figures') ?? {}, 'hits')).toBeGreaterThan(10)
    expect(readObjects(cache, 'data').length).toBeGreaterThan(4)
  })

  test('its receipts add up to its ledger', async () => {
    const rows = readObjects(await ask('/api/v1/requests?limit=40&q=status:ok+attempts:1'), 'data')
    expect(rows.length).toBeGreaterThan(20)
    for (const row of rows) {
      const receipt = await ask(`/api/v1/receipts/${readString(row, 'id') ?? ''}`)
      const [own, logged] = [readObject(receipt, 'own') ?? {}, readObject(row, 'cost') ?? {}]
      const told = readObject(own, 'cost') ?? {}
      expect(readString(told, 'nano_usd')).toBe(readString(logged, 'nano_usd'))
    }
  })

  test('a second look finds the same past; removed, nothing is left of it, and the real data is as it was', async () => {
    await demo.gatehouse.close()
    demo = await open(data)
    expect(made).toBe(1)
    expect((await ask('/api/v1/demo'))['state']).toBe('here')
    expect((await ask('/api/v1/demo', 'DELETE'))['state']).toBe('none')
    await demo.unwanted
    await demo.quiet()
    await demo.gatehouse.close()
    demo.remove()
    expect(readdirSync(data)).toEqual(['gatehouse.db'])
    expect(await Bun.file(join(data, 'gatehouse.db')).text()).toBe('the real one')
  }, 60_000)
})

test('what is no demo workspace is left alone, and said', async () => {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-demo-'))
  const place = demoDirectory(data)
  mkdirSync(place)
  writeFileSync(join(place, 'thesis.txt'), 'mine')
  const refused = await refusalOf(data)
  expect(refused).toBeInstanceOf(DemoUnusable)
  expect(String(refused)).toContain('it holds thesis.txt')
  expect(existsSync(join(place, 'thesis.txt'))).toBe(true)
  rmSync(place, { recursive: true })
  writeFileSync(place, 'a file')
  expect(String(await refusalOf(data))).toContain('no directory of its own')
  rmSync(data, { recursive: true })
})
