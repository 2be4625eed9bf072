import { expect, test } from 'bun:test'
import { compileText, problemsOf } from './compile.fixture.ts'

test('a route with a wildcard is one canary, so that asking for another model does not begin it anew', () => {
  const { plan } = compileText(`
providers: { sim: }
routes:
  any-*: { targets: [sim/*], canary: { targets: [sim/long-*], share: 5% } }
`)
  const canaryOf = (model: string) => plan?.resolveRoute(model)?.canary
  expect(canaryOf('any-echo')?.route.targets[0]?.target.id).toBe('sim/long-echo')
  expect(canaryOf('any-smart')?.fingerprint).toBe(canaryOf('any-echo')?.fingerprint ?? '')
})

test('a * that nothing fills is an error wherever a route names models', () => {
  const problemsIn = (member: string) =>
    problemsOf(`providers: { sim: }\nroutes: { a: { targets: [sim/smart], ${member} } }`)
  for (const member of [
    'canary: { targets: [sim/*], share: 5% }',
    'split: { arms: { old: 50, new: { share: 50, targets: [sim/*] } } }',
    'fallback: { to: [sim/*] }',
    'steps: [{ name: only, fallback: { to: [sim/*] } }]',
  ])
    expect([member, problemsIn(member)]).toEqual([
      member,
      expect.stringContaining('there is nothing to fill the * with'),
    ])
})

test('shares and ramps that are wrong are named with what is expected there', () => {
  const route = (member: string) => `routes: { a: { targets: [sim/one], ${member} } }`
  expect(problemsOf(route('shadow: { to: sim/two, share: 500% }'))).toContain(
    'routes.a.shadow.share: expected a percentage from 0 to 100 such as 5 or 2.5%, found "500%"',
  )
  expect(problemsOf(route('canary: { targets: [sim/two], ramp: [5%, 1%] }'))).toContain(
    'routes.a.canary.ramp: expected a ramp that only grows',
  )
})
