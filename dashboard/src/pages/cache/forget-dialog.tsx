import type { ReactNode } from 'react'
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx'
import { useForget } from './use-similar.ts'

/** Asks once more before what was learned of a route is forgotten. */
export function ForgetDialog({
  id,
  onClose,
}: {
  readonly id: string
  readonly onClose: () => void
}): ReactNode {
  const forgetting = useForget()
  return (
    <ConfirmDialog
      title={`Forget what was learned of ${id}?`}
      verb="Forget"
      doing={forgetting}
      failed="Nothing was forgotten."
      onConfirm={() => forgetting.mutate(id, { onSuccess: onClose })}
      onClose={onClose}
    >
      The route learns anew: the model is asked each time until similar answers are earned anew. Answers that
      are kept stay for those who ask the same.
    </ConfirmDialog>
  )
}
