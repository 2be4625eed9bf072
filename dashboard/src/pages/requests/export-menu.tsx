import { useRef, useState, type ReactNode } from 'react'
import { saveFile } from '../../app/save-file.ts'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'
import { useShortcuts } from '../../app/use-shortcuts.ts'
import { Failed } from '../../parts/notices.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Menu } from '../../parts/menu.tsx'

/** All that the query asks for in the time of the page, as a file. */
export function ExportMenu({ q }: { readonly q: string | undefined }): ReactNode {
  const { readText } = useServices()
  const { query } = useTimeRange()
  const [error, setError] = useState<unknown>()
  const opener = useRef<(() => void) | null>(null)
  useShortcuts({ e: () => opener.current?.() })
  const save = async (format: 'csv' | 'jsonl'): Promise<void> => {
    const asked = new URLSearchParams(query)
    asked.set('format', format)
    if (q !== undefined) asked.set('q', q)
    try {
      saveFile(`requests.${format}`, await readText(`/api/v1/exports/requests?${asked}`))
      setError(undefined)
    } catch (thrown) {
      setError(thrown)
    }
  }
  return (
    <>
      <Menu
        label="Export"
        className="btn s"
        opener={opener}
        button={
          <>
            <Icon name="download" />
            Export
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
