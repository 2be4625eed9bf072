import { describe, expect, test } from 'bun:test'
import { PROVIDERS } from './all.ts'
import { CLOUDS } from './clouds.ts'
import { ENGINES } from './engines.ts'
import { LABS } from './labs.ts'
import { ROUTERS } from './routers.ts'

const DIALECTS = ['openai-chat', 'anthropic-messages', 'openai-responses', 'gemini', 'cohere']
const TABLES = [LABS, CLOUDS, ROUTERS, ENGINES]
const LOOPBACK = /^http:\/\/127\.0\.0\.1:(?:\d+|\{port\})(?:\/|$)/

describe('the table of providers', () => {
  test('holds at least 48 vendors and engines', () => {
    expect(TABLES.flat().length).toBeGreaterThanOrEqual(48)
  })

  test('has unique names', () => {
    const names = PROVIDERS.map((provider) => provider.name)
    expect(new Set(names).size).toBe(names.length)
  })

  test('keeps each of its parts in alphabetical order', () => {
    for (const rows of TABLES) {
      const names = rows.map((provider) => provider.name)
      expect(names).toEqual([...names].sort())
    }
  })

  test('gives no key variable to two providers', () => {
    const variables = PROVIDERS.flatMap((provider) => provider.keyVariables)
    expect(variables).toEqual([...new Set(variables)])
  })

  test('knows how the keys of the great providers begin, and takes none of ours for one', () => {
    const prefixes = PROVIDERS.flatMap(({ keyPrefixes = [] }) => keyPrefixes)
    const isForeign = (key: string): boolean => prefixes.some((prefix) => key.startsWith(prefix))
    for (const key of ['sk-proj-abc', 'sk-ant-api03-abc', 'gsk_abc', 'AIzaSyabc', 'xai-abc', 'hf_abc'])
      expect(isForeign(key)).toBe(true)
    expect(isForeign('gh_live_abc')).toBe(false)
  })
})

describe.each(PROVIDERS.map((provider) => [provider.name, provider] as const))('%s', (_name, provider) => {
  test('is a valid row', () => {
    expect(provider.name).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
    expect(provider.title).not.toBe('')
    expect(provider.docs).not.toBe('')
    expect(provider.offers.length).toBeGreaterThan(0)
    for (const variable of [...provider.keyVariables, ...(provider.baseUrlVariables ?? [])]) {
      expect(variable).toMatch(/^[A-Z][A-Z0-9_]+$/)
    }
  })

  test('speaks each dialect once, at an address that is safe to send a key to', () => {
    const dialects = provider.offers.map((offer) => offer.dialect)
    expect(new Set(dialects).size).toBe(dialects.length)
    for (const { dialect, baseUrl, headers, auth } of provider.offers) {
      expect(DIALECTS).toContain(dialect)
      expect(baseUrl).not.toEndWith('/')
      if (baseUrl !== '{base_url}' && !LOOPBACK.test(baseUrl)) expect(baseUrl).toStartWith('https://')
      for (const name of Object.keys(headers ?? {})) expect(name).toBe(name.toLowerCase())
      if (auth !== undefined && 'header' in auth) expect(auth.header).toBe(auth.header.toLowerCase())
    }
  })

  test('names exactly the settings that its addresses need', () => {
    const parts = provider.offers.flatMap(({ baseUrl }) =>
      [...baseUrl.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
    )
    expect([...new Set(parts)]).toEqual([...(provider.settings ?? [])])
    for (const setting of Object.keys(provider.settingVariables ?? {}))
      expect(provider.settings).toContain(setting)
  })
})
