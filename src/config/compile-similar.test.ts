import { expect, test } from 'bun:test'
import { compileText, problemsOf } from './compile.fixture.ts'

const write = (semantic: string, more = ''): string => `
providers: { sim: { type: sim } }
routes:
  faq: { targets: [sim/smart], cache: { semantic: { ${semantic} }${more} } }
  arbiter: { targets: [sim/judge] }
`

test('similar answers are on the terms that are said, and on usual ones besides', () => {
  const text = write(
    'embeddings: sim/embed, epsilon: 2.5%, judge: arbiter, audit_budget: { usd: 3, per: hour }',
  )
  const { plan } = compileText(text, { environment: {} })
  expect(plan?.resolveRoute('faq')?.cache?.similar).toEqual({
    embeddings: 'sim/embed',
    epsilon: 0.025,
    least: 0.85,
    waitMs: 80,
    judge: 'arbiter',
    budget: { limitNanoUsd: 3_000_000_000n, window: 'hour' },
  })
  const usual = compileText(write('embeddings: sim/embed'), { environment: {} }).plan
  expect(usual?.resolveRoute('faq')?.cache?.similar).toMatchObject({ epsilon: 0.01 })
  expect(usual?.resolveRoute('arbiter')?.cache).toBeUndefined()
})

test.each([
  ['embedings: sim/embed', '', 'embeddings'],
  ['epsilon: 1%', '', 'embeddings'],
  ['embeddings: smi/embed', '', 'there is no provider smi'],
  ['embeddings: sim/embed, judge: abriter', '', 'abriter'],
  ['embeddings: sim/smart', '', 'sim/smart makes no vectors'],
  ['embeddings: sim/embed, judge: arbitr', '', 'Did you mean arbiter?'],
  ['embeddings: sim/embed, judge: faq', '', 'a route cannot judge its own answers'],
  ['embeddings: sim/embed, epsilon: 0%', '', 'a share from 0.1% to 20%'],
  ['embeddings: sim/embed, epsilon: 50%', '', 'a share from 0.1% to 20%'],
  ['embeddings: sim/embed, min_similarity: 0.2', '', 'a number from 0.5 to 1'],
  ['embeddings: sim/embed', ', buckets: 3', 'several answers are kept of each question'],
])('{ %s }%s: %s', (semantic, more, problem) => {
  expect(problemsOf(write(semantic, more), { environment: {} })).toContain(problem)
})
