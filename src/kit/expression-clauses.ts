import { serialize, type ASTNode } from '@marcbachmann/cel-js'

/** A part of a condition that is not taken apart any further. */
export interface Atom {
  readonly text: string
  /** Where it compares something with constants: what, and what that may be. */
  readonly about?: string
  readonly among?: readonly unknown[]
  readonly above?: Bound
  readonly below?: Bound
}

interface Bound {
  readonly value: number
  readonly included: boolean
}

/** A condition as the clauses of which one must hold, each of them the atoms that must all hold. */
export type Clauses = readonly (readonly Atom[])[]

/** Takes a condition apart at its outermost `||` and `&&`. */
export function clausesOf(node: ASTNode): Clauses {
  if (node.op === '||') return node.args.flatMap(clausesOf)
  return [atomsOf(node)]
}

/**
 * Does one condition hold whenever another does? True is certain; false is not: what cannot be seen from comparisons with constants is
 * not seen. Errors do not matter: where the first holds, every atom of one of its clauses does, and then so does a clause of the other.
 */
export function implies(first: Clauses, second: Clauses): boolean {
  return first.every((atoms) =>
    second.some((wanted) => wanted.every((one) => atoms.some((atom) => covers(one, atom)))),
  )
}

function atomsOf(node: ASTNode): readonly Atom[] {
  return node.op === '&&' ? node.args.flatMap(atomsOf) : [atomOf(node)]
}

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==' }

function atomOf(node: ASTNode): Atom {
  const text = serialize(node)
  if (node.op === 'in') {
    const [left, right] = node.args
    if (right.op !== 'list' || !right.args.every(isConstant)) return { text }
    return { text, about: serialize(left), among: right.args.map(valueOf) }
  }
  const mirrored = MIRRORED[node.op]
  if (mirrored === undefined || !isComparison(node)) return { text }
  const [left, right] = node.args
  if (isConstant(right)) return { text, about: serialize(left), ...rangeOf(node.op, valueOf(right)) }
  return isConstant(left) ? { text, about: serialize(right), ...rangeOf(mirrored, valueOf(left)) } : { text }
}

type Comparison = Extract<ASTNode, { readonly op: '<' | '<=' | '>' | '>=' | '==' }>

function isComparison(node: ASTNode): node is Comparison {
  return Object.hasOwn(MIRRORED, node.op)
}

function isConstant(node: ASTNode): boolean {
  return node.op === 'value'
}

/** As it is compared: a whole number and the same as a decimal are one. */
function valueOf(node: ASTNode): unknown {
  return typeof node.args === 'bigint' ? Number(node.args) : node.args
}

function rangeOf(operator: string, value: unknown): Omit<Atom, 'text' | 'about'> {
  if (operator === '==') return { among: [value] }
  if (typeof value !== 'number') return {}
  const bound = { value, included: operator.endsWith('=') }
  return operator.startsWith('<') ? { below: bound } : { above: bound }
}

/** Does what is wanted hold wherever an atom does? */
function covers(wanted: Atom, atom: Atom): boolean {
  if (wanted.text === atom.text) return true
  if (wanted.about === undefined || wanted.about !== atom.about) return false
  const { among, above, below } = wanted
  if (atom.among !== undefined) return atom.among.every((value) => holdsFor(wanted, value))
  if (among !== undefined) return false
  if (above !== undefined) return isTighter(atom.above, above, 1)
  return below !== undefined && isTighter(atom.below, below, -1)
}

function holdsFor({ among, above, below }: Atom, value: unknown): boolean {
  if (among !== undefined) return among.includes(value)
  if (typeof value !== 'number') return false
  if (above !== undefined) return value > above.value || (above.included && value === above.value)
  return below !== undefined && (value < below.value || (below.included && value === below.value))
}

/** @param side 1 for bounds below which nothing is, -1 for those above which nothing is */
function isTighter(bound: Bound | undefined, wanted: Bound, side: 1 | -1): boolean {
  if (bound === undefined) return false
  const difference = (bound.value - wanted.value) * side
  return difference > 0 || (difference === 0 && (wanted.included || !bound.included))
}
