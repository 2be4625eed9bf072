import {
  ReleaseRefused,
  TrialUnderWay,
  type MadeBy,
  type MadeTrial,
  type MadeVersion,
  type ReleaseDesk,
  type ReleaseDraft,
} from '../admin/release-desk.ts'
import { changesBetween, tellChange, type ConfigChange } from '../config/changes.ts'
import type { CompiledConfig } from '../config/compile.ts'
import type { TrialTerms } from '../experiments/version-trial.ts'
import { isUsable } from '../config/problems.ts'
import { managedObjects } from '../config/managed-objects.ts'
import { defined } from '../kit/defined.ts'
import { sha256Hex } from '../kit/hash.ts'
import { LIMITS } from '../kit/limits.ts'
import type { ConfigVersion, NewVersion } from '../store/releases.ts'
import { wholeText, type ConfigTexts, type Configuration } from './configuration.ts'
import type { Foundation } from './foundation.ts'
import { digestOf, type KeptRelease } from './kept-release.ts'
import type { InForce, Reloading } from './reload.ts'
import type { OwnActs } from './own-act.ts'
import type { Seals } from './seals.ts'
import { VersionTrials, writeTerms, type VersionTrialNeeds } from './version-trials.ts'

/** As many as end the version of a plan. */
const HASH_DIGITS = 6

export interface ReleaseNeeds
  extends Pick<Foundation, 'store' | 'clock' | 'telemetry'>, Pick<VersionTrialNeeds, 'gateway'> {
  readonly configFile?: string
  readonly configuration: Configuration
  readonly reloading: Reloading
  readonly seals: Seals
  readonly kept: KeptRelease
  /** Absent: nobody takes down what the file does. */
  readonly audit?: OwnActs
}

/** The desk, and its end. */
export interface Releases extends ReleaseDesk {
  /** Resolves when everything is stored. */
  close(): Promise<void>
}

/** Opens the desk of versions: what the file changes becomes one by itself, what is applied becomes one before it is in force. */
export async function openReleases(needs: ReleaseNeeds): Promise<Releases> {
  const desk = new Desk(needs)
  await desk.close()
  await desk.resume()
  return desk
}

