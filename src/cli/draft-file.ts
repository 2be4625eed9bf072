import type { Plan } from '../gateway/plan.ts'
import type { ParsedArguments } from './arguments.ts'
import type { CommandCall } from './command.ts'
import { pathsOf } from './installation.ts'
import { compileOffline } from './offline-plan.ts'

/** The file in `--config` is the draft; the installation is where it is without it. */
export function withoutConfig(given: ParsedArguments): ParsedArguments {
  return {
    ...given,
    has: (flag) => flag !== 'config' && given.has(flag),
    text: (flag) => (flag === 'config' ? undefined : given.text(flag)),
  }
}

/** The plan of the file as it is now; undefined where there is none without mistakes. */
export async function currentPlan(call: CommandCall): Promise<Plan | undefined> {
  if (pathsOf(call).configFile === undefined) return undefined
  const { compiled } = await compileOffline(call)
  return compiled.plan
}
