import { useRef, useState, type ReactNode } from 'react'
import { saveFile } from '../../app/save-file.ts'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'
import { useShortcuts } from '../../app/use-shortcuts.ts'
import { Failed } from '../../parts/notices.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Menu } from '../../parts/menu.tsx'
import { counted } from '../../words/numbers.ts'

type Format = 'csv' | 'jsonl'

/** Ids that one query names: it has a longest. */
const IDS_AT_ONCE = 50

export interface ExportMenuProps {
  readonly q: string | undefined
  /** Requests that are selected: only those. */
  readonly selected: readonly string[]
}

/** All that the query asks for in the time of the page, or what is selected of it, as a file. */
export function ExportMenu({ q, selected }: ExportMenuProps): ReactNode {
  const read = useExport()
  const [error, setError] = useState<unknown>()
  const opener = useRef<(() => void) | null>(null)
  useShortcuts({ e: () => opener.current?.() })
  const save = async (format: Format): Promise<void> => {
    try {
      const texts: string[] = []
      for (const part of selected.length === 0 ? [q] : queriesOf(selected))
        texts.push(await read(part, format))
      saveFile(`requests.${format}`, joined(texts, format))
      setError(undefined)
    } catch (thrown) {
      setError(thrown)
    }
  }
  const what = selected.length === 0 ? 'Export' : `Export ${counted(selected.length, 'selected', 'selected')}`
  return (
    <>
      <Menu
        label={what}
        className="btn s"
        opener={opener}
        button={
          <>
            <Icon name="download" />
            {what}
          </>
        }
        acts={[
          { name: 'As CSV', icon: 'table', act: () => void save('csv') },
          { name: 'As JSON lines', icon: 'requests', act: () => void save('jsonl') },
        ]}
      />
      {error === undefined ? null : <Failed error={error} what="The export failed." />}
    </>
  )
}

function useExport(): (q: string | undefined, format: Format) => Promise<string> {
  const { readText } = useServices()
  const { query } = useTimeRange()
  return (q, format) => {
    const asked = new URLSearchParams(query)
    asked.set('format', format)
    if (q !== undefined) asked.set('q', q)
    return readText(`/api/v1/exports/requests?${asked}`)
  }
}

function queriesOf(ids: readonly string[]): readonly string[] {
  const queries: string[] = []
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE)
    queries.push(`id:${ids.slice(at, at + IDS_AT_ONCE).join(',')}`)
  return queries
}

/** One file of several, with one head. */
function joined(texts: readonly string[], format: Format): string {
  if (format === 'jsonl') return texts.join('')
  return texts.map((text, place) => (place === 0 ? text : text.slice(text.indexOf('\n') + 1))).join('')
}
