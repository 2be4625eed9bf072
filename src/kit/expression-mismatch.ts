import { serialize, type ASTNode, type TypeError as CelTypeError } from '@marcbachmann/cel-js'
import { ExpressionError } from './expression-error.ts'
import { MATCH } from './expression-reading.ts'
import { nearestNames } from './nearest.ts'

/** Types in the words of whoever reads them first here. */
const WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  uint: 'a whole number',
  double: 'a number',
  bool: 'true or false',
  null: 'nothing',
  list: 'a list',
  map: 'a map',
  'list<string>': 'a list of texts',
  'map<string, string>': 'a map of texts',
}

/** Functions that operators use, for the nearest name. */
const FUNCTIONS = [
  'all',
  'contains',
  'endsWith',
  'exists',
  'exists_one',
  'filter',
  'has',
  'map',
  'matches',
  'size',
  'startsWith',
  'string',
]

/** A type in plain words: `string` → `a text`. */
export function typeWords(type: string): string {
  return WORDS[type] ?? WORDS[type.slice(0, type.indexOf('<'))] ?? type
}

/** What the checker of types found, in plain words: the part of the condition, what it is, what it stands beside, and how to write it. */
export function mismatchError(error: CelTypeError): ExpressionError {
  const { summary, range, node } = error
  const told = node === undefined ? undefined : tell(node, summary)
  const at = range === undefined ? '' : ` (at character ${range.start + 1})`
  const message = told?.message ?? summary.charAt(0).toLowerCase() + summary.slice(1)
  return new ExpressionError(`${message}${at}`, told?.hint)
}

interface Told {
  readonly message: string
  readonly hint?: string | undefined
}

/** An operand: as it is written, and its type in the checker's word. */
interface Operand {
  readonly text: string
  readonly type: string
  readonly isConstant: boolean
}

function tell(node: ASTNode, summary: string): Told | undefined {
  const binary = /^no such overload: (.+) (\S+) (.+)$/.exec(summary)
  if (binary !== null && hasTwo(node)) return tellBinary(node, binary)
  const call = /^found no matching overload for '(?:([^'.]*)\.)?(\w+)\((.*)\)'$/.exec(summary)
  if (call !== null) return tellCall(node, call)
  const unary = /^no such overload: ([!-])(.+)$/.exec(summary)
  if (unary !== null) return tellUnary(node, unary)
  const [, first = '', second = ''] = /'([^']+)'(?:.*'([^']+)')?/.exec(summary) ?? []
  const found = SAID.find(({ by }) => summary.includes(by))
  return found?.tell(written(node), [typeWords(first), typeWords(second)], node)
}

/** Other findings of the checker, by what stands in its sentence. */
const SAID: readonly {
  readonly by: string
  readonly tell: (text: string, types: readonly [first: string, second: string], node: ASTNode) => Told
}[] = [
  { by: 'Logical operator', tell: (_text, [type], node) => tellLogical(node, type) },
  {
    by: 'Ternary branches',
    tell: (text, [first, second]) => ({
      message: `${text} gives ${first} or ${second}`,
      hint: 'Both sides of : must be of one kind.',
    }),
  },
  {
    by: 'List elements',
    tell: (_text, [first, second]) => ({
      message: `a list holds things of one kind, and here are ${first} and ${second}`,
    }),
  },
  {
    by: 'Cannot index',
    tell: (text, [type]) => ({
      message: `there is no ${text}: what stands before the last dot is ${type}`,
    }),
  },
  {
    by: 'List index',
    tell: (text, [type]) => ({
      message: `${text}: places in a list are whole numbers from 0, and this is ${type}`,
    }),
  },
  {
    by: 'predicate must return bool',
    tell: (text, [type]) => ({
      message: `${text} is ${type}, and something that is true or false is wanted`,
      hint: 'Compare it with something.',
    }),
  },
]

function tellUnary(node: ASTNode, [, operator = '', type = '']: RegExpExecArray): Told {
  const wanted = operator === '!' ? 'something that is true or false' : 'a number'
  return {
    message: `${written(node)}: behind ${operator} stands ${typeWords(type)}, and ${wanted} is wanted`,
  }
}

type Pair = ASTNode & { readonly args: readonly [ASTNode, ASTNode] }

function hasTwo(node: ASTNode): node is Pair {
  return Array.isArray(node.args) && node.args.length === 2
}

