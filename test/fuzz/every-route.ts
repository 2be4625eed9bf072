import type { ConfigFile } from '../../src/config/config-file.fixture.ts'

type RouteEntry = Exclude<NonNullable<ConfigFile['routes']>[string], string | unknown[]>

/** Whom a route asks, and by what they are helped. */
export interface Cast {
  readonly targets: readonly string[]
  /** Somebody else: an arm, a shadow. */
  readonly other: string
  readonly judge: string
}

const STRATEGIES = ['weighted', 'cheapest', 'fastest', 'least-busy', 'headroom', 'best-of'] as const

/** A route for each thing that a route can have, by name. */
export function everyRoute({ targets: cast, other, judge }: Cast): Readonly<Record<string, RouteEntry>> {
  const targets = [...cast]
  const verify = ['empty' as const, 'repetition' as const, 'arithmetic' as const]
  return {
    ordered: { targets },
    ...Object.fromEntries(STRATEGIES.map((strategy) => [strategy, { strategy, targets }])),
    retried: { targets, retry: { attempts: 1, backoff: '1ms..2ms' } },
    raced: { targets, race: 2 },
    hedged: { targets, hedge: '2ms' },
    verified: { targets, escalate: { verify } },
    judged: { targets, escalate: { verify, judge: { route: judge, at_least: 0.6 } } },
    probed: { targets, escalate: { verify, stream: 'probe' } },
    resumed: { targets, fallback: { mid_stream: 'resume' } },
    split: {
      targets,
      split: { by: 'session', arms: { stable: 50, other: { share: '50%', targets: [other] } } },
    },
    canary: { targets, canary: { targets: [other], by: 'user', ramp: ['50%', '100%'], every: '10m' } },
    shadowed: { targets, shadow: { to: other, share: '100%', budget: { usd: 5, per: 'day' } } },
    held: { targets, only: { tags: ['ours'] } },
    stepped: {
      steps: [
        { name: 'header', when: "'x-tier' in headers && headers['x-tier'] == 'gold'", targets },
        { name: 'tagged', when: "'eu' in request.tags", targets },
        {
          name: 'noted',
          when: "'note' in request.metadata && request.metadata['note'].matches('^(a+)+$')",
          targets,
        },
        { name: 'begun', when: "request.session.startsWith('a')", targets },
        { name: 'long', when: 'request.text.characters > 5000', refuse: 'Too long for this house.' },
        { name: 'rest', targets },
      ],
    },
    matched: { match: "'x-match' in headers && headers['x-match'] != ''", targets },
  }
}
