import type { ReactNode } from 'react'
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx'
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
    <ConfirmDialog
      title={titleOf(purge)}
      verb="Remove"
      doing={purging}
      failed="Nothing was removed."
      onConfirm={() => purging.mutate(purge, { onSuccess: onClose })}
      onClose={onClose}
    >
      Who asks the same next is answered by a model again, and pays for it. This cannot be undone.
    </ConfirmDialog>
  )
}

function titleOf({ key, route }: Purge): string {
  if (key !== undefined) return 'Remove this answer?'
  return route === undefined ? 'Remove all answers?' : `Remove the answers of ${route}?`
}