function tellBinary({ args: [first, second] }: Pair, found: RegExpExecArray): Told {
  const [, leftType = '', operator = '', rightType = ''] = found
  const left: Operand = { text: written(first), type: leftType, isConstant: first.op === 'value' }
  const right: Operand = { text: written(second), type: rightType, isConstant: second.op === 'value' }
  if (operator === 'in') return tellMembership(left, right)
  const both = `${left.text} is ${typeWords(left.type)}, and ${right.text} is ${typeWords(right.type)}`
  if (!/^[<>=!]/.test(operator)) return { message: `${both}: ${operator} does not go with them` }
  const [fact, other] = left.isConstant && !right.isConstant ? [right, left] : [left, right]
  return {
    message: `${fact.text} is ${typeWords(fact.type)} and cannot be compared (${operator}) with ${other.text}, which is ${typeWords(other.type)}`,
    hint: adviceFor(fact, operator, other),
  }
}

/** How a comparison may have been meant. */
function adviceFor(fact: Operand, operator: string, other: Operand): string | undefined {
  const { text, type } = fact
  if (type.startsWith('list')) return `Ask whether it is in the list: ${other.text} in ${text}.`
  if (type === 'bool') return `Write ${text}, or !${text}.`
  if (other.type === 'null')
    return `What is absent is empty: compare it with ${type === 'string' ? "''" : '0'}.`
  const isEqual = operator === '==' || operator === '!='
  if (type === 'string' && isNumber(other.type))
    return isEqual
      ? `Write it as a text: ${text} ${operator} "${other.text}".`
      : `Write int(${text}) ${operator} ${other.text}, or for its length size(${text}) ${operator} ${other.text}.`
  if (isNumber(type) && other.type === 'string' && other.isConstant) {
    const number = other.text.slice(1, -1)
    return /^\d+(\.\d+)?$/.test(number)
      ? `Write it without quotes: ${text} ${operator} ${number}.`
      : `Compare it with a number: ${text} ${operator} 1000.`
  }
  return undefined
}

function isNumber(type: string): boolean {
  return type === 'int' || type === 'uint' || type === 'double'
}

function tellMembership(element: Operand, list: Operand): Told {
  if (list.type === 'string')
    return {
      message: `${list.text} is a text, and in looks into lists and maps`,
      hint: `Write ${list.text}.contains(${element.text}), or ${list.text} == ${element.text}.`,
    }
  const hint =
    element.isConstant && list.type === 'list<string>'
      ? `Write "${element.text}" in ${list.text}.`
      : undefined
  return {
    message: `${element.text} is ${typeWords(element.type)} and can be in no such list: ${list.text} is ${typeWords(list.type)}`,
    hint,
  }
}

function tellLogical(node: ASTNode, type: string): Told {
  const operands = hasTwo(node) ? node.args : []
  const culprits = operands.filter(
    ({ op }) => !['&&', '||', '!_', '==', '!=', '<', '>', '<=', '>=', 'in'].includes(op),
  )
  const [culprit] = culprits
  const text =
    culprits.length === 1 && culprit !== undefined ? written(culprit) : `one side of ${written(node)}`
  return {
    message: `${text} is ${type}, and beside ${node.op} stands what is true or false`,
    hint: 'Compare it with something.',
  }
}

/** A function that there is not, or not for this. */
function tellCall(node: ASTNode, [, receiver, name = '', given = '']: RegExpExecArray): Told {
  const known = name === MATCH ? 'matches' : name
  const words = given === '' ? 'nothing' : given.split(', ').map(typeWords).join(', ')
  if (!FUNCTIONS.includes(known)) {
    const [nearest] = nearestNames(known, FUNCTIONS, 1)
    const hint = nearest === undefined ? `Known are ${FUNCTIONS.join(', ')}.` : `Did you mean "${nearest}"?`
    return { message: `there is no ${known}(…) for ${typeWords(receiver ?? given)}`, hint }
  }
  if (receiver === undefined) return { message: `${known}(…) cannot be asked of ${words}` }
  if (receiver === 'string') return { message: `${known}(…) wants a text in its brackets and found ${words}` }
  const [subject, argument] = partsOf(node)
  return {
    message: `${subject} is ${typeWords(receiver)}, and ${known}(…) is for texts`,
    hint:
      receiver.startsWith('list') && known === 'contains' ? `Write ${argument} in ${subject}.` : undefined,
  }
}

/** What a method is asked of and what stands in its brackets, as they are written. */
function partsOf(node: ASTNode): readonly [subject: string, argument: string] {
  const text = written(node)
  const open = text.lastIndexOf('(')
  return [text.slice(0, Math.max(0, text.lastIndexOf('.', open))), text.slice(open + 1, -1)]
}

function written(node: ASTNode): string {
  return serialize(node).replaceAll(MATCH, 'matches')
}
