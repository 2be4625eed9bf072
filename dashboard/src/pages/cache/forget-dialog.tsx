import type { ReactNode } from 'react'
import { Dialog } from '../../parts/dialog.tsx'
import { Failed } from '../../parts/notices.tsx'
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
    <Dialog
      title={`Forget what was learned of ${id}?`}
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button
            type="button"
            className="btn danger"
            aria-disabled={forgetting.isPending}
            onClick={() => forgetting.mutate(id, { onSuccess: onClose })}
          >
            {forgetting.isPending ? <span className="spin" /> : null}Forget
          </button>
        </>
      }
    >
      {forgetting.error === null ? null : <Failed error={forgetting.error} what="Nothing was forgotten." />}
      <p>
        The route learns anew: the model is asked each time until similar answers are earned anew. Answers
        that are kept stay for those who ask the same.
      </p>
    </Dialog>
  )
}
