import type { CompiledConfig } from '../config/compile.ts'
import type { Plan } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import { AdminProblem } from './problem.ts'

/** The plan of a configuration that somebody sent. Throws AdminProblem `invalid-request` that names every mistake in it. */
export function draftPlan({ plan, problems }: CompiledConfig): Plan {
  if (plan !== undefined) return plan
  throw new AdminProblem('invalid-request', {
    detail: 'The configuration has mistakes.',
    errors: problems.map(({ path, message, hint }) => ({
      path: path === '' ? 'config' : `config: ${path}`,
      message,
      ...defined({ hint }),
    })),
  })
}
