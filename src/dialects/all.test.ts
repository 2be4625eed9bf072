import { expect, test } from 'bun:test'
import { DIALECTS, dialectMap } from './all.ts'
import { listEndpoints } from './list-endpoints.ts'

test('every dialect has a name and endpoints of its own', () => {
  expect(dialectMap().size).toBe(DIALECTS.length)
  const endpoints = DIALECTS.flatMap((dialect) => listEndpoints(dialect).map(({ endpoint }) => endpoint))
  expect(new Set(endpoints).size).toBe(endpoints.length)
  for (const dialect of DIALECTS) expect(dialectMap().get(dialect.name)).toBe(dialect)
})
