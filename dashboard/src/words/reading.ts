/** An object of which nothing is known yet: decisions are shown as they were recorded, whatever version wrote them. */
export type Unread = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Unread {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member that is a text, or nothing. */
export function readText(object: Unread, key: string): string | undefined {
  const value = object[key]
  return typeof value === 'string' ? value : undefined
}

export function readNumber(object: Unread, key: string): number | undefined {
  const value = object[key]
  return typeof value === 'number' ? value : undefined
}

/** The objects of a list; nothing else that stands in it. */
export function readObjects(object: Unread, key: string): readonly Unread[] {
  const value = object[key]
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The texts of a list. */
export function readTexts(object: Unread, key: string): readonly string[] {
  const value = object[key]
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
