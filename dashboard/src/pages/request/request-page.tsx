import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { useShortcuts } from '../../app/use-shortcuts.ts'
import { Tabs, tabId, type Tab } from '../../parts/tabs.tsx'
import { AttemptsCard } from './attempts-card.tsx'
import { ChangedCard } from './changed-card.tsx'
import { ContentCard } from './content-card.tsx'
import { DecisionCard } from './decision-card.tsx'
import { FactsBar } from './facts-bar.tsx'
import { FeedbackCard } from './feedback-card.tsx'
import { FlipsCard } from './flips-card.tsx'
import { GuardCard } from './guard-card.tsx'
import { LeadsCard } from './leads-card.tsx'
import { Missing } from './missing.tsx'
import { RawCard } from './raw-card.tsx'
import { ReceiptCard } from './receipt-card.tsx'
import { RequestHead } from './request-head.tsx'
import { ShortReceiptCard } from './short-receipt-card.tsx'
import { StoryCard } from './story-card.tsx'
import { useView } from './use-view.ts'
import { Waterfall } from './waterfall.tsx'

/** The parts of the page; the first is what is looked for first. */
const TABS = [
  { name: 'happened', title: 'What happened' },
  { name: 'decision', title: 'Decision' },
  { name: 'attempts', title: 'Attempts' },
  { name: 'receipt', title: 'Receipt' },
  { name: 'content', title: 'Content' },
  { name: 'raw', title: 'Raw' },
] as const satisfies readonly Tab<string>[]

type TabName = (typeof TABS)[number]['name']

const PANEL = 'of-request'

/** Which model answered, why that one, where the time went, what it cost. */
export function RequestPage(): ReactNode {
  const { id } = useParams({ from: '/requests/$id' })
  const { data, error, refetch } = useView(id)
  return (
    <main id="main">
      <RequestHead id={id} request={data} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : (
          <Missing id={id} error={error} retry={() => void refetch()} />
        )
      ) : (
        <Detail request={data} />
      )}
    </main>
  )
}

function Detail({ request }: { readonly request: GetRequestsId }): ReactNode {
  const { chosen, choose } = useTab()
  return (
    <>
      <FactsBar request={request} />
      <Tabs
        label="Parts of the request"
        tabs={TABS.map((tab) => ({ ...tab, isMarked: isMarked(tab.name, request) }))}
        chosen={chosen}
        onChoose={choose}
        panel={PANEL}
      />
      <div id={PANEL} role="tabpanel" className="panel" aria-labelledby={tabId(PANEL, chosen)}>
        {PANELS[chosen](request)}
      </div>
    </>
  )
}

/** The tab of the address. Its place on the keyboard chooses one as well. */
function useTab(): { readonly chosen: TabName; readonly choose: (name: TabName) => void } {
  const { tab } = useSearch({ from: '/requests/$id' })
  const navigate = useNavigate({ from: '/requests/$id' })
  const choose = (name: TabName): void =>
    void navigate({
      to: '.',
      search: (before) => ({ ...before, tab: name === TABS[0].name ? undefined : name }),
      replace: true,
      resetScroll: false,
    })
  useShortcuts(Object.fromEntries(TABS.map(({ name }, place) => [String(place + 1), () => choose(name)])))
  return { chosen: TABS.find(({ name }) => name === tab)?.name ?? TABS[0].name, choose }
}

/** A dot at tabs that have more to tell than usual. */
function isMarked(name: TabName, { attempt_rows: rows }: GetRequestsId): boolean {
  return name === 'attempts' && rows.length > 1
}

const PANELS: Readonly<Record<TabName, (request: GetRequestsId) => ReactNode>> = {
  happened: (request) => (
    <div className="grid">
      <div className="c8 column">
        <StoryCard request={request} />
        <GuardCard decision={request.decision} />
        <ChangedCard request={request} />
      </div>
      <div className="c4 column">
        <ShortReceiptCard request={request} />
        <LeadsCard request={request} />
        <FeedbackCard request={request} />
      </div>
    </div>
  ),
  decision: (request) => (
    <>
      <DecisionCard request={request} />
      <FlipsCard flips={request.flips} />
    </>
  ),
  attempts: (request) => (
    <>
      <Waterfall request={request} />
      <AttemptsCard rows={request.attempt_rows} />
    </>
  ),
  receipt: (request) => (
    <div className="narrow">
      <ReceiptCard request={request} />
    </div>
  ),
  content: (request) => <ContentCard key={request.id} request={request} />,
  raw: (request) => <RawCard request={request} />,
}

const TALL = [64, 220, 180]

function Loading(): ReactNode {
  return TALL.map((height) => (
    <div key={height} className="card" aria-hidden="true" style={{ height, padding: 16 }}>
      <span className="sk" style={{ '--w': '32%' }} />
    </div>
  ))
}
