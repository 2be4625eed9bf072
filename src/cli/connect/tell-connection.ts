import type { JsonObject } from '../../kit/json.ts'
import type { Output } from '../output.ts'
import { baseUrl, type ClientRow, type Front, type SettingsFile } from './client-row.ts'
import { FORMATS } from './formats.ts'
import { setSettings } from './settings-text.ts'

/** A client's settings in words and as text to be pasted. */
export function tellConnection(row: ClientRow, front: Front, output: Output): void {
  const { paint } = output
  output.line(paint(row.title, 'bold'))
  output.line(`  speaks    ${row.dialect} at ${baseUrl(row, front)}`)
  output.line(`  reads     ${row.reads}`)
  for (const step of row.steps?.(front) ?? []) output.line(`  - ${step}`)
  for (const { path, text } of fileTexts(row, front)) {
    output.line(`\n${paint(path, 'cyan')}`)
    output.line(text)
  }
  const variables = Object.entries(row.environment?.(front) ?? {})
  if (variables.length > 0) output.line(`\n${paint('in a shell', 'cyan')}`)
  for (const [name, value] of variables) output.line(`export ${name}='${value}'`)
  for (const { language, text } of row.snippets ?? []) {
    output.line(`\n${paint(language, 'cyan')}`)
    output.line(text(front))
  }
  if (row.notes.length > 0) output.line()
  for (const note of row.notes) output.line(paint(`  ${note}`, 'dim'))
  if (row.files !== undefined) output.say(`\nWrite it: gatehouse connect ${row.name} --write`)
  if (row.program !== undefined) output.say(`Run it without writing anything: gatehouse run ${row.name}`)
}

/** The same for programs. */
export function connectionJson(row: ClientRow, front: Front): JsonObject {
  return {
    client: row.name,
    title: row.title,
    dialect: row.dialect,
    base_url: baseUrl(row, front),
    model: front.model,
    environment: Object.fromEntries(
      Object.entries(row.environment?.(front) ?? {}).map(([name, value = '']) => [name, value]),
    ),
    files: fileTexts(row, front).map(({ path, format, text }) => ({ path, format, text })),
    steps: row.steps?.(front) ?? [],
    snippets: (row.snippets ?? []).map(({ language, text }) => ({ language, text: text(front) })),
    notes: row.notes,
  }
}

interface FileText {
  readonly path: string
  readonly format: SettingsFile['format']
  readonly text: string
}

/** The files of a client as they would be if there were nothing else in them. */
function fileTexts(row: ClientRow, front: Front): readonly FileText[] {
  return (row.files ?? []).flatMap(({ place, path, format, settings }) => {
    const wanted = settings(front)
    if (wanted.length === 0) return []
    const { text } = setSettings('', wanted, FORMATS[format])
    return [{ path: place === 'home' ? `~/${path}` : path, format, text: text.trimEnd() }]
  })
}
