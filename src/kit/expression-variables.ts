import type { Environment } from '@marcbachmann/cel-js'

/** The types of what an expression can read, in the words of CEL. */
export type VariableType = 'bool' | 'int' | 'double' | 'string' | 'list<string>' | 'map<string, string>'

/** What is read. */
export type VariableValue = boolean | number | string | readonly string[] | Readonly<Record<string, string>>

/** Something that an expression can read. */
export interface Variable {
  /** With dots: `request.model` is a member of `request`. */
  readonly name: string
  readonly type: VariableType
  /** True for a map whose members are read one by one, under `<name>.<member>`, by names that the expression spells out. */
  readonly byMember?: boolean
}

/** Gives what is read by its name; undefined where it is absent, which is an error of whatever needs it. */
export type ReadVariable = (name: string) => VariableValue | undefined

/** What one evaluation reads from. */
export interface World {
  readonly read: ReadVariable
  /** By variable that is read member by member: the members that the expression names. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>
}

/** Makes what one evaluation sees. Nothing is read before it is needed. */
export type NewView = (world: World) => object

/** Tells the environment what there is to be read, with its types; gives what makes it readable. */
export function declareVariables(environment: Environment, variables: readonly Variable[]): NewView {
  const { View, fields } = declareGroup(environment, '', variables)
  for (const [name, type] of Object.entries(fields)) environment.registerVariable(name, type)
  return (world) => new View(world)
}

/** A name with a dot behind it, and all that begins so. */
function declareGroup(environment: Environment, prefix: string, variables: readonly Variable[]) {
  // A class of its own, by which the library knows the type of a value.
  class View {
    readonly world: World

    constructor(world: World) {
      this.world = world
    }
  }
  const fields: Record<string, string> = {}
  const add = (key: string, type: string, get: (world: World) => unknown): void => {
    fields[key] = type
    Object.defineProperty(View.prototype, key, {
      get(this: View) {
        return get(this.world)
      },
    })
  }
  for (const variable of variables) {
    if (!variable.name.startsWith(prefix)) continue
    const [key = '', ...deeper] = variable.name.slice(prefix.length).split('.')
    if (Object.hasOwn(fields, key)) continue
    if (deeper.length === 0) add(key, variable.type, (world) => valueOf(variable, world))
    else {
      const path = prefix + key
      const group = declareGroup(environment, `${path}.`, variables)
      const type = `facts.${path}`
      environment.registerType(type, { ctor: group.View, fields: group.fields })
      add(key, type, (world) => new group.View(world))
    }
  }
  return { View, fields }
}

function valueOf({ name, type, byMember = false }: Variable, { read, members }: World): unknown {
  if (byMember) return new Map(membersOf(name, members.get(name) ?? [], read))
  const value = read(name)
  return type === 'int' && typeof value === 'number' ? BigInt(Math.trunc(value)) : value
}

function* membersOf(
  name: string,
  members: Iterable<string>,
  read: ReadVariable,
): Generator<readonly [string, VariableValue]> {
  for (const member of members) {
    const value = read(`${name}.${member}`)
    if (value !== undefined) yield [member, value]
  }
}
