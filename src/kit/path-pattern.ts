/** A parameter of a pattern, `{name}` or `{+name}`. */
const PARAMETER = /\{(\+?)(\w+)\}/g
const SPECIAL = /[.*+?^${}()|[\]\\]/g

/** A path that ends like a pattern. */
export interface PathMatch {
  /** What stands before the pattern in the path. */
  readonly prefix: string
  /** The parameters by name, decoded. */
  readonly params: Readonly<Record<string, string>>
}

/** Says what a path holds that ends like the pattern; undefined where it does not. */
export type PathPattern = (path: string) => PathMatch | undefined

const NO_PARAMS: Readonly<Record<string, string>> = {}

/**
 * Reads a pattern of paths (RFC 6570, levels 1 and 2): `{name}` stands for a part without a slash, `{+name}` for one that may
 * hold some. Of two readings of a path the one with the shorter prefix counts.
 */
export function createPathPattern(pattern: string): PathPattern {
  if (!hasParameters(pattern)) {
    return (path) =>
      path.endsWith(pattern) ? { prefix: path.slice(0, -pattern.length), params: NO_PARAMS } : undefined
  }
  const expression = new RegExp(`^(.*?)${sourceOf(pattern)}$`)
  return (path) => {
    const found = expression.exec(path)
    if (found === null) return undefined
    const named = Object.entries(found.groups ?? {})
    const params = Object.fromEntries(named.map(([name, part]) => [name, decodePathPart(part)]))
    return { prefix: found[1] ?? '', params }
  }
}

/** True for a pattern that more than one path can match. */
export function hasParameters(pattern: string): boolean {
  return pattern.includes('{')
}

function sourceOf(pattern: string): string {
  let source = ''
  let at = 0
  for (const { 0: whole, 1: reserved, 2: name, index } of pattern.matchAll(PARAMETER)) {
    source += escaped(pattern.slice(at, index)) + `(?<${name}>${reserved === '+' ? '.+?' : '[^/]+'})`
    at = index + whole.length
  }
  return source + escaped(pattern.slice(at))
}

function escaped(text: string): string {
  return text.replaceAll(SPECIAL, String.raw`\$&`)
}

/** A part of a path, decoded. One that is not well encoded stands for itself. */
export function decodePathPart(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}
