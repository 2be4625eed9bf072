import { readBoolean, readNumber, readObjects, readString, type JsonObject } from '../../kit/json.ts'
import type { OpenBlock } from '../answer-choice.ts'

type Leaf = string | number | boolean | null
type Node = Leaf | Node[] | Map<string, Node>

/** The steps of a path: `.name`, `['name']`, `[3]`. */
const STEP = /\.([^.[\]]+)|\[(?:'([^']*)'|"([^"]*)")\]|\[(\d+)\]/g
/** Nobody nests arguments deeper. */
const MOST_STEPS = 64

/**
 * A call whose arguments come piece by piece, each with the place where it belongs, as clients can ask for
 * (https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling, `streamFunctionCallArguments`).
 */
export class PartialCall {
  readonly open: OpenBlock
  readonly #arguments = new Map<string, Node>()

  constructor(open: OpenBlock) {
    this.open = open
  }

  /** Takes the pieces that a frame brings. True while there are more to come. */
  add(call: JsonObject): boolean {
    for (const piece of readObjects(call, 'partialArgs')) {
      const steps = stepsOf(readString(piece, 'jsonPath') ?? '')
      if (typeof steps[0] === 'string') put(this.#arguments, steps, leafOf(piece))
    }
    return readBoolean(call, 'willContinue') === true
  }

  /** The arguments, as JSON text. */
  get text(): string {
    return JSON.stringify(this.#arguments, (_key, node: unknown) =>
      node instanceof Map ? Object.fromEntries(node) : node,
    )
  }
}

function stepsOf(path: string): readonly (string | number)[] {
  const steps = [...path.matchAll(STEP)].slice(0, MOST_STEPS)
  return steps.map(([, name, single, double, index]) => name ?? single ?? double ?? Number(index))
}

function leafOf(piece: JsonObject): Leaf {
  const value = readString(piece, 'stringValue') ?? readNumber(piece, 'numberValue')
  return value ?? readBoolean(piece, 'boolValue') ?? null
}

/** What stands at a place once a value was put where the rest of its path leads; a text goes on there. */
function put(held: Node | undefined, steps: readonly (string | number)[], value: Leaf): Node {
  const [step, ...rest] = steps
  if (step === undefined) return typeof held === 'string' && typeof value === 'string' ? held + value : value
  if (typeof step === 'number') {
    const list: Node[] = Array.isArray(held) ? held : []
    const at = Math.min(step, list.length)
    list[at] = put(list[at], rest, value)
    return list
  }
  const members = held instanceof Map ? held : new Map<string, Node>()
  members.set(step, put(members.get(step), rest, value))
  return members
}
