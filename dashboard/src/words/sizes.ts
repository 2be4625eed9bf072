const KILO = 1_000
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** A number of bytes: `340 B`, `1.2 MB`. */
export function sizeText(bytes: number): string {
  let [amount, place] = [bytes, 0]
  while (amount >= KILO && place < UNITS.length - 1) {
    amount /= KILO
    place += 1
  }
  return `${place === 0 ? amount : amount.toFixed(1)} ${UNITS[place] ?? ''}`
}
