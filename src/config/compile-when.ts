import type { CompileCondition } from '../exchange/compile-condition.ts'
import type { Condition } from '../exchange/condition.ts'
import { defined } from '../kit/defined.ts'
import { ExpressionError } from '../kit/expression-error.ts'
import type { PathStep, ProblemDraft } from './problems.ts'

/** Compiles a condition of the file, or says what is wrong with it. */
export function compileWhen(
  source: string,
  path: readonly PathStep[],
  { compileCondition }: { readonly compileCondition: CompileCondition },
): Condition | ProblemDraft {
  try {
    return compileCondition(source)
  } catch (thrown) {
    if (!(thrown instanceof ExpressionError)) throw thrown
    const { message, hint } = thrown
    return { path, message: `the condition is wrong: ${message}`, value: source, ...defined({ hint }) }
  }
}
