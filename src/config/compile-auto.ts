import { goodEnough } from '../routing/strategies/good-enough.ts'
import { defined } from '../kit/defined.ts'
import type { CompiledRoute, RouteContext } from './compile-routes.ts'
import { compileRoute } from './compile-steps.ts'
import type { PathStep } from './problems.ts'
import { PROFILES, type AutoConfig, type Profile, type TaskConfig } from './schema/auto.ts'

/** The name that stands for "you choose". */
export const AUTO = 'auto'

/** Told apart by their outside alone, where the file declares no tasks: what a request says is not judged. */
const TASKS: readonly TaskConfig[] = [
  {
    name: 'simple',
    when:
      'request.input_tokens < 600 && request.turns <= 1 && !request.has_tools && !request.has_images && ' +
      '!request.has_documents && !request.reasoning && ' +
      '(request.has_schema || (request.max_output_tokens > 0 && request.max_output_tokens <= 128))',
    quality: 0.5,
  },
  {
    name: 'demanding',
    when: 'request.reasoning || request.input_tokens > 60000 || (request.has_tools && request.input_tokens > 8000)',
    quality: 0.9,
  },
  { name: 'ordinary', quality: 0.75 },
]

/** How much less quality is good enough for who asks for what is cheap. */
const CHEAP_GIVES_UP = 0.2

/** What a profile makes of the quality that a task wants. */
const WANTED: Readonly<Record<Profile, (quality: number) => number>> = {
  cheap: (quality) => Math.max(0, Math.round((quality - CHEAP_GIVES_UP) * 100) / 100),
  balanced: (quality) => quality,
  best: () => 1,
}

/** A route that was made of the section, by its name. */
export type NamedRoute = readonly [name: string, compiled: CompiledRoute]

/**
 * Makes the routes `auto` and `auto:<profile>`: one step for each task, in which the cheapest model is taken that is good enough.
 */
export function compileAuto(auto: AutoConfig, context: RouteContext): readonly NamedRoute[] {
  const profiled = PROFILES.map((profile) => [`${AUTO}:${profile}`, profile] as const)
  return [[AUTO, auto.profile] as const, ...profiled].map(([name, profile]) => [
    name,
    compileProfile(name, { ...auto, profile }, context),
  ])
}

function compileProfile(name: string, auto: AutoConfig, context: RouteContext): CompiledRoute {
  const { targets, tasks = TASKS, profile } = auto
  const steps = tasks.map(({ name: task, when, quality, max_cost, max_ttft: max_ttft_ms }) => {
    const wants = defined({ quality: WANTED[profile](quality), max_cost, max_ttft_ms })
    return { name: task, ...defined({ when }), strategy: goodEnough.schema.parse(wants) }
  })
  const { drafts, ...compiled } = compileRoute(
    name,
    { targets: targets.map((model) => ({ model, weight: 1 })), steps },
    context,
  )
  return { ...compiled, drafts: drafts.map((draft) => ({ ...draft, path: inSection(draft.path) })) }
}

/** Where in the file a problem of a made route stands. */
function inSection([, , member, ...rest]: readonly PathStep[]): readonly PathStep[] {
  if (member === undefined) return [AUTO]
  return [AUTO, member === 'steps' ? 'tasks' : member, ...rest]
}
