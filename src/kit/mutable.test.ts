import { expect, test } from 'bun:test'
import { setDefined, type Mutable } from './mutable.ts'

interface Ship {
  readonly name: string
  readonly flag?: string
  readonly masts?: number
}

test('a member is set when there is a value, and not there at all when there is none', () => {
  const draft: Mutable<Ship> = { name: 'Argo' }
  setDefined(draft, 'flag', undefined)
  setDefined(draft, 'masts', 0)
  const ship: Ship = draft
  expect(Object.keys(ship)).toEqual(['name', 'masts'])
})
