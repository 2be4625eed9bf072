import { sha256Hex } from '../kit/hash.ts'
import { isArray, isObject, type Json } from '../kit/json.ts'
import type { Setting, Step } from './client-row.ts'
import type { Format } from './formats.ts'
import { isBarred, plainPath, standingSteps, valueAt, withValue, type PlainPath } from './value-paths.ts'

/** What was put into a file, as it is remembered: no values, because one may be a key. */
export interface MadeSetting {
  readonly path: readonly Step[]
  /** Hash of the value that was written. */
  readonly sha256: string
  /** Steps of the path that stood there before: what lies below was made for it. */
  readonly stood: number
  /** What the file needs to be one stays when others use the file too. */
  readonly stays?: true
}

/** A text with the settings in it. */
export interface SetText {
  readonly text: string
  readonly made: readonly MadeSetting[]
}

/** A file cannot be changed as it is wanted; the message says why, without the name of the file. */
export class UnfitFile extends Error {}

/**
 * Puts settings into a text and keeps everything else.
 *
 * @throws UnfitFile where the text is not of the format, something else stands in the way, or the change would touch more than it should
 */
export function setSettings(given: string, settings: readonly Setting[], format: Format): SetText {
  const made: MadeSetting[] = []
  let text = given
  let value = readOrRefuse(text, format)
  for (const setting of settings) {
    const path = plainPath(value, setting.path)
    if (setting.onlyIfAbsent === true && valueAt(value, path) !== undefined) continue
    if (isBarred(value, path)) throw new UnfitFile(`at ${shown(path)} there is something of another kind`)
    made.push({
      path: setting.path,
      sha256: hashOf(setting.value),
      stood: standingSteps(value, path),
      ...(setting.onlyIfAbsent === true ? { stays: true as const } : {}),
    })
    const wanted = withValue(value, path, setting.value)
    text = format.set(text, path, setting.value)
    value = readOrRefuse(text, format)
    if (hashOf(value) !== hashOf(wanted))
      throw new UnfitFile('what else stands in it would not stay as it is')
  }
  return { text, made }
}

function readOrRefuse(text: string, format: Format): Json {
  const value = format.read(text)
  if (value === undefined || !isObject(value)) throw new UnfitFile('it has mistakes')
  return value
}

/** A text without what was put into it. */
export interface UnsetText {
  readonly text: string
  /** Paths of what was changed since, and stays. */
  readonly kept: readonly string[]
}

/**
 * Takes settings out of a text that others changed since; what stood at their places before is put back.
 *
 * @param before the text of before, where there was one
 * @throws UnfitFile where the text is not of the format
 */
export function unsetSettings(
  given: string,
  { made, before }: { readonly made: readonly MadeSetting[]; readonly before: string | undefined },
  format: Format,
): UnsetText {
  const old = before === undefined ? undefined : format.read(before)
  const kept: string[] = []
  let text = given
  for (const setting of made.filter(({ stays }) => stays !== true)) {
    const value = readOrRefuse(text, format)
    const path = plainPath(value, setting.path)
    const now = valueAt(value, path)
    if (now === undefined) continue
    if (hashOf(now) !== setting.sha256) kept.push(shown(path))
    else {
      const restored = valueAt(old, plainPath(old, setting.path))
      text =
        restored === undefined
          ? removeWithHollow(text, { path, stood: setting.stood }, format)
          : format.set(text, path, restored)
    }
  }
  return { text, kept }
}

/** Removes a value, and what was made around it when nothing else is in there. */
function removeWithHollow(
  given: string,
  { path, stood }: { readonly path: PlainPath; readonly stood: number },
  format: Format,
): string {
  let text = format.remove(given, path)
  for (let length = path.length - 1; length > stood; length -= 1) {
    const around = path.slice(0, length)
    if (!isHollow(valueAt(format.read(text), around))) break
    text = format.remove(text, around)
  }
  return text
}

/** True of an object or a list without members. */
export function isHollow(value: Json | undefined): boolean {
  if (isArray(value)) return value.length === 0
  return value === null || (isObject(value) && Object.keys(value).length === 0)
}

/** The same for a value however it is formatted: formats may read members in another order. */
function hashOf(value: Json): string {
  return sha256Hex(JSON.stringify(sorted(value)))
}

function sorted(value: Json): Json {
  if (isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((name) => [name, sorted(value[name] ?? null)]),
  )
}

function shown(path: PlainPath): string {
  return path.join('.')
}
