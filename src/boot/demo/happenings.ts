import { writeFileSync } from 'node:fs'
import type { Gatehouse } from '../../boot.ts'
import { defined } from '../../kit/defined.ts'
import type { AskByUrl } from '../../kit/in-process-server.ts'
import { parseJsonObject, readNumber, readObjects, readString, type JsonObject } from '../../kit/json.ts'
import type { Story } from './story.ts'

const HOUR_MS = 3_600_000

/** Something that somebody does at a moment. */
export interface Happening {
  readonly atMs: number
  /** It has a time of its own: none passes here meanwhile. */
  readonly isApart?: true
  run(): Promise<void>
}

export interface HappeningNeeds {
  readonly story: Story
  readonly endMs: number
  readonly gatehouse: Gatehouse
  readonly fetch: AskByUrl
  readonly configFile: string
  /** Runs a drill of the plan in force. */
  readonly runDrill: (name: string) => Promise<void>
}

/** The file as it was when the story begins: without what was changed since. */
export function firstText(text: string, { edits }: Story): string {
  return edits.reduce((before, edit) => before.replace(edit.now, edit.before), text)
}

/** What the operators of a story do, in no order. */
export function happenings(needs: HappeningNeeds): readonly Happening[] {
  const { story, endMs } = needs
  const at = (ago: number, run: () => Promise<unknown>): Happening => ({
    atMs: endMs - ago * HOUR_MS,
    run: async () => void (await run()),
  })
  return [
    ...story.edits.map((edit) => at(edit.ago, () => editFile(edit, needs))),
    ...story.changes.map((change) => at(change.ago, () => makeChange(change, needs))),
    ...story.raises.map(({ ago, hours, ...raise }) =>
      at(ago, () => {
        const until = momentText(endMs + (hours - ago) * HOUR_MS)
        return askAdmin('POST /api/v1/top-ups', { ...raise, until }, needs)
      }),
    ),
    ...story.keys.flatMap(({ ago, revoked, expires, ...key }) => [
      at(ago, () => makeKey(key, expires, needs)),
      ...(revoked === undefined ? [] : [at(revoked, () => revokeKey(key.name, needs))]),
    ]),
    ...story.drills.map(({ ago, name }) => ({
      ...at(ago, () => needs.runDrill(name)),
      isApart: true as const,
    })),
  ]
}

/** A moment as people write it: to the second. */
function momentText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`
}

async function editFile(
  edit: Story['edits'][number],
  { configFile, gatehouse }: HappeningNeeds,
): Promise<void> {
  const text = await Bun.file(configFile).text()
  writeFileSync(configFile, text.replace(edit.before, edit.now))
  gatehouse.reload()
}

async function makeChange(change: Story['changes'][number], needs: HappeningNeeds): Promise<void> {
  const { section, name, value, by: author, comment, back } = change
  if (back === undefined)
    return void (await askAdmin(
      `PUT /api/v1/config/objects/${section ?? ''}/${name ?? ''}`,
      { author, comment, ...defined({ value }) },
      needs,
    ))
  const { data = [] } = await askAdmin('GET /api/v1/config/versions', undefined, needs)
  const numbers = readObjects({ data }, 'data').map((version) => readNumber(version, 'number') ?? 0)
  await askAdmin(`POST /api/v1/config/versions/${numbers[1] ?? 1}/roll-back`, { author, comment }, needs)
}

async function makeKey(key: JsonObject, expires: number | undefined, needs: HappeningNeeds): Promise<void> {
  const ends = expires === undefined ? {} : { expires: momentText(needs.endMs - expires * HOUR_MS) }
  await askAdmin('POST /api/v1/keys', { ...key, ...ends }, needs)
}

async function revokeKey(name: string, needs: HappeningNeeds): Promise<void> {
  const listed = await askAdmin('GET /api/v1/keys?limit=100', undefined, needs)
  const found = readObjects(listed, 'data').find((key) => readString(key, 'name') === name)
  await askAdmin(
    `DELETE /api/v1/keys/${found === undefined ? '' : (readString(found, 'id') ?? '')}`,
    undefined,
    needs,
  )
}

/** Asks the admin API. Rejects with what it says where it refuses: the story has a mistake. */
async function askAdmin(
  asked: string,
  body: JsonObject | undefined,
  { gatehouse, fetch }: HappeningNeeds,
): Promise<JsonObject> {
  const [method = '', path = ''] = asked.split(' ')
  const response = await fetch(
    new Request(gatehouse.adminUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${gatehouse.adminToken.secret.reveal()}`,
        'content-type': 'application/json',
      },
      ...defined({ body: body === undefined ? undefined : JSON.stringify(body) }),
    }),
  )
  const text = await response.text()
  if (!response.ok) throw new Error(`${asked} was answered with ${response.status}: ${text}`)
  return parseJsonObject(text) ?? {}
}
