/** Reads members of an address that are texts; what else stands there is left alone. */
export function texts<const Name extends string>(
  ...names: readonly Name[]
): (search: Readonly<Record<string, unknown>>) => { readonly [N in Name]?: string | undefined } {
  return (search) => {
    const read: { [N in Name]?: string } = {}
    for (const name of names) {
      const value = search[name]
      if (typeof value === 'string' && value !== '') read[name] = value
      else if (typeof value === 'number') read[name] = String(value)
    }
    return read
  }
}
