import { z } from 'zod'
import { LIMITS } from '../kit/limits.ts'
import { parseJson, type Json } from '../kit/json.ts'
import type { SettingsStore } from '../store/store.ts'

/** The setting of an installation that holds its views. */
const VIEWS_SETTING = 'request-views'

const viewSchema = z.object({ name: z.string(), q: z.string(), changedMs: z.number() })

/** A query for requests that is kept under a name, for everybody who looks at this house. */
export type SavedView = Readonly<z.output<typeof viewSchema>>

/** What of the settings views need. */
export type ViewSettings = Pick<SettingsStore, 'get' | 'set'>

/** All views in the order of their names. What cannot be read any more is not there. */
export async function readViews(settings: Pick<ViewSettings, 'get'>): Promise<readonly SavedView[]> {
  const text = await settings.get(VIEWS_SETTING)
  const kept = text === undefined ? [] : (z.array(z.unknown()).safeParse(readJson(text)).data ?? [])
  return kept.map((one) => viewSchema.safeParse(one).data).filter((one) => one !== undefined)
}

/** Keeps a view in the place of the one of its name. Gives false where there are `LIMITS.savedViews` others. */
export async function saveView(settings: ViewSettings, view: SavedView): Promise<boolean> {
  const others = (await readViews(settings)).filter(({ name }) => name !== view.name)
  if (others.length >= LIMITS.savedViews) return false
  await write(settings, [...others, view])
  return true
}

/** Removes a view; false where there is none of this name. */
export async function removeView(settings: ViewSettings, name: string): Promise<boolean> {
  const views = await readViews(settings)
  const others = views.filter((view) => view.name !== name)
  if (others.length === views.length) return false
  await write(settings, others)
  return true
}

async function write(settings: ViewSettings, views: readonly SavedView[]): Promise<void> {
  const inOrder = views.toSorted((one, other) => one.name.localeCompare(other.name))
  await settings.set(VIEWS_SETTING, JSON.stringify(inOrder))
}

function readJson(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
