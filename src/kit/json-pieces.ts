type Leaf = string | number | boolean | null
type Node = Leaf | Node[] | Map<string, Node>
type Step = string | number

/** The steps of a path: `.name`, `['name']`, `[3]`. */
const STEP = /\.([^.[\]]+)|\[(?:'([^']*)'|"([^"]*)")\]|\[(\d+)\]/g
/** Nobody nests values deeper. */
const MOST_STEPS = 64

/** A JSON object that comes in pieces, each with the place where it belongs. */
export class JsonPieces {
  readonly #members = new Map<string, Node>()

  /**
   * Puts a value where a path leads (RFC 9535, names and indexes alone: `$.a['b'][0]`); a text goes on with the one that is there. A
   * path that does not begin with a name leads nowhere.
   */
  put(path: string, value: Leaf): void {
    const steps = [...path.matchAll(STEP)].slice(0, MOST_STEPS).map(stepOf)
    if (typeof steps[0] === 'string') putAt(this.#members, steps, value)
  }

  /** The object, as JSON text. */
  get text(): string {
    return JSON.stringify(this.#members, (_key, node: unknown) =>
      node instanceof Map ? Object.fromEntries(node) : node,
    )
  }
}

function stepOf([, name, single, double, index]: RegExpMatchArray): Step {
  return name ?? single ?? double ?? Number(index)
}

/** What stands at a place once a value was put where the rest of its path leads. */
function putAt(held: Node | undefined, [step, ...rest]: readonly Step[], value: Leaf): Node {
  if (step === undefined) return typeof held === 'string' && typeof value === 'string' ? held + value : value
  if (typeof step === 'number') {
    const list: Node[] = Array.isArray(held) ? held : []
    const at = Math.min(step, list.length)
    list[at] = putAt(list[at], rest, value)
    return list
  }
  const members = held instanceof Map ? held : new Map<string, Node>()
  members.set(step, putAt(members.get(step), rest, value))
  return members
}
