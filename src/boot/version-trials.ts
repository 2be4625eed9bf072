import type { TrialNow } from '../admin/release-desk.ts'
import type { CompiledConfig } from '../config/compile.ts'
import { isUsable } from '../config/problems.ts'
import { VersionTrial, type TrialTerms } from '../experiments/version-trial.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { SPLIT_UNITS } from '../exchange/split.ts'
import { defined } from '../kit/defined.ts'
import { parseJsonObject, readNumber, readObject, readString } from '../kit/json.ts'
import type { ConfigVersion } from '../store/releases.ts'
import type { Configuration } from './configuration.ts'
import type { Foundation } from './foundation.ts'
import type { InForce } from './reload.ts'
import type { OwnActs } from './own-act.ts'
import type { Seals } from './seals.ts'

export interface VersionTrialNeeds extends Pick<Foundation, 'store' | 'clock' | 'telemetry'> {
  readonly configuration: Pick<Configuration, 'compile'>
  readonly gateway: Pick<Gateway, 'divide'>
  readonly seals: Seals
  /** Absent: nobody takes down what the gateway does. */
  readonly audit?: OwnActs
}

/** What begins a trial. */
export interface NewTrial extends InForce {
  readonly version: ConfigVersion
  readonly terms: TrialTerms
}

interface Running extends NewTrial {
  readonly watch: VersionTrial
  readonly countedSinceMs: number
}

/** How a trial ends that does not lead to the version being in force. */
const GIVEN_UP = 'given-up'

/** The version that is tried: one at most. It is over for requests at once, and then in the store. */
export class VersionTrials {
  readonly #needs: VersionTrialNeeds
  #running: Running | undefined
  #storing: Promise<void> = Promise.resolve()

  constructor(needs: VersionTrialNeeds) {
    this.#needs = needs
  }

  get running(): NewTrial | undefined {
    return this.#running
  }

  now(): TrialNow | undefined {
    if (this.#running === undefined) return undefined
    const { version, terms, countedSinceMs, watch } = this.#running
    return { ...terms, version, countedSinceMs, figures: watch.figures }
  }

  begin(trial: NewTrial): void {
    const { number } = trial.version
    const watch = new VersionTrial(trial.terms, number, (verdict) => void this.giveUp(verdict))
    this.#running = { ...trial, watch, countedSinceMs: this.#needs.clock.nowMs() }
    this.#divide(trial.compiled)
    this.#needs.telemetry.log('info', 'release: tried', { version: number })
  }

  /** Goes on with what an earlier life was trying, counting anew, as long as it fits what is in force. */
  async resume({ texts: now }: InForce): Promise<void> {
    const found = await this.#needs.store.releases.newest('tried')
    if (found === undefined) return
    const { file: sealedFile, managed: sealedManaged, seen: _seen, ...version } = found
    const { seals, configuration } = this.#needs
    const file = sealedFile === undefined ? '' : seals.open(sealedFile)
    const managed = seals.open(sealedManaged)
    const terms = readTerms(version.trial)
    if (file === undefined || managed === undefined || terms === undefined)
      return this.#store(version, 'it cannot be read after a restart')
    if (file !== now.file) return this.#store(version, FILE_CHANGED)
    const texts = { file, managed }
    const compiled = configuration.compile(texts)
    if (compiled.plan === undefined) return this.#store(version, notUsable(compiled))
    this.begin({ version, texts, compiled, terms })
  }

  /** Compiles it again: a secret or a price is another one. */
  refresh(): void {
    if (this.#running === undefined) return
    const compiled = this.#needs.configuration.compile(this.#running.texts)
    if (compiled.plan === undefined) return void this.giveUp(notUsable(compiled))
    this.#running = { ...this.#running, compiled }
    this.#divide(compiled)
  }

  /** The file has changed what is in force, which the trial was made beside. */
  fileChanged(): void {
    void this.giveUp(FILE_CHANGED)
  }

  /** Nobody is sent there any more from now on; resolves when that is stored, and never rejects. */
  async giveUp(verdict: string, why: 'asked' | 'found' = 'found'): Promise<ConfigVersion | undefined> {
    const ended = this.stop()
    if (ended === undefined) return undefined
    const { version } = ended
    const { number } = version
    this.#needs.telemetry.log('warn', 'release: given up', { version: number, verdict })
    // Whoever asked for it has an entry already.
    if (why === 'found')
      this.#needs.audit?.tell({
        actor: 'process',
        act: 'trial given up',
        subject: `config-version:${number}`,
        outcome: 'done',
        summary: verdict,
      })
    await this.#store(version, verdict)
    return { ...version, state: GIVEN_UP, verdict }
  }

  /** Ends it for requests, and leaves what becomes of the version to whoever asks. */
  stop(): NewTrial | undefined {
    const ended = this.#running
    this.#running = undefined
    if (ended !== undefined) this.#needs.gateway.divide(undefined)
    return ended
  }

  /** Resolves when everything is stored. */
  close(): Promise<void> {
    return this.#storing
  }

  #divide({ plan }: CompiledConfig): void {
    const running = this.#running
    if (plan === undefined || running === undefined) return
    const { watch } = running
    this.#needs.gateway.divide({
      plan,
      takes: (exchange) => watch.takes(exchange),
      refused: (failure) => watch.refused(failure),
      record: (side, trail, failure) => {
        const outcome = failure?.code ?? 'ok'
        this.#needs.telemetry.count('gatehouse_trial_requests_total', { side, outcome })
        watch.record(side, trail, failure)
      },
    })
  }

  #store({ number }: ConfigVersion, verdict: string): Promise<void> {
    const { store, telemetry } = this.#needs
    this.#storing = this.#storing
      .then(() => store.releases.setState(number, GIVEN_UP, verdict))
      .catch((error: unknown) =>
        telemetry.log('error', 'the end of a trial could not be stored', { version: number, error }),
      )
    return this.#storing
  }
}

const FILE_CHANGED = 'the file was changed'

function notUsable({ problems }: CompiledConfig): string {
  const [first] = problems.filter((problem) => !isUsable([problem]))
  return first === undefined ? 'it cannot be used any more' : `${first.path}: ${first.message}`
}

/** The terms of a trial, as the store keeps them. */
export function writeTerms({ share, by, guard }: TrialTerms): string {
  return JSON.stringify({ share, by, guard })
}

function readTerms(text: string | undefined): TrialTerms | undefined {
  const terms = parseJsonObject(text ?? '')
  if (terms === undefined) return undefined
  const share = readNumber(terms, 'share')
  const by = SPLIT_UNITS.find((unit) => unit === readString(terms, 'by'))
  const guard = readObject(terms, 'guard') ?? {}
  const minRequests = readNumber(guard, 'minRequests')
  if (share === undefined || by === undefined || minRequests === undefined) return undefined
  const [errorRate, ttftP95, cost] = (['errorRate', 'ttftP95', 'cost'] as const).map((name) =>
    readNumber(guard, name),
  )
  return { share, by, guard: { minRequests, ...defined({ errorRate, ttftP95, cost }) } }
}
