import { Link } from '@tanstack/react-router'
import { useState, type FormEvent, type ReactNode } from 'react'
import type { GetStart } from '../../api/answers.ts'
import { asProblem, sentenceOf } from '../../api/problem.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Field } from '../../parts/field.tsx'
import { Notice } from '../../parts/notices.tsx'
import { counted } from '../../words/numbers.ts'
import { usePaste, type Connected } from './use-paste.ts'

type Connectable = GetStart['connectable'][number]

/** A provider by its key: it is pasted, tried, sealed and in force, without a file and a restart. */
export function PasteKey({ start: { connectable, config } }: { readonly start: GetStart }): ReactNode {
  const [chosen, setChosen] = useState('')
  const paste = usePaste()
  const wanted = connectable.find(({ name }) => name === chosen) ?? connectable[0]
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = event.currentTarget
    if (wanted === undefined || paste.isPending) return
    paste.mutate(readForm(new FormData(form), wanted), { onSuccess: () => form.reset() })
  }
  return (
    <>
      {paste.data === undefined ? null : <Outcome connected={paste.data} />}
      {paste.error === null ? null : <Refused error={paste.error} />}
      {wanted === undefined ? null : (
        <form className="paste-key" onSubmit={submit}>
          <div className="field">
            <label htmlFor="provider-wanted">Provider</label>
            <select
              id="provider-wanted"
              className="select"
              value={wanted.name}
              onChange={(event) => setChosen(event.target.value)}
            >
              {connectable.map(({ name, title }) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          </div>
          <KeyFields wanted={wanted} />
          <button type="submit" className="btn primary" disabled={paste.isPending}>
            {paste.isPending ? <span className="spin" aria-hidden="true" /> : null}
            Try and keep it
          </button>
          <Elsewhere wanted={wanted} config={config} />
        </form>
      )}
      <p className="small soft">
        The key is tried with a question for the list of models, which costs nothing. It is sealed in the
        store of this gateway, goes to this provider and to nobody else, and is never shown again. Providers
        that were found stay.
      </p>
    </>
  )
}

/** The key, and what of its address a provider cannot be reached without. */
function KeyFields({ wanted: { settings } }: { readonly wanted: Connectable }): ReactNode {
  return (
    <>
      <Field name="key" type="password" label="Its key" error={undefined} required spellCheck={false} />
      {settings.map((setting) => (
        <Field
          key={setting}
          name={`setting-${setting}`}
          label={setting.replaceAll('_', ' ')}
          error={undefined}
          required
        />
      ))}
    </>
  )
}

interface ElsewhereProps {
  readonly wanted: Connectable
  readonly config: string | null
}

/** A provider behind another address, or by a variable, without a key in the store. */
function Elsewhere(props: ElsewhereProps): ReactNode {
  return (
    <details className="paste-more">
      <summary>Another address, or a variable instead</summary>
      <div className="stack">
        <Field
          name="base_url"
          label="Address, where it is not the provider’s own"
          error={undefined}
          placeholder="https://proxy.example/v1"
        />
        <Variable {...props} />
      </div>
    </details>
  )
}

function readForm(form: FormData, { name, settings }: Connectable) {
  const text = (field: string): string => {
    const value = form.get(field)
    return typeof value === 'string' ? value.trim() : ''
  }
  return {
    name,
    key: text('key'),
    baseUrl: text('base_url') === '' ? undefined : text('base_url'),
    settings: Object.fromEntries(settings.map((setting) => [setting, text(`setting-${setting}`)])),
  }
}

/** What makes the gateway find the provider when it starts. */
function Variable({ wanted: { name, variable }, config }: ElsewhereProps): ReactNode {
  return (
    <>
      <div className="code with-copy">
        <pre tabIndex={0}>export {variable}=…</pre>
        <CopyButton text={`export ${variable}=`} label="Copy the variable" word="Copy" />
      </div>
      <p className="small soft">
        {config === null
          ? `Set where the gateway is started, it is found at the next start.`
          : `Set where the gateway is started, with ${name} under providers in ${config}.`}
      </p>
    </>
  )
}

/** What was refused, by whom, and that nothing was kept. */
function Refused({ error }: { readonly error: unknown }): ReactNode {
  const { title, detail, errors = [] } = asProblem(error).facts
  return (
    <div role="alert">
      <Notice tone="bad">
        <b className="strong">Nothing was kept.</b> {title}. {detail}{' '}
        {errors.map((line) => `${line.path}: ${sentenceOf(line)}`).join(' ')}
      </Notice>
    </div>
  )
}

function Outcome({ connected }: { readonly connected: Connected }): ReactNode {
  const { name, tried, version } = connected
  if (version === undefined)
    return (
      <div role="alert">
        <Notice tone="bad">
          <b className="strong">
            {tried.verdict === 'refused' ? `${name} refuses this key.` : `${name} could not be asked.`}
          </b>{' '}
          {answerOf(connected)} Nothing was kept.
        </Notice>
      </div>
    )
  return (
    <div role="status">
      <Notice tone="info">
        <b className="strong">{name} is connected.</b> {answerOf(connected)} The key is sealed as{' '}
        <code>stored:{name}-key</code>; <Link to="/releases">version {version}</Link> has the provider.{' '}
        <Link to="/models" search={{ provider: name, known: 'true' }}>
          Its models
        </Link>
      </Notice>
    </div>
  )
}

function answerOf({ tried }: Connected): string {
  const { verdict, host, status, says, models } = tried
  if (status === undefined && verdict === 'unreachable') return `${host} does not answer.`
  if (status === undefined)
    return `Its requests are signed, so the first one will tell whether the key is right.`
  const said = says === undefined ? `${host} answered ${status}.` : `${host} answered ${status}: “${says}”`
  if (verdict === 'refused' || verdict === 'unreachable') return said
  if (verdict === 'taken')
    return models === undefined
      ? 'It took the key.'
      : `It took the key and lists ${counted(models, 'model')}.`
  return status === 200
    ? 'It answers, and its list of models is open to everybody: the first request will tell whether the key is right.'
    : `${said} Whether the key is right, the first request will tell.`
}
