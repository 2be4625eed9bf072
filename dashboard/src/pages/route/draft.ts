import { isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml'

/** A target as a route names it. */
export interface DraftTarget {
  readonly model: string
  readonly weight: number | undefined
}

/** One way of a route: a step of it, or the route itself where it has none. */
export interface DraftWay {
  readonly step: string | undefined
  readonly when: string | undefined
  readonly refuses: string | undefined
  readonly strategy: string | undefined
  readonly targets: readonly DraftTarget[]
  readonly fallback: readonly string[]
}

/** A draft that can be read, or why it cannot. */
export type Draft =
  | { readonly ways: readonly DraftWay[]; readonly problem?: undefined }
  | { readonly problem: string; readonly line: number | undefined; readonly ways?: undefined }

type Yaml = Document

/** Reads the YAML of a route as far as cards show it; what it means is for the gateway to say. */
export function readDraft(text: string): Draft {
  const document = open(text)
  const [error] = document.errors
  if (error !== undefined)
    return { problem: error.message.split(' at line')[0] ?? error.message, line: error.linePos?.[0].line }
  const value: unknown = document.toJS({ maxAliasCount: 0 })
  if (!isRecord(value)) return { ways: [wayOf({ targets: Array.isArray(value) ? value : [value] })] }
  const { steps } = value
  if (!Array.isArray(steps)) return { ways: [wayOf(value)] }
  return { ways: steps.filter(isRecord).map(wayOf) }
}

/** Sets the weight of a target. Comments and everything else stay as they are. */
export function withWeight(text: string, place: Place, weight: number): string {
  return edit(text, (document) => {
    const path = [...targetsOf(document, place.way), place.target]
    const entry = document.getIn(path)
    if (isMap(entry)) document.setIn([...path, 'weight'], weight)
    else document.setIn(path, document.createNode({ model: asText(entry), weight }))
  })
}

/** Where a target stands. */
export interface Place {
  readonly way: number
  readonly target: number
}

/** Moves a target up (-1) or down (1) among those of its way. */
export function withMoved(text: string, { way, target }: Place, by: -1 | 1): string {
  return edit(text, (document) => {
    const list = document.getIn(targetsOf(document, way))
    if (!isSeq(list)) return
    const [moved] = list.items.splice(target, 1)
    list.items.splice(target + by, 0, moved)
  })
}

/** Takes a target away. */
export function without(text: string, { way, target }: Place): string {
  return edit(text, (document) => document.deleteIn([...targetsOf(document, way), target]))
}

/** Adds a model behind the others of a way. */
export function withTarget(text: string, way: number, model: string): string {
  return edit(text, (document) => {
    const path = targetsOf(document, way)
    if (isSeq(document.getIn(path))) document.addIn(path, model)
    else document.setIn(path, document.createNode([model]))
  })
}

/** Adds a step before the last one; a route without steps becomes the last step of its own. */
export function withStep(text: string): string {
  return edit(text, (document) => {
    const { contents } = document
    const step = document.createNode({
      name: 'new-step',
      when: "'premium' in request.tags",
      targets: [FIRST],
    })
    if (isMap(contents) && isSeq(contents.get('steps'))) {
      const steps = contents.get('steps')
      if (isSeq(steps)) steps.items.splice(Math.max(0, steps.items.length - 1), 0, step)
      return
    }
    const targets = isMap(contents) ? contents.get('targets') : contents
    document.setIn(['steps'], document.createNode([step, { name: 'otherwise', targets: listed(targets) }]))
  })
}

/** What a route begins with. */
export const NEW_DRAFT = 'targets:\n  - sim/smart\n'
const FIRST = 'sim/smart'

function open(text: string): Yaml {
  return parseDocument(text, { version: '1.2', prettyErrors: true })
}

function edit(text: string, change: (document: Yaml) => void): string {
  const document = open(text)
  if (document.errors.length > 0) return text
  // A model alone, or a list of models, is a route in short.
  if (!isMap(document.contents)) {
    const targets: unknown = document.toJS({ maxAliasCount: 0 })
    const long: Yaml = open('targets: []\n')
    long.set('targets', long.createNode(Array.isArray(targets) ? targets : [targets]))
    change(long)
    return long.toString({ lineWidth: 0 })
  }
  change(document)
  return document.toString({ lineWidth: 0 })
}

function targetsOf(document: Yaml, way: number): (string | number)[] {
  return isSeq(document.getIn(['steps'])) ? ['steps', way, 'targets'] : ['targets']
}

function listed(node: unknown): unknown {
  return isSeq(node) ? node.toJSON() : []
}

function asText(node: unknown): string {
  return String(isScalar(node) ? node.value : node)
}

function wayOf(way: Readonly<Record<string, unknown>>): DraftWay {
  const { name, when, refuse, strategy, targets, fallback } = way
  const to = isRecord(fallback) ? fallback['to'] : fallback
  return {
    step: textOf(name),
    when: textOf(when),
    refuses: textOf(refuse),
    strategy: isRecord(strategy) ? Object.keys(strategy)[0] : textOf(strategy),
    targets: (Array.isArray(targets) ? targets : targets === undefined ? [] : [targets]).map(targetOf),
    fallback: (Array.isArray(to) ? to : to === undefined ? [] : [to]).map((one) => targetOf(one).model),
  }
}

function targetOf(entry: unknown): DraftTarget {
  if (!isRecord(entry)) return { model: String(entry), weight: undefined }
  const { model, weight } = entry
  return { model: String(model), weight: typeof weight === 'number' ? weight : undefined }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
