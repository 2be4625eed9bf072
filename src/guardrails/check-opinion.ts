import type { Failure } from '../exchange/failure.ts'
import type { FoundCounts } from '../exchange/guard.ts'
import { LIMITS } from '../kit/limits.ts'
import { CannotTell, type Check, type CheckFinding } from './check.ts'
import type { Guardrail } from './guardrail.ts'
import type { Found } from './looker.ts'
import { Opinion } from './opinion.ts'

/** A guardrail that judges whole texts. */
export type Checking = Guardrail & { readonly check: Check }

/** Does it judge whole texts? */
export function hasCheck(guardrail: Guardrail): guardrail is Checking {
  return guardrail.check !== undefined
}

/** What one check has to say of one request or one answer. What it was told by others is believed no further than it can be true. */
export class CheckOpinion extends Opinion<Checking> {
  /** Where it has found something, by the text. */
  places: ReadonlyMap<string, readonly Found[]> = NOWHERE
  /** What it puts in the place of texts. */
  instead: ReadonlyMap<string, string> = NOTHING

  /** Takes what it says of these texts. Throws `CannotTell` where that cannot be. */
  hear({ found, places = NOWHERE, instead = NOTHING }: CheckFinding, texts: readonly string[]): void {
    const said = new Set(texts)
    const counts = found === undefined ? placesCounted(places) : Object.entries(soundCounts(found))
    checkPlaces(places, said)
    for (const text of instead.keys()) if (!said.has(text)) throw new CannotTell('it mends what is not said')
    if (counts.length > 0 && this.masks && places.size === 0)
      throw new CannotTell('it does not tell where it has found something')
    for (const [name, times] of counts) this.count(plainName(name), times)
    this.places = places
    this.isMended = this.hasFound && this.mends && instead.size > 0
    if (this.isMended) this.instead = instead
  }

  /** It could not judge. */
  fail(failure?: Failure): void {
    this.hasFailed = true
    this.failedBy = failure
  }

  /** Can it mend what is answered? */
  get mends(): boolean {
    return this.phase === 'output' && !this.guardrail.isShadow && this.guardrail.check.mends === true
  }

  override get acts(): boolean {
    return super.acts || this.mends
  }
}

const NOWHERE: ReadonlyMap<string, readonly Found[]> = new Map()
const NOTHING: ReadonlyMap<string, string> = new Map()

function placesCounted(
  places: ReadonlyMap<string, readonly Found[]>,
): readonly (readonly [string, number])[] {
  return [...places.values()].flatMap((found) => found.map(({ name }) => [name, 1] as const))
}

function soundCounts(found: FoundCounts): FoundCounts {
  const counts = Object.values(found)
  if (counts.length > LIMITS.checkFindings) throw new CannotTell('it has found too many things')
  if (!counts.every((count) => Number.isSafeInteger(count) && count > 0))
    throw new CannotTell('it has counted what cannot be counted')
  return found
}

function checkPlaces(places: ReadonlyMap<string, readonly Found[]>, texts: ReadonlySet<string>): void {
  let left: number = LIMITS.checkPlaces
  for (const [text, found] of places) {
    left -= found.length
    if (left < 0) throw new CannotTell('it has found too much')
    if (!texts.has(text) || !found.every((place) => isWithin(place, text)))
      throw new CannotTell('it has found something where nothing is')
  }
}

function isWithin({ start, end }: Found, { length }: string): boolean {
  return Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= length
}

const NAME_CHARACTERS = 64

/** What is found is named by others: a name that can stand in a record and in a placeholder. */
function plainName(name: string): string {
  const plain = name.slice(0, NAME_CHARACTERS).replaceAll(/[^A-Za-z0-9_./-]/g, '-')
  return plain === '' ? 'something' : plain
}

/** The name as it may stand in a placeholder. */
export function nameInPlaceholder(name: string): string {
  const plain = plainName(name).replaceAll(/[./]/g, '-')
  return /^[A-Za-z]/.test(plain) ? plain : `X-${plain}`
}
