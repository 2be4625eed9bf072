import { expect, test } from 'bun:test'
import { compileText, problemsOf } from '../compile.fixture.ts'

const withEscalate = (escalate: string, targets = '[sim/smart, sim/echo]'): string =>
  `routes: { judge: [sim/judge], r: { targets: ${targets}, escalate: ${escalate} } }`

test.each([
  ['{ verify: [shcema] }', 'routes.r.escalate.verify[0]', 'schema'],
  ['{ verify: [{ repetition: { most: 7 } }] }', 'routes.r.escalate.verify[0]', ''],
  [
    '{ verify: [{ language: {}, schema: {} }] }',
    'routes.r.escalate.verify[0]',
    'one verifier with its options',
  ],
  ['{ stream: bufer }', 'routes.r.escalate.stream', 'buffer'],
  ['{ judge: { route: jugde } }', 'routes.r.escalate.judge.route: jugde is neither', 'Did you mean "judge"?'],
  ['{ judge: { route: smi/judge } }', 'routes.r.escalate.judge.route: ', 'sim'],
  ['{ judge: { route: r } }', 'routes.r.escalate.judge.route: a route cannot judge its own answers', ''],
  ['{ judge: { route: judge, at_least: 2 } }', 'routes.r.escalate.judge.at_least', 'a number from 0 to 1'],
  ['{ guardrails: [rude] }', 'routes.r.escalate.guardrails[0]', 'there is no guardrail rude'],
])('%s is refused by path and name', (escalate, path, hint) => {
  const problems = problemsOf(withEscalate(escalate))
  expect(problems).toContain(path)
  expect(problems).toContain(hint)
})

test.each([
  ['action: block', 'rude looks at no answer of r'],
  ['action: flag, mode: shadow', 'rude looks at no answer of r'],
  ['action: flag, routes: [judge]', 'rude looks at no answer of r'],
  ['action: flag, routes: ["r*"]', ''],
  ['action: block, phases: [output]', ''],
])('guardrails by which a route escalates look at its answers: %s', (rule, told) => {
  const problems = problemsOf(
    `${withEscalate('{ guardrails: [rude] }')}\nguardrails: { rude: { terms: { words: [x] }, ${rule} } }`,
  )
  if (told === '') expect(problems).toBe('')
  else expect(problems).toContain(told)
})

test('a route with one target has nobody to escalate to', () => {
  const problems = problemsOf(withEscalate('{}', '[sim/smart]'))
  expect(problems).toContain('routes.r.escalate: there is no second target to ask')
})

test('verifiers come with their own options, or by name alone', () => {
  const text = withEscalate('{ verify: [refusal, { language: { script: latin } }], judge: { route: judge } }')
  const { plan } = compileText(text, {})
  expect(plan?.resolveRoute('r')?.accept).toMatchObject({
    verifiers: [{ name: 'refusal' }, { name: 'language' }],
    judge: { route: 'judge', atLeast: 0.5 },
    stream: 'buffer',
    refusals: 'stay',
    otherwise: 'best',
  })
  expect(compileText(withEscalate('{}'), {}).plan?.resolveRoute('r')?.accept?.verifiers.length).toBe(6)
})
