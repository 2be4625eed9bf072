import { useNavigate } from '@tanstack/react-router'
import type { FormEvent, ReactNode } from 'react'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'

/** Asks what a route is to be called. It is made when its draft is put in force. */
export function NewRouteDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const navigate = useNavigate()
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const name = new FormData(event.currentTarget).get('name')
    if (typeof name === 'string' && name.trim() !== '')
      void navigate({ to: '/routes/$name', params: { name: name.trim() } })
  }
  return (
    <Dialog
      title="Make a route"
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" form="new-route" className="btn primary">
            Begin a draft
          </button>
        </>
      }
    >
      <form id="new-route" className="stack" onSubmit={submit}>
        <Field
          name="name"
          label="Name"
          hint="What applications ask for as their model, such as support."
          error={undefined}
          required
          autoFocus
        />
      </form>
    </Dialog>
  )
}
