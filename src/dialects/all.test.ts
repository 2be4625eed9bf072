import { expect, test } from 'bun:test'
import { DIALECTS, dialectMap } from './all.ts'
import { listEndpoints } from './list-endpoints.ts'

test('every dialect has a name and doors of its own', () => {
  expect(dialectMap().size).toBe(DIALECTS.length)
  const doors = DIALECTS.flatMap((dialect) => listEndpoints(dialect).map(({ endpoint }) => endpoint))
  expect(new Set(doors).size).toBe(doors.length)
  for (const dialect of DIALECTS) expect(dialectMap().get(dialect.name)).toBe(dialect)
})
