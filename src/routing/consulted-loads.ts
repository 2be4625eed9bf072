import {
  quantileName,
  UNSEEN,
  type LoadView,
  type TargetLoad,
  type ToldLoads,
} from '../exchange/load-view.ts'

/**
 * The loads of one decision, as the board has them. What was said once of a target holds for the whole decision, and what of it was
 * read is known afterwards, so that no more than that has to be recorded.
 */
export class ConsultedLoads implements LoadView {
  readonly #view: LoadView
  #loads: Map<string, ReadLoad> | undefined
  #told: Map<string, Map<string, number>> | undefined

  constructor(view: LoadView) {
    this.#view = view
  }

  get told(): ToldLoads | undefined {
    return this.#told
  }

  of(target: string, route?: string): TargetLoad {
    this.#loads ??= new Map()
    let load = this.#loads.get(target)
    if (load === undefined) {
      load = new ReadLoad(this.#view.of(target, route), (measure, value) =>
        this.#tell(measure, target, value),
      )
      this.#loads.set(target, load)
    }
    return load
  }

  firstTokenQuantileMs(target: string, inputTokens: number, share: number): number | undefined {
    const measure = quantileName(share)
    const told = this.#told?.get(measure)?.get(target)
    if (told !== undefined) return told
    const value = this.#view.firstTokenQuantileMs(target, inputTokens, share)
    if (value !== undefined) this.#tell(measure, target, value)
    return value
  }

  #tell(measure: string, target: string, value: number): void {
    this.#told ??= new Map()
    const values = this.#told.get(measure) ?? new Map<string, number>()
    this.#told.set(measure, values.set(target, value))
  }
}

type Tell = (measure: keyof TargetLoad, value: number) => void

/** A load that says what of it is read, where that is not what holds of everybody who was never seen. */
class ReadLoad implements TargetLoad {
  readonly #load: TargetLoad
  readonly #tell: Tell

  constructor(load: TargetLoad, tell: Tell) {
    this.#load = load
    this.#tell = tell
  }

  get inFlight(): number {
    return this.#read('inFlight')
  }

  get firstTokenMs(): number | undefined {
    return this.#read('firstTokenMs')
  }

  get perTokenMs(): number | undefined {
    return this.#read('perTokenMs')
  }

  get quietMs(): number | undefined {
    return this.#read('quietMs')
  }

  get errorShare(): number {
    return this.#read('errorShare')
  }

  get outputTokens(): number | undefined {
    return this.#read('outputTokens')
  }

  get cachedShare(): number | undefined {
    return this.#read('cachedShare')
  }

  get headroom(): number | undefined {
    return this.#read('headroom')
  }

  get tokensLeft(): number | undefined {
    return this.#read('tokensLeft')
  }

  get warmth(): number {
    return this.#read('warmth')
  }

  get owed(): number | undefined {
    return this.#read('owed')
  }

  get wasFirst(): number | undefined {
    return this.#read('wasFirst')
  }

  #read<Measure extends keyof TargetLoad>(measure: Measure): TargetLoad[Measure] {
    const value = this.#load[measure]
    if (value !== undefined && value !== UNSEEN[measure]) this.#tell(measure, value)
    return value
  }
}
