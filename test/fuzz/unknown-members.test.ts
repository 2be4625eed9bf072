import { describe, expect, test } from 'bun:test'
import { DIALECTS } from '../../src/dialects/all.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { Failure } from '../../src/exchange/failure.ts'
import type { ModelRequest } from '../../src/exchange/operations/all.ts'
import { PATIENCE_MS } from './budget.ts'
import { validBodies } from './canonical-samples.ts'
import { clientForms } from './client-forms.ts'
import { firstPlaces, withText } from './damaged-json.ts'
import { named, TARGET } from './every-codec.ts'
import { TAKING_BODIES, understand } from './handle-request.ts'

/*
 * Members that nobody knows, in every object of every body: a provider of the same family is told them again, or it is noted that
 * they stayed behind; for every other that is noted.
 */

interface Told {
  readonly says: boolean
  readonly notes: readonly string[]
}

/** What a provider of a dialect is told of a request; undefined where it cannot be. */
function tell(request: ModelRequest, { codecs }: Dialect): Told | undefined {
  const notes: string[] = []
  try {
    const notice = (code: string, field?: string): void => void notes.push(`${code} ${field}`)
    const sent = codecs[request.operation]?.encodeRequest(request as never, { ...TARGET, notice })
    return typeof sent?.body === 'string' ? { says: sent.body.includes('zz'), notes } : undefined
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined
    throw thrown
  }
}

/** Is it noted under a name on the way to it? */
function isNoted({ notes }: Told, names: string): boolean {
  const way = new Set(names.split(/[.[\]]+/))
  return notes.some((note) => way.has(note.split(/[ .]/).at(-1) ?? ''))
}

function read(...[endpoint, text]: Parameters<typeof understand>): ModelRequest | undefined {
  try {
    return understand(endpoint, text.replaceAll('models/theirs', 'models/m')).request
  } catch {
    return undefined
  }
}

/** Where tokens are counted and conversations made shorter, most is not spoken of. */
const SPOKEN = TAKING_BODIES.filter(
  ({ operation, endpoint }) => operation !== 'count-tokens' && !endpoint.endsWith('/compact'),
)

/** Marks are hints; citations that cannot be told, grammars told in words and sound that is known by its id are noted, or whole. */
const NOTED_AS_SUCH = /\.cache_control$|\.citations\[\]$|\.custom\.format$|^\.tools\[\]\.format$|\.audio$/

describe.each(SPOKEN.map(named))('%s', (_name, endpoint) => {
  test(
    'loses no member that nobody knows without a word',
    () => {
      const lost = new Set<string>()
      for (const { body, at, text, names } of firstPlaces([
        ...validBodies(endpoint),
        ...clientForms(endpoint),
      ])) {
        if (!text.startsWith('{') || text.includes('"zz"')) continue
        const plain = read(endpoint, JSON.stringify(body))
        const novel = read(
          endpoint,
          withText(body, at, text === '{}' ? '{"zz":1}' : `${text.slice(0, -1)},"zz":1}`),
        )
        if (plain === undefined || novel === undefined) continue
        for (const dialect of DIALECTS) {
          const told = tell(novel, dialect)
          if (told === undefined || told.says) continue
          if (NOTED_AS_SUCH.test(names) || isNoted(told, names)) continue
          if (told.notes.length === tell(plain, dialect)?.notes.length)
            lost.add(`${names} to ${dialect.name}`)
        }
      }
      expect([...lost]).toEqual([])
    },
    PATIENCE_MS,
  )
})
