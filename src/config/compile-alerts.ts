import type { AlertPlan, AlertRule } from '../exchange/alert.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { AlertWords } from './alert-words.ts'
import { compileAlertChannel } from './compile-alert-channel.ts'
import { compileAlertWatch } from './compile-alert-watch.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import type { Config } from './schema.ts'
import type { AlertRuleConfig } from './schema/alerts.ts'
import type { SecretsByReference } from './secrets.ts'

/** What rules refer to. */
export interface AlertContext {
  readonly words: AlertWords
  readonly channelNames: readonly string[]
  readonly drillNames: readonly string[]
  readonly providerNames: readonly string[]
  /** `project/name` and `key/name` of the file; keys of the store may be meant as well. */
  readonly projectNames: readonly string[]
}

export interface CompiledAlerts {
  readonly alerts: AlertPlan
  readonly drafts: readonly ProblemDraft[]
}

/** What of a context the file itself does not say. */
export interface AlertSurroundings extends Pick<AlertContext, 'words' | 'providerNames'> {
  readonly secrets: SecretsByReference
}

/** Compiles rules and channels. Whoever a rule names must exist: one that tells nobody would be missed when it matters. */
export function compileAlerts(config: Config, surroundings: AlertSurroundings): CompiledAlerts {
  const { alerts: written } = config
  const drafts: ProblemDraft[] = [...countProblems(written)]
  const channels = new Map<string, ReturnType<typeof compileAlertChannel>['channel'] & object>()
  for (const [name, channel] of Object.entries(written.channels)) {
    const compiled = compileAlertChannel(name, channel, surroundings.secrets)
    drafts.push(...compiled.drafts)
    if (compiled.channel !== undefined) channels.set(name, compiled.channel)
  }
  const context = alertContext(config, surroundings)
  const rules = new Map<string, AlertRule>()
  for (const [name, rule] of Object.entries(written.rules)) {
    const compiled = compileAlertRule(name, rule, context)
    drafts.push(
      ...compiled.drafts.map((draft) => ({ ...draft, path: ['alerts', 'rules', name, ...draft.path] })),
    )
    if (compiled.rule !== undefined) rules.set(name, compiled.rule)
  }
  return {
    alerts: { rules, channels, ...defined({ dashboardUrl: written.dashboard_url }) },
    drafts,
  }
}

function alertContext(
  { alerts, drills, projects }: Config,
  { words, providerNames }: AlertSurroundings,
): AlertContext {
  return {
    words,
    providerNames,
    channelNames: Object.keys(alerts.channels),
    drillNames: Object.keys(drills),
    projectNames: Object.keys(projects),
  }
}

function countProblems({ rules, channels }: Config['alerts']): ProblemDraft[] {
  const most = { rules: LIMITS.alertRules, channels: LIMITS.alertChannels }
  const counts = { rules: Object.keys(rules).length, channels: Object.keys(channels).length }
  return (['rules', 'channels'] as const)
    .filter((section) => counts[section] > most[section])
    .map((section) => ({
      path: ['alerts', section],
      message: `there are ${counts[section]}, which are more than ${most[section]}`,
    }))
}

/** A rule, or what is wrong with it, at paths within it. */
export interface CompiledAlertRule {
  readonly rule?: AlertRule
  readonly drafts: readonly ProblemDraft[]
}

/** Compiles one rule, from the file or as a draft. */
export function compileAlertRule(
  name: string,
  written: AlertRuleConfig,
  context: AlertContext,
): CompiledAlertRule {
  const drafts = [
    ...unknownNames(written.to, ['to'], { what: 'channel', known: context.channelNames }),
    ...unknownNames(written.drills, ['drills'], { what: 'drill', known: context.drillNames }),
    ...unknownNames(written.providers, ['providers'], { what: 'provider', known: context.providerNames }),
    ...unknownOwners(written.of, context.projectNames),
  ]
  const watch = compileAlertWatch(written, context.words)
  if ('drafts' in watch) return { drafts: [...drafts, ...watch.drafts] }
  if (drafts.length > 0) return { drafts }
  const rule: AlertRule = {
    name,
    kind: written.kind,
    ...defined({ description: written.description }),
    severity: written.severity,
    to: written.to ?? context.channelNames,
    forMs: written.for,
    resolveAfterMs: written.resolve_after,
    watch,
  }
  return { rule, drafts }
}

interface Known {
  readonly what: string
  readonly known: readonly string[]
}

function unknownNames(
  names: readonly string[] = [],
  path: readonly PathStep[],
  { what, known }: Known,
): ProblemDraft[] {
  return names.flatMap((name, index) => {
    if (known.includes(name)) return []
    const [nearest] = nearestNames(name, known, 1)
    const hint = nearest === undefined ? undefined : `Did you mean "${nearest}"?`
    return [{ path: [...path, index], message: `there is no ${what} ${name}`, ...defined({ hint }) }]
  })
}

/** Keys may be in the store alone, so that only their form can be looked at. */
function unknownOwners(owners: readonly string[] = [], projects: readonly string[]): ProblemDraft[] {
  return owners.flatMap((owner, index) => {
    const path = ['of', index]
    const [scope, name = ''] = owner.split('/')
    if (scope === 'key' && name !== '') return []
    if (scope !== 'project' || name === '')
      return [{ path, message: `expected project/name or key/name, found "${owner}"` }]
    if (projects.includes(name)) return []
    const [nearest] = nearestNames(name, projects, 1)
    const hint = nearest === undefined ? undefined : `Did you mean "project/${nearest}"?`
    return [{ path, message: `there is no project ${name}`, ...defined({ hint }) }]
  })
}
