import type { PathStep, ProblemDraft } from './problems.ts'
import { unknownNames } from './rule-names.ts'
import type { Config } from './schema.ts'
import type { GuardrailConfig } from './schema/guardrails.ts'

interface Naming {
  readonly route: string
  readonly names: readonly string[]
  readonly path: readonly PathStep[]
}

/** What is wrong with the guardrails by which routes drop answers: there is none of that name, or none that looks at answers of that route. */
export function guardsOfRoutesProblems({ routes, guardrails }: Config): readonly ProblemDraft[] {
  const namings = Object.entries(routes).flatMap(([route, { escalate, steps = [] }]): readonly Naming[] => [
    { route, names: escalate?.guardrails ?? [], path: ['routes', route] },
    ...steps.map((step, index) => ({
      route,
      names: step.escalate?.guardrails ?? [],
      path: ['routes', route, 'steps', index],
    })),
  ])
  const known = Object.keys(guardrails)
  return namings.flatMap(({ route, names, path }) =>
    names.flatMap((name, index) => {
      const at = [...path, 'escalate', 'guardrails', index]
      const guardrail = guardrails[name]
      if (guardrail === undefined) return unknownNames([[name, at]], { what: 'guardrail', known })
      return looksAtAnswersOf(route, guardrail)
        ? []
        : [
            {
              path: at,
              message: `${name} looks at no answer of ${route}`,
              hint: `See its phases, mode and routes.`,
            },
          ]
    }),
  )
}

function looksAtAnswersOf(route: string, { phases, mode, routes }: GuardrailConfig): boolean {
  const holds =
    routes?.some((one) => (one.endsWith('*') ? route.startsWith(one.slice(0, -1)) : one === route)) ?? true
  return holds && mode === 'enforce' && phases.includes('output')
}
