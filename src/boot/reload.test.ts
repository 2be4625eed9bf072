import { describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dialectMap } from '../dialects/all.ts'
import { NO_LETTERS } from '../guardrails/hooks/letter.ts'
import { keepLookers } from '../guardrails/kept-lookers.ts'
import type { Price } from '../exchange/target.ts'
import type { Plan } from '../gateway/plan.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { PROVIDERS } from '../providers/all.ts'
import { createTelemetry } from '../telemetry/log.ts'
import { createRegistry } from '../telemetry/registry.ts'
import { ALERT_WORDS } from './alert-words.ts'
import { openConfiguration } from './configuration.ts'
import { followConfiguration } from './reload.ts'

const HALF_HOUR_MS = 1_800_000

/** A configuration in a directory of its own, next to the file that its key is in. */
function setUp(keys: Readonly<Record<string, string>>, configText: string) {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-reload-'))
  const configFile = join(directory, 'gatehouse.yaml')
  const clock = createManualClock()
  const lines: string[] = []
  const plans: Plan[] = []
  const forgotten: string[] = []
  let inputPrice = 1n
  const telemetry = createTelemetry({
    registry: createRegistry(),
    level: 'info',
    nowMs: clock.nowMs,
    write: (line) => void lines.push(line),
  })
  const writeKey = (name: string, text: string): void => writeFileSync(join(directory, name), text)
  for (const [name, text] of Object.entries(keys)) writeKey(name, text)
  writeFileSync(configFile, configText)
  const configuration = openConfiguration({
    file: configFile,
    directory,
    definitions: PROVIDERS,
    dialects: dialectMap(),
    environment: {},
    found: [],
    priceOf: (): Price => ({ id: 'p', input: inputPrice, output: 1n, simulated: false }),
    listedFacts: () => ({}),
    alertWords: ALERT_WORDS,
    nowMs: () => clock.nowMs(),
    reuse: keepLookers(),
    letters: NO_LETTERS,
    knownModels: () => [],
    hashKey: () => undefined,
  })
  const reloading = followConfiguration({
    configFile,
    configuration,
    swap: (plan) => void plans.push(plan),
    health: { forgetCredential: (id) => void forgotten.push(id) },
    clock,
    lookClock: clock,
    telemetry,
  })
  return {
    clock,
    lines,
    plans,
    forgotten,
    reloading,
    writeKey,
    removeKey: (name: string) => rmSync(join(directory, name)),
    changePrice: () => (inputPrice += 1n),
    /** Puts a directory in the place of a file. */
    block(name: string) {
      rmSync(join(directory, name))
      mkdirSync(join(directory, name))
    },
    save(text: string) {
      writeFileSync(configFile, text)
      reloading.reload()
    },
    close() {
      reloading.close()
      rmSync(directory, { recursive: true })
    },
  }
}

const TWO_KEYS = `
providers:
  openai:
    keys:
      - { name: a, value: file:a.key }
      - { name: b, value: file:b.key }
`

