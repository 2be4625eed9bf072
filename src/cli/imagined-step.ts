import { imaginedFacts } from '../exchange/imagined-facts.ts'
import type { Route } from '../exchange/route.ts'
import type { ChoiceQuestion } from '../routing/choice.ts'
import { takeStep } from '../routing/take-step.ts'

type Imagined = Pick<ChoiceQuestion, 'features' | 'operation'> & { readonly model: string }

/** How a route is taken by an imagined request, and a line that says why; the route itself where it has no steps. */
export function imaginedStep(
  route: Route,
  { model, features, operation }: Imagined,
): { readonly route: Route; readonly line?: string } {
  const facts = imaginedFacts(
    new Map<string, string | number | boolean>([
      ['request.operation', operation.name],
      ['request.model', model],
      ['request.input_tokens', features.inputTokens],
      ['request.max_output_tokens', features.maxOutputTokens ?? 0],
      ['request.has_tools', features.tools],
      ['request.has_images', features.vision],
      ['request.has_documents', features.documents],
      ['request.has_audio', features.audio],
      ['request.has_schema', features.jsonSchema],
    ]),
  )
  const steps = route.steps ?? []
  const { taken: step } = takeStep(steps, facts)
  if (step === undefined) return { route }
  const before = steps.slice(0, steps.indexOf(step)).map(({ name }) => name)
  const passed = before.length === 0 ? '' : `; the conditions of ${before.join(', ')} do not hold`
  const { refuses } = step.route
  const refusal = refuses === undefined ? '' : `; it refuses: ${refuses}`
  return {
    route: step.route,
    line: `step ${step.name}${passed}, for a request without tags, headers or key${refusal}`,
  }
}
