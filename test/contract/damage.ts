import fc from 'fast-check'

/** What is done to a stream, and at which of its frames. */
interface Damage {
  readonly what: (typeof DAMAGES)[number]
  readonly at: number
}

const DAMAGES = ['lose', 'double', 'swap', 'cut', 'garbage', 'done', 'null', 'error'] as const

/** Damages done to a stream. */
export const damages: fc.Arbitrary<Damage> = fc.record({ what: fc.constantFrom(...DAMAGES), at: fc.nat() })

/** Does to a stream what bad networks and worse servers do. */
export function damage(wire: string, { what, at }: Damage): string {
  const list = wire.split(/(?<=\n\n)/)
  const place = at % list.length
  const [frame = '', next = ''] = list.slice(place)
  const without = (count: number, ...instead: readonly string[]): string =>
    [...list.slice(0, place), ...instead, ...list.slice(place + count)].join('')
  switch (what) {
    case 'lose':
      return without(1)
    case 'double':
      return without(1, frame, frame)
    case 'swap':
      return without(2, next, frame)
    case 'cut':
      return without(1, `${frame.slice(0, frame.length >> 1).trimEnd()}\n\n`)
    case 'garbage':
      return without(0, 'data: {"what":\n\n')
    case 'done':
      return without(0, 'data: [DONE]\n\n')
    case 'null':
      return without(0, 'data: null\n\n')
    case 'error':
      return without(0, 'data: {"error":{"message":"It broke."}}\n\n')
  }
}
