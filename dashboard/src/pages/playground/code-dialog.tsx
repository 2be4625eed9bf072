import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { PostPlaygroundCode } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Failed } from '../../parts/notices.tsx'

/** The prompt as a program asks it. */
export function CodeDialog({
  model,
  prompt,
  onClose,
}: {
  readonly model: string
  readonly prompt: string
  readonly onClose: () => void
}): ReactNode {
  const { ask } = useServices()
  const body = { model, question: prompt }
  const { data, error, refetch } = useQuery({
    queryKey: ['playground', 'code', body],
    queryFn: ({ signal }) =>
      ask<PostPlaygroundCode>('/api/v1/playground/code', { method: 'POST', body, signal }),
  })
  const [chosen, setChosen] = useState(0)
  const snippet = data?.snippets[chosen]
  return (
    <Dialog
      title="Copy as code"
      onClose={onClose}
      footer={
        <button type="button" className="btn" onClick={onClose}>
          Close
        </button>
      }
    >
      {error === null ? null : <Failed error={error} what="There is no code." retry={() => void refetch()} />}
      <div className="field">
        <label htmlFor="code-of">For</label>
        <select
          id="code-of"
          className="select"
          value={chosen}
          onChange={(event) => setChosen(Number(event.target.value))}
        >
          {data?.snippets.map(({ title }, index) => (
            <option key={index} value={index}>
              {title}
            </option>
          ))}
        </select>
      </div>
      {snippet === undefined ? null : (
        <div className="code with-copy">
          <pre tabIndex={0}>{snippet.text}</pre>
          <CopyButton text={snippet.text} label="Copy the code" word="Copy" />
        </div>
      )}
      <p className="small soft">
        The key stands in the environment as GATEHOUSE_KEY. Model and prompt are filled in; what else is set
        here goes by the names of each library.
      </p>
    </Dialog>
  )
}
