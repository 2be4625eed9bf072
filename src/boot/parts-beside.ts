import { canariesBeside } from '../experiments/canaries-beside.ts'
import { canariesOf } from '../experiments/canaries-of.ts'
import type { PipelineParts } from '../gateway/order.ts'
import type { Plan } from '../gateway/plan.ts'
import { createHealthBoard } from '../routing/health.ts'

/**
 * What the pipeline of a plan that is tried works with beside the one in force. Counters, budgets, places at targets and the ledger are
 * the same, so that nobody may do twice as much. What is learned of the health of targets is not: the same name may mean another
 * address or another key there, and a mistake in it must not have the targets of everybody else rest.
 */
export function partsBeside(parts: PipelineParts, inForce: Plan): PipelineParts {
  const { clock, random, telemetry, canaries } = parts
  const health = createHealthBoard({
    clock,
    random,
    listen: (change, subject) =>
      telemetry.log('info', `health under the version that is tried: ${change}`, { ...subject }),
  })
  return { ...parts, health, canaries: canariesBeside(canaries, canariesOf(inForce.routes)) }
}
