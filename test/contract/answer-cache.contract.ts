import { expect, test } from 'bun:test'
import type { AnswerCache, AnswerFilter, CachedAnswer } from '../../src/store/answer-cache.ts'

/** When answers are put. */
export const PUT_MS = 1_800_000_000_000
const HOUR_MS = 3_600_000

/** An answer with what matters to a test replaced. */
export function cachedAnswer(key: string, changes: Partial<CachedAnswer> = {}): CachedAnswer {
  return {
    key,
    owner: 'team:blue',
    owners: { key: 'k1', customer: 'ana', team: 'blue' },
    requestId: `req_${key}`,
    route: 'support',
    model: 'large',
    tags: ['faq'],
    atMs: PUT_MS,
    freshUntilMs: PUT_MS + HOUR_MS,
    endsAtMs: PUT_MS + 2 * HOUR_MS,
    costNanoUsd: 1_500_000n,
    text: `1 0 ${'said '.repeat(20)}${key}`,
    ...changes,
  }
}

/** The contract of a cache of answers. @param fresh gives an empty one with room for all of this */
export function testAnswers(fresh: () => Promise<{ readonly cache: AnswerCache }>): void {
  const open = async () => {
    const { cache } = await fresh()
    const found = async (...keys: readonly string[]) => {
      const answers = await Promise.all(keys.map(async (key) => await cache.find(key, PUT_MS + 1)))
      return answers.flatMap((answer) => (answer === undefined ? [] : [answer.key]))
    }
    return { cache, found }
  }

  test('one is found as it was put, until another takes its place, it is removed, or it ends', async () => {
    const { cache } = await open()
    const answer = cachedAnswer('a', { costNanoUsd: 2n ** 60n, tags: ['one', 'two'] })
    cache.put(answer)
    expect(await cache.find('a', PUT_MS)).toEqual(answer)
    cache.put({ ...answer, text: 'newer' })
    expect((await cache.find('a', answer.endsAtMs - 1))?.text).toBe('newer')
    expect(await cache.find('a', answer.endsAtMs)).toBeUndefined()
    cache.put(answer)
    cache.remove('a')
    expect(await cache.find('a', PUT_MS)).toBeUndefined()
    expect(await cache.find('b', PUT_MS)).toBeUndefined()
  })

  test('a purge takes those that are meant and no others, and says how many', async () => {
    const all = {
      plain: cachedAnswer('plain'),
      tagged: cachedAnswer('tagged', { tags: ['faq', 'old'] }),
      routed: cachedAnswer('routed', { route: 'other' }),
      modelled: cachedAnswer('modelled', { model: 'small' }),
      // Shared by all, and yet first given to somebody.
      shared: cachedAnswer('shared', { owner: 'shared', owners: { key: 'k2', customer: 'bob' } }),
      unknown: cachedAnswer('unknown', { owner: 'key:k3', owners: {} }),
    }
    const names = Object.keys(all)
    const cells: readonly (readonly [which: AnswerFilter, gone: readonly string[]])[] = [
      [{ key: 'plain' }, ['plain']],
      [{ request: 'req_routed' }, ['routed']],
      [{ tag: 'old' }, ['tagged']],
      [{ tag: 'ol' }, []],
      [{ route: 'other' }, ['routed']],
      [{ model: 'small' }, ['modelled']],
      [{ owner: 'shared' }, ['shared']],
      [{ owner: 'customer:bob' }, ['shared']],
      [{ owner: 'key:k3' }, ['unknown']],
      [{ owner: 'team:blue' }, ['plain', 'tagged', 'routed', 'modelled']],
      [{ owner: 'team:blue', tag: 'faq', route: 'other' }, ['routed']],
      [{ route: "support' or 1=1 --" }, []],
      [{}, names],
    ]
    for (const [which, gone] of cells) {
      const { cache, found } = await open()
      for (const answer of Object.values(all)) cache.put(answer)
      const { entries, bytes } = await cache.purge(which)
      expect([which, entries]).toEqual([which, gone.length])
      expect(bytes > 0).toBe(gone.length > 0)
      expect(await found(...names)).toEqual(names.filter((name) => !gone.includes(name)))
      const { totals } = await cache.report({ nowMs: PUT_MS, limit: 10 })
      expect(totals.entries).toBe(names.length - gone.length)
    }
  })

  test('a report tells what lies there, most used first, and nothing of what is said', async () => {
    const { cache } = await open()
    for (const key of ['a', 'b', 'c']) cache.put(cachedAnswer(key))
    cache.put(cachedAnswer('elsewhere', { route: 'other' }))
    cache.put(cachedAnswer('ended', { endsAtMs: PUT_MS + 5 }))
    for (let count = 0; count < 3; count += 1) await cache.find('b', PUT_MS + 10 + count)
    await cache.find('c', PUT_MS + 20)
    const report = await cache.report({ nowMs: PUT_MS + 30, limit: 3 })
    expect(report.totals.entries).toBe(4)
    expect(report.routes.map(({ route, entries }) => [route, entries])).toEqual([
      ['support', 3],
      ['other', 1],
    ])
    expect(report.totals.bytes).toBe(report.routes.reduce((sum, { bytes }) => sum + bytes, 0))
    expect(report.answers).toHaveLength(3)
    expect(report.answers[0]).toMatchObject({
      key: 'b',
      owner: 'team:blue',
      route: 'support',
      model: 'large',
      tags: ['faq'],
      requestId: 'req_b',
      atMs: PUT_MS,
      costNanoUsd: 1_500_000n,
      hits: 3,
      usedMs: PUT_MS + 12,
    })
    expect(report.answers[1]).toMatchObject({ key: 'c', hits: 1 })
    expect(
      JSON.stringify(report, (_, value: unknown) => (typeof value === 'bigint' ? '' : value)),
    ).not.toContain('said')
    const narrowed = await cache.report({ nowMs: PUT_MS, limit: 10, route: 'other' })
    expect(narrowed.answers.map(({ key }) => key)).toEqual(['elsewhere'])
  })
}
