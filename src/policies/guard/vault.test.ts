import { expect, test } from 'bun:test'
import type { MaskedValue } from '../../exchange/guard.ts'
import type { Owners } from '../../exchange/owner.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { Whose } from './vault.ts'
import { SampleVaultStore, sampleVault } from './vault.fixture.ts'

const OWNERS: Owners = { organisation: 'acme', project: 'site', key: 'one' }
const ANA: Whose = { owners: OWNERS, user: 'u', customer: 'ana' }
const PLACEHOLDER = '<EMAIL_0000AAAA>'
const MAIL = 'ana@example.com'

const masked = (changes: Partial<MaskedValue> = {}): ReadonlyMap<string, MaskedValue> =>
  new Map([
    [
      PLACEHOLDER,
      {
        value: MAIL,
        detector: 'email',
        restore: true,
        guardrail: 'data',
        rememberMs: 86_400_000,
        ...changes,
      },
    ],
  ])

const said = (whose = ANA) => ({ whose, requestId: 'req_1' })

/** A vault that remembers one value. */
async function remembering(changes: Partial<MaskedValue> = {}) {
  const house = sampleVault()
  house.vault.keep(masked(changes), said())
  const recall = async (whose = ANA, vault = house.vault) =>
    (await vault.recall(whose, [PLACEHOLDER])).get(PLACEHOLDER)?.value
  await recall()
  return { ...house, recall }
}

const outcomes = ({ counts }: ReturnType<typeof sampleVault>['telemetry']) => Object.fromEntries(counts)

test.each([
  ['another organisation', { owners: { ...OWNERS, organisation: 'other' } }],
  ['another project of the same', { owners: { ...OWNERS, project: 'shop' } }],
  ['another customer of the same project', { customer: 'bob' }],
  ['another user of the same project', { user: 'v' }],
  ['nobody in particular of the same project', { user: '', customer: '' }],
])('what one has said is told to no other one: %s', async (_name, others) => {
  const { recall, vault } = await remembering()
  expect(await recall()).toBe(MAIL)
  expect(await recall({ ...ANA, ...others })).toBeUndefined()
  expect(await vault.holds({ ...ANA, ...others })).toBe(false)
})

test('another key of the same project may know it: a key is changed, and the conversation goes on', async () => {
  const { recall } = await remembering()
  expect(await recall({ ...ANA, owners: { ...OWNERS, key: 'two' } })).toBe(MAIL)
})

test('operators find it by the tenant, whoever has said it, and not by another one', async () => {
  const { vault } = await remembering()
  const found = async (owners: Owners) =>
    (await vault.recallAll(owners, [PLACEHOLDER])).get(PLACEHOLDER)?.value
  expect(await found(OWNERS)).toBe(MAIL)
  expect(await found({ ...OWNERS, project: 'shop' })).toBeUndefined()
})

test('what is not to be remembered, or is too long, is nowhere', async () => {
  const { vault, store, telemetry } = sampleVault()
  const { rememberMs: _none, ...forgotten } = masked().get(PLACEHOLDER) ?? { value: '' }
  vault.keep(new Map([[PLACEHOLDER, forgotten as MaskedValue]]), said())
  vault.keep(masked({ value: 'x'.repeat(LIMITS.vaultValueCharacters + 1) }), said())
  await vault.recall(ANA, [])
  expect(store.rows.size).toBe(0)
  expect(outcomes(telemetry)).toEqual({ 'gatehouse_vault_values_total{outcome=too-long}': 1 })
})

test('the store holds neither the value, nor what it could be tried against', async () => {
  const { store } = await remembering()
  const [row] = store.rows.values()
  const bytes = Buffer.from(row?.sealed ?? [])
  expect(bytes.length).toBeGreaterThan(MAIL.length)
  expect(bytes.includes(MAIL) || JSON.stringify({ ...row, sealed: '' }).includes(MAIL)).toBe(false)
  const elsewhere = sampleVault(new SampleVaultStore(), 'other words')
  elsewhere.vault.keep(masked(), said())
  await elsewhere.vault.recall(ANA, [])
  const [other] = elsewhere.store.rows.values()
  expect([row?.id === other?.id, row?.print === other?.print, row?.owner === other?.owner]).toEqual([
    false,
    false,
    true,
  ])
})

