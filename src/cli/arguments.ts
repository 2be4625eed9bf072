import { nearestNames } from '../kit/nearest.ts'

/** The command line cannot be understood; the message says what to write instead. Exit code 2. */
export class UsageError extends Error {}

/** A flag of a command. */
export interface FlagSpec {
  /** `switch` takes no value, `text` one, `number` a whole number ≥ 0, `list` may be given several times. */
  readonly kind: 'switch' | 'text' | 'number' | 'list'
  /** One letter. */
  readonly short?: string
  /** What stands for the value in the help. */
  readonly value?: string
  readonly help: string
}

export type FlagSpecs = Readonly<Record<string, FlagSpec>>

/** Arguments as given, checked against the flags of a command. */
export interface ParsedArguments {
  readonly positionals: readonly string[]
  has(flag: string): boolean
  text(flag: string): string | undefined
  number(flag: string): number | undefined
  /** Every value, parted at its commas. */
  list(flag: string): readonly string[]
  /** Every value as it was given. */
  all(flag: string): readonly string[]
}

/**
 * Reads arguments strictly: `--flag value`, `--flag=value`, `-f value`, `--` ends flags.
 *
 * @param passesOn what follows the first positional is none of ours
 * @throws UsageError for unknown flags (with the nearest known one), missing, superfluous and wrong values
 */
export function parseArguments(
  given: readonly string[],
  specs: FlagSpecs,
  passesOn = false,
): ParsedArguments {
  const values = new Map<string, string[]>()
  const positionals: string[] = []
  const rest = [...given]
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (passesOn && positionals.length > 0) {
      positionals.push(argument, ...rest.splice(0))
    } else if (argument === '--') {
      positionals.push(...rest.splice(0))
    } else if (argument.startsWith('-') && argument !== '-') {
      const { name, value } = readFlag(argument, rest, specs)
      values.set(name, [...(values.get(name) ?? []), value])
    } else positionals.push(argument)
  }
  for (const [name, all] of values) {
    if (all.length > 1 && specs[name]?.kind !== 'list' && specs[name]?.kind !== 'switch') {
      throw new UsageError(`--${name} is given ${all.length} times.`)
    }
  }
  return {
    positionals,
    has: (flag) => values.has(flag),
    text: (flag) => values.get(flag)?.[0],
    number: (flag) => {
      const value = values.get(flag)?.[0]
      return value === undefined ? undefined : Number(value)
    },
    all: (flag) => values.get(flag) ?? [],
    list: (flag) =>
      (values.get(flag) ?? []).flatMap((value) => value.split(',')).filter((value) => value !== ''),
  }
}

function readFlag(
  argument: string,
  rest: string[],
  specs: FlagSpecs,
): { readonly name: string; readonly value: string } {
  const [written = '', ...inline] = argument.split('=')
  const name = flagName(written, specs)
  const spec = specs[name]
  if (spec === undefined) throw unknownFlag(written, specs)
  const attached = inline.length === 0 ? undefined : inline.join('=')
  if (spec.kind === 'switch') {
    if (attached !== undefined) throw new UsageError(`--${name} takes no value.`)
    return { name, value: '' }
  }
  const value = attached ?? nextValue(rest)
  if (value === undefined || value === '')
    throw new UsageError(`--${name} needs a value: --${name} ${spec.value ?? 'VALUE'}`)
  if (spec.kind === 'number' && !/^\d{1,12}$/.test(value)) {
    throw new UsageError(`--${name} needs a whole number, not "${value}".`)
  }
  return { name, value }
}

/** What looks like a flag is not a value: a forgotten value must not swallow the next flag. */
function nextValue(rest: string[]): string | undefined {
  const [next] = rest
  if (next === undefined || (next.startsWith('-') && next.length > 1)) return undefined
  return rest.shift()
}

function flagName(written: string, specs: FlagSpecs): string {
  if (written.startsWith('--')) return written.slice(2)
  const letter = written.slice(1)
  return Object.entries(specs).find(([, spec]) => spec.short === letter)?.[0] ?? ''
}

function unknownFlag(written: string, specs: FlagSpecs): UsageError {
  const known = Object.keys(specs)
  const [nearest] = nearestNames(written.replace(/^-+/, ''), known, 1)
  const hint =
    nearest === undefined
      ? `Known: ${known.map((name) => `--${name}`).join(', ')}.`
      : `Did you mean --${nearest}?`
  return new UsageError(`There is no flag ${written}. ${hint}`)
}
