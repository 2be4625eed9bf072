import type { ASTNode } from '@marcbachmann/cel-js'
import { ExpressionError } from './expression-error.ts'
import type { Variable } from './expression-variables.ts'
import { nearestNames } from './nearest.ts'

/** A constant of an expression. */
export type Constant = string | number | boolean

/** The function that takes the place of `matches`, which the library would hand to the regular expressions of the runtime. */
export const MATCH = 'matchesInLinearTime'

/** Functions that go over a list, with a name for its elements. */
const WALKS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

/** A variable, and what is behind its name in an expression. */
interface Mention {
  readonly variable: Variable
  readonly rest: readonly string[]
}

/** What one expression reads and compares, gathered on a walk through its tree. Throws `ExpressionError` for what there is not. */
export class ExpressionReading {
  readonly reads = new Set<string>()
  readonly constants = new Map<string, Constant[]>()
  readonly members = new Map<string, Set<string>>()
  readonly patterns = new Set<string>()
  readonly #variables: readonly Variable[]
  /** The name of an element, and the variable whose elements are gone over; empty where it is none. */
  #element: { readonly name: string; readonly of: string } | undefined

  constructor(variables: readonly Variable[]) {
    this.#variables = variables
  }

  /** Reads a tree, and puts the house's own `matches` into it. */
  visit(node: ASTNode): void {
    if (node.op === 'value') return
    if (node.op === 'id' || node.op === '.' || node.op === '[]') this.#visitName(node)
    else if (node.op === '.?' || node.op === '[?]')
      throw new ExpressionError('optional members are not known here', 'Ask with has(…) or in.')
    else if (node.op === 'call') this.#visitCall(node.args)
    else if (node.op === 'rcall') this.#visitMethod(node.args)
    else if (node.op === '!_' || node.op === '-_') this.visit(node.args)
    else if (node.op === 'map') this.#visitAll(node.args.flat())
    else if (node.op === 'in') this.#visitMembership(node.args)
    else this.#visitOperands(node)
  }

