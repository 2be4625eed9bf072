import type { JsonObject } from '../../kit/json.ts'
import type { ClientRow, Front } from '../../clients/client-row.ts'
import { connectionOf } from '../../clients/connection.ts'
import type { Output } from '../output.ts'

/** A client's settings in words and as text to be pasted. */
export function tellConnection(row: ClientRow, front: Front, output: Output): void {
  const { paint } = output
  const { baseUrl, environment, files, steps, snippets } = connectionOf(row, front)
  output.line(paint(row.title, 'bold'))
  output.line(`  speaks    ${row.dialect} at ${baseUrl}`)
  output.line(`  reads     ${row.reads}`)
  for (const step of steps) output.line(`  - ${step}`)
  for (const { path, text } of files) {
    output.line(`\n${paint(path, 'cyan')}`)
    output.line(text)
  }
  const variables = Object.entries(environment)
  if (variables.length > 0) output.line(`\n${paint('in a shell', 'cyan')}`)
  for (const [name, value] of variables) output.line(`export ${name}='${value}'`)
  for (const { language, text } of snippets) {
    output.line(`\n${paint(language, 'cyan')}`)
    output.line(text)
  }
  if (row.notes.length > 0) output.line()
  for (const note of row.notes) output.line(paint(`  ${note}`, 'dim'))
  if (row.files !== undefined) output.say(`\nWrite it: gatehouse connect ${row.name} --write`)
  if (row.program !== undefined) output.say(`Run it without writing anything: gatehouse run ${row.name}`)
}

/** The same for programs. */
export function connectionJson(row: ClientRow, front: Front): JsonObject {
  const { baseUrl, environment, files, steps, snippets } = connectionOf(row, front)
  return {
    client: row.name,
    title: row.title,
    dialect: row.dialect,
    base_url: baseUrl,
    model: front.model,
    environment: Object.fromEntries(Object.entries(environment).map(([name, value = '']) => [name, value])),
    files: files.map(({ path, format, text }) => ({ path, format, text })),
    steps,
    snippets: snippets.map(({ language, text }) => ({ language, text })),
    notes: row.notes,
  }
}