test('a row that is damaged, or stands in the place of another, is ignored and counted', async () => {
  const { store, recall, telemetry, vault } = await remembering()
  vault.keep(
    new Map([['<EMAIL_0000BBBB>', { ...masked().get(PLACEHOLDER), value: 'b' } as MaskedValue]]),
    said(),
  )
  await vault.recall(ANA, [])
  const [row, other] = [...store.rows.values()]
  if (row === undefined || other === undefined) throw new Error('two rows were kept')
  const damaged = Buffer.from(row.sealed)
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1
  store.rows.set(row.id, { ...row, sealed: damaged })
  expect(await recall()).toBeUndefined()
  store.rows.set(row.id, { ...row, sealed: other.sealed })
  expect(await recall()).toBeUndefined()
  store.rows.set(row.id, { ...row, sealed: new Uint8Array() })
  expect(await recall()).toBeUndefined()
  expect(outcomes(telemetry)).toMatchObject({
    'gatehouse_vault_values_total{outcome=unreadable}': 2,
    'gatehouse_vault_values_total{outcome=ambiguous}': 1,
  })
})

test('with another key, what was sealed with the one before is ignored and counted', async () => {
  const { store, recall } = await remembering()
  const later = sampleVault(store, 'another key')
  expect(await recall(ANA, later.vault)).toBeUndefined()
  expect(outcomes(later.telemetry)).toEqual({ 'gatehouse_vault_values_total{outcome=unreadable}': 1 })
})

test('what is said in every turn is written now and then, and at once when it was forgotten', async () => {
  const { vault, store, clock, recall } = await remembering()
  const [first] = store.rows.values()
  const again = async () => {
    vault.keep(masked(), said())
    await recall()
    return [...store.rows.values()][0]
  }
  expect(await again()).toBe(first as NonNullable<typeof first>)
  clock.advance(LIMITS.vaultAgainMs + 1)
  expect((await again())?.endsMs).toBe((first?.endsMs ?? 0) + LIMITS.vaultAgainMs + 1)
  expect(await vault.forgetOf({ scope: 'customer', id: 'ana' })).toBe(1)
  expect([await recall(), await vault.holds(ANA)]).toEqual([undefined, false])
  await again()
  expect(await vault.forgetSaidIn('req_1')).toBe(1)
  expect(await recall()).toBeUndefined()
})

test('of a request with thousands of values all are remembered, and found as soon as it was said', async () => {
  const { vault } = sampleVault()
  const [one] = masked().values()
  if (one === undefined) throw new Error('something is masked')
  const many = Array.from({ length: 2_500 }, (_, index): [string, MaskedValue] => [
    `<EMAIL_${String(index).padStart(8, '0')}>`,
    { ...one, value: `ana${index}@example.com` },
  ])
  vault.keep(new Map(many.slice(0, 1_000)), said())
  vault.keep(new Map(many.slice(1_000)), said())
  expect(await vault.holds(ANA)).toBe(true)
  const recalled = await vault.recall(
    ANA,
    many.map(([placeholder]) => placeholder),
  )
  expect(recalled.size).toBe(2_500)
  expect(recalled.get('<EMAIL_00002499>')?.value).toBe('ana2499@example.com')
})

test('it ends', async () => {
  const { clock, recall } = await remembering({ rememberMs: 60_000 })
  clock.advance(60_000)
  expect(await recall()).toBeUndefined()
})

test('what the store does not take is counted, and tried again when it is said again', async () => {
  const { vault, store, telemetry } = sampleVault()
  store.isBroken = true
  vault.keep(masked(), said())
  await vault.recallAll(OWNERS, [])
  expect(await vault.holds(ANA)).toBe(false)
  store.isBroken = false
  vault.keep(masked(), said())
  expect(await vault.holds(ANA)).toBe(true)
  expect(outcomes(telemetry)).toEqual({
    'gatehouse_vault_values_total{outcome=lost}': 1,
    'gatehouse_vault_values_total{outcome=kept}': 1,
  })
  expect(telemetry.lines.join()).not.toContain(MAIL)
})
