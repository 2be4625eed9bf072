import type { ReactNode } from 'react'
import { Dialog } from '../../parts/dialog.tsx'
import { Failed } from '../../parts/notices.tsx'
import { usePurge, type Purge } from './use-cache.ts'

/** Asks once more before answers go. */
export function PurgeDialog({
  purge,
  onClose,
}: {
  readonly purge: Purge
  readonly onClose: () => void
}): ReactNode {
  const purging = usePurge()
  return (
    <Dialog
      title={titleOf(purge)}
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button
            type="button"
            className="btn danger"
            aria-disabled={purging.isPending}
            onClick={() => purging.mutate(purge, { onSuccess: onClose })}
          >
            {purging.isPending ? <span className="spin" /> : null}Remove
          </button>
        </>
      }
    >
      {purging.error === null ? null : <Failed error={purging.error} what="Nothing was removed." />}
      <p>Who asks the same next is answered by a model again, and pays for it. This cannot be undone.</p>
    </Dialog>
  )
}

function titleOf({ key, route }: Purge): string {
  if (key !== undefined) return 'Remove this answer?'
  return route === undefined ? 'Remove all answers?' : `Remove the answers of ${route}?`
}
