/** A member's name as JSON, tables and files of others spell it: `atMs` is `at_ms`. */
export function underscored(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
