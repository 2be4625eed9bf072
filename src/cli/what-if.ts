import { parseMoment } from '../kit/moment.ts'
import { runWhatIf } from '../insight/run-what-if.ts'
import { unknownRoute } from '../insight/unknown-route.ts'
import { percentOf, toWhatIfJson } from '../insight/what-if-json.ts'
import type { WhatIfTally } from '../insight/what-if-tally.ts'
import { nearestNames } from '../kit/nearest.ts'
import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type Command } from './command.ts'
import { currentPlan, withoutConfig } from './draft-file.ts'
import { openInstallation } from './installation.ts'
import { usablePlan } from './offline-plan.ts'
import { tellWhatIf } from './tell-what-if.ts'

const USUAL_LAST = 10_000

/** What a changed file would have made of the requests in the log. */
export const whatIfCommand: Command = {
  name: 'what-if',
  usage: '',
  summary: 'What a changed file would have made of the requests in the log; nothing is called.',
  examples: [
    'gatehouse what-if --config draft.yaml',
    'gatehouse what-if --config draft.yaml --since 24h --route smart',
    'gatehouse what-if --config draft.yaml --fail-on unroutable,only,cost>10%',
  ],
  flags: {
    last: { kind: 'number', value: 'N', help: `The newest so many requests; default: ${USUAL_LAST}.` },
    since: { kind: 'text', value: 'WHEN', help: 'Those since: 24h, 7d, 2026-11-01; default: all.' },
    route: { kind: 'text', value: 'NAME', help: 'Those of one route.' },
    'fail-on': {
      kind: 'list',
      value: 'WORDS',
      help: 'Fail on requests that nobody could be asked for (unroutable), that leave a constraint (only), that cannot be decided (unknown), or on cost>10%.',
    },
  },
  positionals: 0,
  async run(call) {
    const { arguments: given, output, clock } = call
    if (given.text('config') === undefined)
      throw new UsageError('What if what? Name the changed file: gatehouse what-if --config draft.yaml')
    const failsOn = given.list('fail-on').map(readFailure)
    const nowMs = clock.nowMs()
    const scope = {
      last: readLast(given.number('last')),
      fromMs: readSince(given.text('since'), nowMs),
      toMs: nowMs,
      ...(given.has('route') && { route: given.text('route') ?? '' }),
    }
    const draft = await usablePlan(call, { probe: false })
    const installed = { ...call, arguments: withoutConfig(given) }
    const current = await currentPlan(installed)
    const installation = await openInstallation(installed, 'read')
    const tally = await runWhatIf(installation.store, { draft, current }, scope).finally(() =>
      installation.close(),
    )
    const unknown = tally.requests === 0 ? unknownRoute(given.text('route'), { draft, current }) : undefined
    if (unknown !== undefined) throw new CommandError(EXIT.notFound, unknown.message)
    if (output.json) output.value(toWhatIfJson(tally))
    else tellWhatIf(tally, { call, hasCurrent: current !== undefined })
    const failed = failsOn.filter(({ isMet }) => isMet(tally))
    for (const { word } of failed) output.say(`Fails on ${word}.`)
    return failed.length === 0 ? EXIT.ok : EXIT.unmet
  },
}

function readLast(last = USUAL_LAST): number {
  if (last < 1) throw new UsageError('--last takes a whole number from 1.')
  return last
}

function readSince(since: string | undefined, nowMs: number): number {
  if (since === undefined) return 0
  const moment = parseMoment(since, nowMs)
  if (moment === undefined) throw new UsageError(`--since ${since} is no moment: 24h, 7d, 2026-11-01.`)
  return moment
}

interface FailsOn {
  readonly word: string
  readonly isMet: (tally: WhatIfTally) => boolean
}

const FAILS_ON: Readonly<Record<string, FailsOn['isMet']>> = {
  unroutable: ({ unroutable }) => unroutable.length > 0,
  only: ({ breaches }) => breaches.length > 0,
  unknown: ({ unknown }) => unknown.length > 0,
}

function readFailure(word: string): FailsOn {
  const isMet = Object.hasOwn(FAILS_ON, word) ? FAILS_ON[word] : undefined
  if (isMet !== undefined) return { word, isMet }
  const most = /^cost>(\d+(?:\.\d+)?)%$/.exec(word)?.[1]
  if (most === undefined) {
    const [nearest] = nearestNames(word, Object.keys(FAILS_ON))
    const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`
    throw new UsageError(
      `--fail-on ${word}: there are ${Object.keys(FAILS_ON).join(', ')}, and cost>10%, of any per cent.${hint}`,
    )
  }
  const isMore = (spend: WhatIfTally['real']): boolean =>
    (percentOf(spend) ?? (spend.expected > 0 ? Number.POSITIVE_INFINITY : 0)) > Number(most)
  return { word, isMet: ({ real, simulated }) => isMore(real) || isMore(simulated) }
}
