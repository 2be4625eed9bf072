import { expect, test } from 'bun:test'
import { compileText } from './compile.fixture.ts'

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
