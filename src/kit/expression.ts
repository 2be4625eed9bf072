import { Environment, ParseError as CelParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js'
import { clausesOf, type Clauses } from './expression-clauses.ts'
import { ExpressionError } from './expression-error.ts'
import { mismatchError, typeWords } from './expression-mismatch.ts'
import { ExpressionReading, MATCH, type Constant } from './expression-reading.ts'
import { declareVariables, type NewView, type ReadVariable, type Variable } from './expression-variables.ts'
import { LIMITS } from './limits.ts'
import { compilePattern, type Pattern } from './pattern.ts'

/** A condition in CEL, checked. */
export interface Expression {
  readonly source: string
  /** Names of what it reads, in order of their first mention. */
  readonly reads: readonly string[]
  /** By what is read: the constants that it is compared with, or asked about. */
  readonly constants: ReadonlyMap<string, readonly Constant[]>
  /** For who asks whether another holds whenever it does. */
  readonly clauses: Clauses
  /** Pure. Undefined where it cannot be said: something is absent, or out of its range. */
  readonly holds: (read: ReadVariable) => boolean | undefined
}

/** Compiles a condition. Throws `ExpressionError`. */
export type CompileExpression = (source: string) => Expression

/**
 * Creates a compiler of conditions. Names, types and patterns are checked when a condition is compiled. CEL has no loops but those
 * over lists, none of which stands in another here, and patterns take time linear in the text: every condition ends soon
 * ([decision 36](../../docs/decisions/0036-expressions.md)).
 *
 * @param variables all that there is to be read
 */
export function createExpressionCompiler(variables: readonly Variable[]): CompileExpression {
  const patterns = new Map<string, Pattern>()
  const environment = new Environment({
    limits: { maxAstNodes: LIMITS.expressionNodes, maxDepth: LIMITS.expressionDepth },
  })
  environment.registerFunction(`string.${MATCH}(string): bool`, (text: string, pattern: string) =>
    patterns.get(pattern)?.test(text),
  )
  const newView = declareVariables(environment, variables)
  return (source) => compile(source, { variables, environment, patterns, newView })
}

const COMPARE = 'Compare it with something.'

interface Workshop {
  readonly variables: readonly Variable[]
  readonly environment: Environment
  readonly patterns: Map<string, Pattern>
  readonly newView: NewView
}

function compile(source: string, { variables, environment, patterns, newView }: Workshop): Expression {
  if (source.length > LIMITS.expressionCharacters)
    throw new ExpressionError(`longer than ${LIMITS.expressionCharacters} characters`)
  const run = parse(source, environment)
  const reading = new ExpressionReading(variables)
  reading.visit(run.ast)
  for (const pattern of reading.patterns) {
    const compiled = compilePattern(pattern)
    if ('wrong' in compiled) throw new ExpressionError(`"${pattern}" is no pattern: ${compiled.wrong}`)
    patterns.set(pattern, compiled)
  }
  const { valid, type = 'nothing', error } = run.check()
  if (!valid) throw wrong(error, source)
  if (type !== 'bool')
    throw new ExpressionError(`gives ${typeWords(type)}, which is neither true nor false`, COMPARE)
  const { reads, constants, members } = reading
  return {
    source,
    reads: [...reads],
    constants,
    clauses: clausesOf(run.ast),
    holds(read) {
      try {
        const result: unknown = run(newView({ read, members }))
        return typeof result === 'boolean' ? result : undefined
      } catch {
        return undefined
      }
    },
  }
}

function parse(source: string, environment: Environment): ReturnType<Environment['parse']> {
  try {
    return environment.parse(source)
  } catch (thrown) {
    throw wrong(thrown, source)
  }
}

/** Says what the library found wrong, and where. */
function wrong(thrown: unknown, source: string): ExpressionError {
  if (thrown instanceof CelTypeError) return mismatchError(thrown)
  if (!(thrown instanceof CelParseError)) return new ExpressionError('is no condition')
  const { summary, range } = thrown
  const at = range === undefined ? '' : ` (at character ${range.start + 1})`
  const plain = summary.replace('RPAREN', ')').replace('RBRACKET', ']').replace('EOF', 'the end')
  return new ExpressionError(`${plain.charAt(0).toLowerCase()}${plain.slice(1)}${at}`, adviceFor(source))
}

/** What is often meant by what cannot be read. */
function adviceFor(source: string): string | undefined {
  if (/\s(and|or|not)\s/i.test(source)) return 'Write && for and, || for or, and ! for not.'
  return /[^=!<>]=[^=]|===/.test(source) ? 'Write == to compare.' : undefined
}
