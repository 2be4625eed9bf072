import { describe, expect, test } from 'bun:test'
import { createSeededRandom } from '../kit/random.ts'
import { Secret } from '../kit/secret.ts'
import { ensureAdminToken } from './admin-token.ts'

function ensure(kept: string | undefined, configured?: string) {
  let text = kept
  const token = ensureAdminToken({
    configured: configured === undefined ? undefined : new Secret(configured),
    random: createSeededRandom(1),
    readFile: () => text,
    writeFile: (written) => void (text = written),
  })
  return { from: token.from, secret: token.secret.reveal(), text }
}

describe('the admin token', () => {
  test('is made once and then read from its file', () => {
    const made = ensure(undefined)
    expect(made).toMatchObject({ from: 'made', secret: expect.stringMatching(/^gha_[0-9A-Za-z]{43}$/) })
    expect(ensure(made.text)).toEqual({ ...made, from: 'file' })
  })

  test.each(['', '\n', 'gha_short', 'right here'])('is made anew when the file holds %p', (kept) => {
    expect(ensure(kept).from).toBe('made')
  })

  test('is the configured one where there is one, and then no file is written', () => {
    expect(ensure(undefined, 'chosen-by-somebody')).toEqual({
      from: 'config',
      secret: 'chosen-by-somebody',
      text: undefined,
    })
  })
})