describe('following the configuration', () => {
  test('prices that depend on the time come into force on the half hour, without a change of the file', () => {
    const { clock, plans, changePrice, close } = setUp({ 'a.key': '1', 'b.key': '2' }, TWO_KEYS)
    const price = (plan: Plan | undefined) =>
      plan?.resolveRoute('openai/gpt-4.1')?.targets[0]?.target.price?.input
    clock.advance(1)
    changePrice()
    clock.advance(HALF_HOUR_MS - 2)
    expect(plans).toEqual([])
    clock.advance(1)
    expect(price(plans.at(-1))).toBe(2n)
    changePrice()
    clock.advance(HALF_HOUR_MS)
    expect(price(plans.at(-1))).toBe(3n)
    close()
    clock.advance(HALF_HOUR_MS)
    expect(plans).toHaveLength(2)
  })

  test('what was learned about a credential is forgotten when its secret changes, and only then', () => {
    const { clock, forgotten, writeKey, close } = setUp({ 'a.key': '1', 'b.key': '2' }, TWO_KEYS)
    clock.advance(HALF_HOUR_MS)
    expect(forgotten).toEqual([])
    writeKey('b.key', '3')
    clock.advance(HALF_HOUR_MS)
    expect(forgotten).toEqual(['openai/b'])
    close()
  })

  test('a long list is compiled between other turns before its plan comes into force, and not again', async () => {
    const list = (word: string): string =>
      Array.from({ length: 20_000 }, (_none, at) => `${word} number ${at}`).join('\n')
    const { clock, plans, lines, reloading, writeKey, save, close } = setUp({ 'names.txt': list('swan') }, '')
    const turnOver = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
    const looker = () => plans.at(-1)?.guardrails?.all[0]?.looker
    save('guardrails: { names: { terms: { file: names.txt }, action: block } }')
    expect(plans).toHaveLength(0)
    await turnOver()
    expect(looker()?.look('of SWAN NUMBER 19999')).toHaveLength(1)
    const before = looker()
    clock.advance(HALF_HOUR_MS)
    expect(plans).toHaveLength(2)
    expect(looker()).toBe(before)
    writeKey('names.txt', `${list('crow')}\n...\n`)
    reloading.reload()
    await turnOver()
    expect(lines.join()).toContain('line 20001 of names.txt')
    expect(looker()).toBe(before)
    writeKey('names.txt', list('crow'))
    reloading.reload()
    close()
    await turnOver()
    expect(plans).toHaveLength(2)
  })

  test('a secret that cannot be read any more leaves the plan as it is', () => {
    const { clock, plans, lines, removeKey, close } = setUp({ 'a.key': '1', 'b.key': '2' }, TWO_KEYS)
    removeKey('a.key')
    clock.advance(HALF_HOUR_MS)
    expect(plans).toEqual([])
    expect(lines.at(-1)).toContain('cannot be compiled again')
    close()
  })

  test('a signal reads the secrets again, though the file is as it was', () => {
    const { plans, forgotten, reloading, writeKey, close } = setUp({ 'a.key': '1', 'b.key': '2' }, TWO_KEYS)
    writeKey('b.key', '3')
    reloading.reload()
    expect(plans).toHaveLength(1)
    expect(forgotten).toEqual(['openai/b'])
    close()
  })

  test('what cannot be read is reported, and the plan stays', () => {
    const { plans, lines, reloading, block, save, close } = setUp({ 'a.key': '1', 'b.key': '2' }, TWO_KEYS)
    block('b.key')
    save(`${TWO_KEYS}routes: { a: [openai/x] }\n`)
    expect(lines.at(-1)).toContain('the file b.key is missing or empty')
    block('gatehouse.yaml')
    reloading.reload()
    expect(lines.at(-1)).toContain('gatehouse.yaml cannot be read')
    expect(reloading.healthy).toBe(false)
    expect(plans).toEqual([])
    close()
  })

  test('settings that are read at the start only are named when they change', () => {
    const { lines, save, close } = setUp({ 'a.key': '1', 'b.key': '2' }, TWO_KEYS)
    save(`${TWO_KEYS}server: { port: 5000, admin_token: env:TOKEN }\nstore: { url: 'memory:' }\n`)
    expect(lines.join('')).not.toContain('next start')
    save(`${TWO_KEYS}server: { port: 5000 }\nstore: { url: 'memory:' }\ncache: { disk: false }\n`)
    expect(lines.join('')).toContain('"keys":["server.port","store.url","cache.disk"]')
    close()
  })

  test('the providers are those of the plan in force, also on the half hour after a reload', () => {
    const { clock, plans, reloading, save, forgotten, close } = setUp(
      { 'a.key': '1', 'b.key': '2' },
      TWO_KEYS,
    )
    const names = () => reloading.providers.map(({ name }) => name)
    expect(names()).toEqual(['openai'])
    save('providers: { mistral: { key: file:a.key } }')
    expect(names()).toEqual(['mistral'])
    expect(forgotten).toEqual(['openai/a', 'openai/b'])
    clock.advance(HALF_HOUR_MS)
    expect(names()).toEqual(['mistral'])
    expect(plans).toHaveLength(2)
    save('providers: { nobody: }')
    expect(reloading.healthy).toBe(false)
    expect(names()).toEqual(['mistral'])
    close()
  })
})
