import type { ReactNode } from 'react'
import type { GetCost } from '../../api/answers.ts'
import { saveFile } from '../../app/save-file.ts'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'
import { Menu } from '../../parts/menu.tsx'
import type { GetCostExport } from '../../api/answers.ts'
import { Icon } from '../../parts/icon.tsx'

const FORMATS = { csv: 'Days as CSV', jsonl: 'Days as JSON lines', focus: 'FOCUS 1.2 columns, CSV' } as const

/** What was spent, as files for other programs. */
export function ExportMenu({ cost }: { readonly cost: GetCost }): ReactNode {
  const { ask } = useServices()
  const { query } = useTimeRange()
  const save = async (format: keyof typeof FORMATS): Promise<void> => {
    const { text } = await ask<GetCostExport>(`/api/v1/cost/export?format=${format}&${query}`)
    saveFile(`cost-${cost.from.slice(0, 10)}-${format}.${format === 'jsonl' ? 'jsonl' : 'csv'}`, text)
  }
  return (
    <Menu
      label="Export"
      className="btn"
      button={
        <>
          <Icon name="download" />
          Export
        </>
      }
      acts={(['csv', 'jsonl', 'focus'] as const).map((format) => ({
        name: FORMATS[format],
        icon: 'download',
        act: () => void save(format),
      }))}
    />
  )
}
