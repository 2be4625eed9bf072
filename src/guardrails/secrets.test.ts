import { expect, test } from 'bun:test'
import { createDetectors } from './all.ts'
import { createMask } from './mask.ts'

const mask = createMask(createDetectors(['sk-', 'AIza']))

/** `İ` is two letters in lower case: what is looked for in a text that was made so lies elsewhere. */
test.each(['', 'İ', 'İİİİ', 'İ'.repeat(200)])(
  'letters that are more in lower case shift nothing: %s',
  (before) => {
    for (const [label, value, after] of [
      ['password: ', 'hunter22x1', ', really'],
      ['API_KEY = "', 'hunter22x1', '" and so on'],
      ['Authorization: Bearer ', 'abcdefghijklm1234567', ' as ever'],
      ['basic ', 'abcdefghijklm1234567', ' as ever'],
      ['postgres://', 'svc:hunter22x1@db.internal', '/x'],
    ] as const) {
      const masked = mask(`${before} ${label}${value}${after}`, {})
      expect(masked).toStartWith(`${before} ${label}`)
      expect(masked).toEndWith(after)
      expect(masked).not.toContain(value.slice(0, 4))
    }
  },
)
