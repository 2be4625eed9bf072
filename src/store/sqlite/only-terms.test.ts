import { expect, test } from 'bun:test'
import { WANTS_NOBODY } from '../../exchange/only-terms.ts'
import { readOnlyTerms } from './only-terms.ts'

test.each(['{}', '{"region":["eu"],"retention":0}', '{"data_policy":"no-training","tags":[]}'])(
  'terms are read as they were written: %s',
  (text) => {
    expect(JSON.stringify(readOnlyTerms(text))).toBe(text)
  },
)

test.each([
  '',
  '[]',
  'null',
  '{"region":"eu"}',
  '{"tags":[1]}',
  '{"country":["de"]}',
  '{"retention":"zero"}',
])('terms that cannot be read nobody fulfils: %s', (text) => {
  expect(readOnlyTerms(text)).toBe(WANTS_NOBODY)
})
