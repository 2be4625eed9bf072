import { createExpressionCompiler } from '../kit/expression.ts'
import { ExpressionError } from '../kit/expression-error.ts'
import type { Condition } from './condition.ts'
import { FACTS } from './facts.ts'

/** Compiles a condition. Throws `ExpressionError`. */
export type CompileCondition = (source: string) => Condition

/** By these a request proves who sends it; what is decided by them would tell them to whoever reads decisions. */
const SECRET_HEADERS: ReadonlySet<string> = new Set(
  [
    'authorization',
    'proxy-authorization',
    'cookie',
    'x-api-key',
    'api-key',
    'x-goog-api-key',
    'x-gatehouse-key',
  ].map((name) => `headers.${name}`),
)

/** Creates a compiler of conditions over the facts of requests. */
export function createConditionCompiler(): CompileCondition {
  const compile = createExpressionCompiler(FACTS)
  return (source) => {
    const { reads, constants, clauses, holds } = compile(source)
    for (const name of reads) refuseHeader(name)
    return { source, facts: reads, constants, clauses, holds: ({ read }) => holds(read) }
  }
}

function refuseHeader(name: string): void {
  if (!name.startsWith('headers.')) return
  if (name !== name.toLowerCase())
    throw new ExpressionError('names of headers are written in lower case', `Write ${name.toLowerCase()}.`)
  if (SECRET_HEADERS.has(name))
    throw new ExpressionError(`${name} proves who the client is`, 'Ask for key.name or key.project.')
}
