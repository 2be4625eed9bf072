import { expect, test } from 'bun:test'
import { compileText, problemsOf } from './compile.fixture.ts'

const FILE = `
routes: { support: [sim/smart], payroll: [sim/smart] }
projects: { legal: {} }
`
const file = (content: string): string => `${FILE}logs: { content: ${content} }`

const RULES =
  '{ keep: redacted, routes: { support: full, "pay*": none, payroll: redacted }, projects: { legal: none }, keys: { "ci*": none, cil: redacted } }'

test.each([
  ['support', 'app', undefined, 'full by route'],
  ['payroll', 'app', undefined, 'redacted by route'],
  ['payslips', 'app', undefined, 'none by route'],
  ['other', 'app', undefined, 'redacted by default'],
  ['support', 'cil', undefined, 'redacted by key'],
  ['support', 'ci-2', undefined, 'none by key'],
  // A key cannot widen what its project leaves.
  ['support', 'cil', 'legal', 'none by project'],
])('%s, key %s, project %s: %s', (route, keyName, project, expected) => {
  const { plan } = compileText(file(RULES))
  const rule = plan?.content?.ruleFor({ route, keyName, project })
  expect(`${rule?.keep} by ${rule?.by}`).toBe(expected)
})

test('one word is as good as a map, and nothing is kept by default', () => {
  expect(compileText(FILE).plan?.content?.isOff).toBe(true)
  expect(compileText(file('{ keys: { a: full } }')).plan?.content?.isOff).toBe(true)
  expect(compileText(file('full')).plan?.content?.isOff).toBe(false)
})

test.each([
  [
    '{ routes: { suport: full }, projects: { legl: none } }',
    ['Did you mean support?', 'Did you mean legal?'],
  ],
  ['{ keeps: full, retention: soon }', ['keep', 'an age such as 12h']],
  ['some', ['none, redacted or full']],
])('mistakes are told with the nearest name: %s', (content, told) => {
  const problems = problemsOf(file(content))
  for (const one of told) expect(problems).toContain(one)
})
