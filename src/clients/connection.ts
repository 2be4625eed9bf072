import { baseUrl, type ClientRow, type Front, type SettingsFile, type Variables } from './client-row.ts'
import { FORMATS } from './formats.ts'
import { setSettings } from './settings-text.ts'

/** A file of a client as it would be if there were nothing else in it. */
export interface FileText {
  readonly path: string
  readonly format: SettingsFile['format']
  readonly text: string
}

/** A client's settings, filled in. */
export interface Connection {
  readonly baseUrl: string
  readonly environment: Variables
  readonly files: readonly FileText[]
  /** What has to be done by hand, or can be. */
  readonly steps: readonly string[]
  readonly snippets: readonly { readonly language: 'ts' | 'python' | 'sh'; readonly text: string }[]
}

/** Fills in the settings of a client for what it is pointed at. */
export function connectionOf(row: ClientRow, front: Front): Connection {
  return {
    baseUrl: baseUrl(row, front),
    environment: row.environment?.(front) ?? {},
    files: fileTexts(row, front),
    steps: row.steps?.(front) ?? [],
    snippets: (row.snippets ?? []).map(({ language, text }) => ({ language, text: text(front) })),
  }
}

function fileTexts(row: ClientRow, front: Front): readonly FileText[] {
  return (row.files ?? []).flatMap(({ place, path, format, settings }) => {
    const wanted = settings(front)
    if (wanted.length === 0) return []
    const { text } = setSettings('', wanted, FORMATS[format])
    return [{ path: place === 'home' ? `~/${path}` : path, format, text: text.trimEnd() }]
  })
}