  #visitOperands({ op, args }: Extract<ASTNode, { readonly args: readonly ASTNode[] }>): void {
    this.#visitAll(args)
    const [left, right] = args
    if (op !== 'list' && left !== undefined && right !== undefined) this.#compare(left, right)
  }

  #visitAll(nodes: readonly ASTNode[]): void {
    for (const node of nodes) this.visit(node)
  }

  #visitName(node: ASTNode): void {
    const path = pathOf(node)
    if (path === undefined) {
      if (node.op === '[]') this.#visitAll(node.args)
      else if (node.op === '.') this.visit(node.args[0])
      return
    }
    if (path[0] === this.#element?.name) return
    this.#mention(this.#find(path))
  }

  #find(path: readonly string[]): Mention {
    const name = path.join('.')
    const variable = this.#variables.find((one) => name === one.name || name.startsWith(`${one.name}.`))
    if (variable === undefined) throw this.#unknown(name)
    return { variable, rest: path.slice(variable.name.split('.').length) }
  }

  #unknown(name: string): ExpressionError {
    const inside = this.#variables.map((one) => one.name).filter((one) => one.startsWith(`${name}.`))
    if (inside.length > 0)
      return new ExpressionError(`${name} is no fact but a group of them`, `Name one: ${inside.join(', ')}.`)
    const [nearest] = nearestNames(
      name,
      this.#variables.map((one) => one.name),
      1,
    )
    const hint = nearest === undefined ? 'docs/conditions.md lists all facts.' : `Did you mean "${nearest}"?`
    return new ExpressionError(`there is no fact ${name}`, hint)
  }

  /** Takes down what is read. */
  #mention({ variable, rest }: Mention): void {
    const { name, byMember = false } = variable
    if (!byMember) {
      this.reads.add(name)
      return
    }
    const [member] = rest
    if (member === undefined)
      throw new ExpressionError(`${name} is read by its members`, `Name one: ${name}['…'].`)
    this.reads.add(`${name}.${member}`)
    const members = this.members.get(name) ?? new Set()
    this.members.set(name, members.add(member))
  }

  #visitMembership([left, right]: readonly [ASTNode, ASTNode]): void {
    const path = pathOf(right)
    const variable =
      path && this.#variables.find((one) => one.byMember === true && one.name === path.join('.'))
    if (variable === undefined) {
      this.#visitAll([left, right])
      this.#compare(left, right)
    } else if (left.op === 'value' && typeof left.args === 'string')
      this.#mention({ variable, rest: [left.args] })
    else throw new ExpressionError(`${variable.name} is asked for names that are spelled out`)
  }

  #visitCall([name, args]: readonly [string, readonly ASTNode[]]): void {
    if (name === 'dyn') throw new ExpressionError('dyn(…) is not known here: every fact has its type')
    this.#visitAll(args)
  }

  #visitMethod(call: [string, ASTNode, ASTNode[]]): void {
    const [name, receiver, args] = call
    this.visit(receiver)
    const [first] = args
    if (WALKS.has(name) && first?.op === 'id') {
      this.#walk(first.args, receiver, args.slice(1))
      return
    }
    this.#visitAll(args)
    for (const arg of args) this.#compare(receiver, arg)
    if (name !== 'matches' || first === undefined) return
    if (first.op !== 'value' || typeof first.args !== 'string')
      throw new ExpressionError('matches(…) takes a pattern that is spelled out')
    this.patterns.add(first.args)
    call[0] = MATCH
  }

  /** What is said of each element of a list. A walk within a walk takes time that grows with the square of the list. */
  #walk(name: string, list: ASTNode, body: readonly ASTNode[]): void {
    if (this.#element !== undefined)
      throw new ExpressionError('goes over a list within a list', 'Write two conditions, or compare with in.')
    const path = pathOf(list)
    const of = path === undefined ? '' : this.#find(path).variable.name
    this.#element = { name, of }
    this.#visitAll(body)
    this.#element = undefined
  }

  /** Takes down the constants of a comparison, on whichever side they stand. */
  #compare(left: ASTNode, right: ASTNode): void {
    this.#note(left, right)
    this.#note(right, left)
  }

  #note(name: ASTNode, other: ASTNode): void {
    const path = pathOf(name)
    if (path === undefined) return
    const found = constantsIn(other)
    const read = found.length === 0 ? '' : this.#readBy(path)
    if (read === '') return
    const known = this.constants.get(read) ?? []
    this.constants.set(read, [...new Set([...known, ...found])])
  }

  #readBy(path: readonly string[]): string {
    const element = this.#element
    if (element !== undefined && path[0] === element.name) return element.of
    const { variable, rest } = this.#find(path)
    return variable.byMember === true ? [variable.name, ...rest].join('.') : variable.name
  }
}

/** The names that lead to a member: `request['tags']` as much as `request.tags`. */
function pathOf(node: ASTNode): readonly string[] | undefined {
  if (node.op === 'id') return [node.args]
  if (node.op === '.') {
    const [of, member] = node.args
    const path = pathOf(of)
    return path && [...path, member]
  }
  if (node.op !== '[]') return undefined
  const [of, member] = node.args
  const path = pathOf(of)
  if (path === undefined || member.op !== 'value' || typeof member.args !== 'string') return undefined
  return [...path, member.args]
}

/** The constants that a node is, or is a list of. */
function constantsIn(node: ASTNode): readonly Constant[] {
  if (node.op === 'list') return node.args.flatMap(constantsIn)
  if (node.op === '-_') return constantsIn(node.args).map((constant) => -Number(constant))
  if (node.op !== 'value') return []
  const { args } = node
  if (typeof args === 'bigint') return [Number(args)]
  return typeof args === 'number' || typeof args === 'string' || typeof args === 'boolean' ? [args] : []
}
