import { expect, test } from 'bun:test'
import { inspect } from 'node:util'
import { Secret } from './secret.ts'

const VALUE = 'sk-very-secret-value'
const secret = new Secret(VALUE)

test('a secret is given away by reveal and by nothing else', () => {
  expect(secret.reveal()).toBe(VALUE)
  const holder = { key: secret, list: [secret], map: new Map([['k', secret]]) }
  const error = new Error('failed', { cause: secret })
  const printed = [
    String(secret),
    // oxlint-disable-next-line typescript/restrict-template-expressions -- what must not leak
    `${secret}`,
    secret + '',
    JSON.stringify(secret),
    JSON.stringify(holder),
    JSON.stringify(Object.entries(holder)),
    Bun.inspect(secret),
    Bun.inspect(holder, { depth: 10 }),
    Bun.inspect(error),
    inspect(secret, { showHidden: true, depth: 10, customInspect: false }),
    inspect(holder, { showHidden: true, depth: 10 }),
    Object.values(secret).join(),
    Reflect.ownKeys(secret).map(String).join(),
    // oxlint-disable-next-line typescript/no-misused-spread -- what must not leak
    JSON.stringify({ ...secret }),
    JSON.stringify(structuredClone(secret)),
    [secret].join(),
    Bun.inspect.table([{ secret }]),
  ]
  for (const text of printed) expect(text).not.toContain(VALUE)
  expect(String(secret)).toBe('[secret]')
  expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}')
})

test('a secret is not written to the console', () => {
  const script = `
    import { Secret } from ${JSON.stringify(`${import.meta.dir}/secret.ts`)}
    const secret = new Secret('hidden-' + 'canary')
    console.log(secret, { secret }, [secret], '%s %o %O %j', secret, secret, secret, secret)
    console.error(new Error('x', { cause: secret }))
    console.dir(secret, { depth: 5 })
    console.table([{ secret }])
    throw new Error('boom ' + secret)
  `
  const child = Bun.spawnSync([process.execPath, '-e', script])
  const written = child.stdout.toString() + child.stderr.toString()
  expect(written).toContain('[secret]')
  expect(written).not.toContain('hidden-canary')
})
