import { useRef, useState, type FormEvent, type ReactNode } from 'react'
import { asProblem, sentenceOf, type ProblemLine } from '../../api/problem.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Failed, Notice } from '../../parts/notices.tsx'
import { counted } from '../../words/numbers.ts'
import { MakeFields, type Begun } from './make-fields.tsx'
import { useMake, usePreview, type Channel, type Preview, type WrittenRule } from './use-alerts.ts'

export interface MakeDialogProps {
  readonly begun: Begun
  readonly channels: readonly Channel[]
  /** Names that are taken. */
  readonly names: readonly string[]
  readonly onClose: () => void
}

/** Makes a rule; before it is in force it is told how often it would have rung. */
export function MakeDialog({ begun, channels, names, onClose }: MakeDialogProps): ReactNode {
  const form = useRef<HTMLFormElement>(null)
  const [trying, making] = [usePreview(), useMake()]
  const [isTaken, setIsTaken] = useState(false)
  const error = making.error ?? trying.error
  const lines = error === null ? [] : (asProblem(error).facts.errors ?? [])
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const written = new FormData(event.currentTarget)
    const name = textIn(written, 'name')
    trying.reset()
    making.reset()
    setIsTaken(names.includes(name))
    if (names.includes(name)) return
    making.mutate({ name, rule: readRule(written) }, { onSuccess: onClose })
  }
  const preview = (): void => {
    if (form.current === null) return
    making.reset()
    trying.mutate(readRule(new FormData(form.current)))
  }
  return (
    <Dialog
      title="Make an alert"
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="btn" aria-disabled={trying.isPending} onClick={preview}>
            {trying.isPending ? <span className="spin" /> : null}Preview
          </button>
          <button type="submit" form="make-alert" className="btn primary" aria-disabled={making.isPending}>
            {making.isPending ? <span className="spin" /> : null}Put in force
          </button>
        </>
      }
    >
      <Refusal error={error} lines={lines} />
      <form id="make-alert" ref={form} className="stack" onSubmit={submit} onChange={() => trying.reset()}>
        <MakeFields
          begun={begun}
          channels={channels}
          names={names}
          about={(field) => (field === 'name' && isTaken ? TAKEN : aboutField(lines, field))}
        />
      </form>
      <div aria-live="polite">{trying.data === undefined ? null : <Tried preview={trying.data} />}</div>
    </Dialog>
  )
}

const TAKEN = 'There is a rule of this name already. Choose another.'
const FIELDS = ['measure', 'when', 'above', 'below', 'over', 'to'] as const

/** What is wrong and is about no field. */
function Refusal({
  error,
  lines,
}: {
  readonly error: unknown
  readonly lines: readonly ProblemLine[]
}): ReactNode {
  if (error === null) return null
  const others = lines.filter(({ path }) => !FIELDS.some((field) => isAbout(path, field)))
  if (lines.length === 0) return <Failed error={error} what="It was refused." />
  return others.map((line) => (
    <Notice key={`${line.path} ${line.message}`} tone="bad">
      {line.path}: {sentenceOf(line)}
    </Notice>
  ))
}

function aboutField(lines: readonly ProblemLine[], field: string): string | undefined {
  const line = lines.find(({ path }) => isAbout(path, field))
  return line && sentenceOf(line)
}

/** The path ends with the field, or with a place in it. */
function isAbout(path: string, field: string): boolean {
  return path.replace(/[.[]\d+\]?$/, '').endsWith(`.${field}`)
}

function Tried({ preview: { fired, why, says } }: { readonly preview: Preview }): ReactNode {
  return (
    <Notice tone="info">
      {fired === null ? (
        <>It cannot be tried: {why}</>
      ) : (
        <>Would have fired {counted(fired, 'time', 'times')} in 14 days.</>
      )}{' '}
      <span className="soft">{says}</span>
    </Notice>
  )
}

function textIn(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value.trim() : ''
}

/** What the form says, as the configuration writes it; the gateway checks it. */
function readRule(form: FormData): WrittenRule {
  const rule: Record<string, string | readonly string[]> = {
    measure: textIn(form, 'measure'),
    over: textIn(form, 'over'),
    [textIn(form, 'side') === 'below' ? 'below' : 'above']: textIn(form, 'bound'),
  }
  const [when, to] = [textIn(form, 'when'), textIn(form, 'to')]
  if (when !== '') rule['when'] = when
  if (to !== '') rule['to'] = [to]
  return rule
}