class Desk implements Releases {
  readonly #needs: ReleaseNeeds
  readonly #trials: VersionTrials
  #version: ConfigVersion | undefined
  /** Changes wait for each other. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(needs: ReleaseNeeds) {
    this.#needs = needs
    this.#trials = new VersionTrials(needs)
    const { reloading, kept } = needs
    this.#version = kept.version
    if (this.#isOther(kept)) void this.#record(undefined)
    reloading.onRefresh(() => this.#trials.refresh())
    reloading.onFile((before) => {
      this.#trials.fileChanged()
      void this.#record(before)
    })
  }

  /** Goes on with the trial that an earlier life has left. Never rejects: a gateway starts without it. */
  async resume(): Promise<void> {
    const { reloading, telemetry } = this.#needs
    await this.#trials.resume(reloading.inForce).catch((error: unknown) => {
      telemetry.log('error', 'the version that was being tried cannot be read', { error })
    })
  }

  now() {
    const { reloading, configFile } = this.#needs
    const { texts, compiled } = reloading.inForce
    return {
      ...defined({ version: this.#version, file: configFile }),
      compiled,
      managed: texts.managed,
      healthy: reloading.healthy,
      drifted: reloading.drifted,
    }
  }

  schemaOf() {
    return this.#needs.configuration.schemaOf()
  }

  list(query: Parameters<ReleaseDesk['list']>[0]) {
    return this.#needs.store.releases.list(query)
  }

  async read(number: number) {
    const { store, seals } = this.#needs
    const found = await store.releases.find(number)
    if (found === undefined) return undefined
    const { file, managed, seen: _seen, ...version } = found
    const texts = { file: file === undefined ? '' : seals.open(file), managed: seals.open(managed) }
    if (texts.file === undefined || texts.managed === undefined) return { version }
    return { version, texts: { file: texts.file, managed: texts.managed } }
  }

  draft(managed: string): ReleaseDraft {
    const { inForce } = this.#needs.reloading
    const compiled = this.#compile({ ...inForce.texts, managed }, inForce.texts.managed)
    return { compiled, changes: this.#changes(inForce.compiled, compiled) }
  }

  compare(texts: ConfigTexts): ReleaseDraft {
    const compiled = this.#needs.configuration.settle(texts)
    return { compiled, changes: this.#changes(this.#needs.reloading.inForce.compiled, compiled) }
  }

  drift(): ReleaseDraft | undefined {
    const { configuration, reloading } = this.#needs
    const { texts } = reloading.inForce
    const file = configuration.readText()
    if (file === undefined || file === texts.file) return undefined
    return this.compare({ ...texts, file })
  }

  trial() {
    return this.#trials.now()
  }

  change(edit: (managed: string) => string, made: MadeBy & MadeTrial): Promise<MadeVersion> {
    const { trial: terms, ...madeBy } = made
    return this.#inTurn(async () => {
      const { running } = this.#trials
      if (running !== undefined) throw new TrialUnderWay(running.version.number)
      const { texts: now } = this.#needs.reloading.inForce
      await this.#prepare({ ...now, managed: edit(now.managed) })
      const { inForce } = this.#needs.reloading
      const { texts } = inForce
      const managed = edit(texts.managed)
      if (managed === texts.managed && this.#version !== undefined)
        return { version: this.#version, isNew: false }
      const compiled = this.#compile({ ...texts, managed }, texts.managed)
      const next = { texts: { ...texts, managed }, compiled }
      return terms === undefined ? this.#putInForce(next, madeBy) : this.#try(next, madeBy, terms)
    })
  }

  promote(): Promise<MadeVersion | undefined> {
    return this.#inTurn(async () => {
      const { store, reloading } = this.#needs
      const before = reloading.inForce
      // Until the store has it, everybody goes by the version in force.
      const ended = this.#trials.stop()
      if (ended === undefined) return undefined
      const { number } = ended.version
      await store.releases.setState(number, 'in-force').catch((error: unknown) => {
        this.#trials.begin(ended)
        throw error
      })
      this.#version = { ...ended.version, state: 'in-force' }
      this.#take(before, ended)
      return { version: this.#version, isNew: true }
    })
  }

  giveUp(): Promise<MadeVersion | undefined> {
    return this.#inTurn(async () => {
      const version = await this.#trials.giveUp('somebody said so', 'asked')
      return version && { version, isNew: true }
    })
  }

  rollBack(number: number, madeBy: MadeBy): Promise<MadeVersion | undefined> {
    return this.#inTurn(async () => {
      const read = await this.read(number)
      if (read?.texts === undefined) return undefined
      const { texts } = read
      await this.#prepare(texts)
      const compiled = this.#needs.configuration.settle(texts)
      const made = await this.#putInForce(
        { texts, compiled },
        { ...madeBy, of: number, before: 'rolled-back' },
      )
      await this.#trials.giveUp(`version ${number} was put in force again`, 'asked')
      return made
    })
  }

  async close(): Promise<void> {
    await this.#last
    await this.#trials.close()
  }

  async #prepare(texts: ConfigTexts): Promise<void> {
    await this.#needs.configuration.prepare(texts, this.#needs.clock)
  }

  /** A managed object that is new or another one must not be in the file; one that was there first is left to it. */
  #compile(texts: ConfigTexts, before: string): CompiledConfig {
    const known = managedObjects(before)
    const own = new Set(
      [...managedObjects(texts.managed)].flatMap(([key, text]) => (known.get(key) === text ? [] : [key])),
    )
    return this.#needs.configuration.compile(texts, own)
  }

  /** What was applied is tried beside what is in force, unless the file has changed meanwhile. */
  async #try(next: InForce, madeBy: MadeBy, terms: TrialTerms): Promise<MadeVersion> {
    requireUsable(next)
    const { reloading } = this.#needs
    const before = reloading.inForce
    const made = { ...madeBy, state: 'tried', trial: writeTerms(terms) } as const
    const version = await this.#store(before, next, made)
    this.#trials.begin({ ...next, version, terms })
    if (reloading.inForce.texts.file !== before.texts.file) this.#trials.fileChanged()
    return { version, isNew: true }
  }

  async #putInForce(next: InForce, terms: VersionTerms): Promise<MadeVersion> {
    requireUsable(next)
    const { reloading } = this.#needs
    const before = reloading.inForce
    this.#version = await this.#store(before, next, terms)
    this.#take(before, next)
    return { version: this.#version, isNew: true }
  }

  /** The file may have changed while the store was asked: then it has the last word, over what was applied. */
  #take(before: InForce, { texts: applied, compiled }: InForce): void {
    const { reloading } = this.#needs
    const { file } = reloading.inForce.texts
    if (file === before.texts.file) return reloading.put({ texts: applied, compiled })
    const texts = { ...applied, file }
    const again = this.#needs.configuration.settle(texts)
    if (again.plan !== undefined) reloading.put({ texts, compiled: again })
    void this.#record({ texts: applied, compiled })
  }

  /** Whether what is in force at the start is another configuration than the one that was stored. */
  #isOther({ version, texts }: KeptRelease): boolean {
    const now = this.#needs.reloading.inForce.texts
    return version === undefined || texts === undefined || wholeText(now) !== wholeText(texts)
  }

  /** Takes down what the file has put in force already. A store that does not take it changes nothing of that. */
  #record(before: InForce | undefined): Promise<void> {
    const { reloading, telemetry } = this.#needs
    const now = reloading.inForce
    return this.#inTurn(async () => {
      try {
        this.#version = await this.#store(before, now, { by: 'file' })
        this.#tellFile('in force', this.#version)
      } catch (error) {
        this.#tellFile('in force, not stored')
        telemetry.log('error', 'a version of the configuration is in force and could not be stored', {
          error,
        })
      }
    })
  }

  #tellFile(outcome: string, version?: ConfigVersion): void {
    this.#needs.audit?.tell({
      actor: 'file',
      act: 'config reload',
      outcome,
      ...(version === undefined
        ? {}
        : {
            subject: `config-version:${version.number}`,
            summary: [version.hash, ...version.changes].join('; '),
          }),
    })
  }

  #store(
    before: InForce | undefined,
    { texts, compiled }: InForce,
    terms: VersionTerms,
  ): Promise<ConfigVersion> {
    const { store, clock, seals, configuration, configFile } = this.#needs
    const changes = before === undefined ? [] : this.#changes(before.compiled, compiled)
    const seen = configuration.readText() ?? texts.file
    const leftOut = compiled.leftOut?.map(({ path, message }) => `${path}: ${message}`).join('; ')
    return store.releases.add({
      state: 'in-force',
      ...defined({ ...terms }),
      atMs: clock.nowMs(),
      hash: hashOf(texts),
      changes: changes.slice(0, LIMITS.configChanges).map(tellChange),
      seen: digestOf(terms.by === 'file' ? texts.file : seen),
      managed: seals.seal(texts.managed),
      ...defined({ leftOut, file: configFile === undefined ? undefined : seals.seal(texts.file) }),
    })
  }

  #changes(before: CompiledConfig, after: CompiledConfig): readonly ConfigChange[] {
    const [from, to] = [before, after].map(({ config, loaded }) =>
      config === undefined ? undefined : { config, written: loaded.written ?? {} },
    )
    return from === undefined || to === undefined ? [] : changesBetween(from, to, this.schemaOf())
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }
}

interface VersionTerms
  extends
    Omit<MadeBy, 'by'>,
    Pick<NewVersion, 'by' | 'of' | 'before' | 'trial'>,
    Partial<Pick<NewVersion, 'state'>> {}

/** Throws ReleaseRefused. */
function requireUsable({ compiled: { plan, problems } }: InForce): void {
  if (plan === undefined) throw new ReleaseRefused(problems.filter((problem) => !isUsable([problem])))
}

function hashOf(texts: ConfigTexts): string {
  return sha256Hex(wholeText(texts)).slice(0, HASH_DIGITS)
}
