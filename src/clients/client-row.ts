import type { Json } from '../kit/json.ts'

/** Variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>

/** A model that a client may be told of. */
export interface FrontModel {
  readonly id: string
  /** Its whole context, in tokens. */
  readonly contextTokens?: number
  readonly maxOutputTokens?: number
  /** Reads images; absent where nobody knows. */
  readonly vision?: boolean
}

/** What a client is pointed at. */
export interface Front {
  /** Address of the client API, without a path. */
  readonly url: string
  readonly key: string
  /** What it asks for unless somebody chooses. */
  readonly model: string
  /** What it may choose from: what the key may use and can be talked with. */
  readonly models: readonly FrontModel[]
  /** What programs and shells ask, so that the snippet is of use; absent: what a newcomer asks. */
  readonly question?: string
  /** False where nobody answered at the address, and the models are not known. */
  readonly answers: boolean
}

/** What stands behind the address in a client's base URL: it adds the rest of the path itself. */
export type BaseForm = '' | '/v1'

/** A step to a value in a file: a member, or the member of a list that has this name. */
export type Step = string | { readonly name: string }

/** A value of a client's file. */
export interface Setting {
  readonly path: readonly Step[]
  readonly value: Json
  /** Only where there is none yet: what the file needs to be one, and no business of ours. */
  readonly onlyIfAbsent?: true
}

export type FormatName = 'json' | 'toml' | 'yaml' | 'dotenv'

/** A file that a client reads. */
export interface SettingsFile {
  /** Below the home of the user, or below the working directory. */
  readonly place: 'home' | 'here'
  readonly path: string
  readonly format: FormatName
  /** The key stands in it, so that nobody else may read it. */
  readonly hasKey?: true
  /** Nothing where the file is not needed. */
  settings(front: Front): readonly Setting[]
}

/** How a client is started. */
export interface Program {
  /** Looked for on the path. */
  readonly command: string
  /** How it comes onto the machine: a command line, or an address. */
  readonly install: string
  /** What goes before the arguments of the user. */
  arguments?(front: Front): readonly string[]
  /** Variables that it needs where nothing is written, beside the others. */
  environment?(front: Front): Variables
}

/** Text of a program or of a shell. */
export interface Snippet {
  readonly language: 'ts' | 'python' | 'sh'
  text(front: Front): string
}

/** A program or library that can be pointed at the gateway, as data. */
export interface ClientRow {
  /** As it is asked for. */
  readonly name: string
  readonly title: string
  /** Other names that people give it. */
  readonly aliases?: readonly string[]
  /** What it is pointed at: a dialect of the house. */
  readonly dialect: string
  readonly base: BaseForm
  /** What it reads its settings from. */
  readonly reads: string
  /** Variables that point it here; they hold for a shell. */
  environment?(front: Front): Variables
  readonly files?: readonly SettingsFile[]
  /** What has to be done by hand, or can be. */
  steps?(front: Front): readonly string[]
  readonly snippets?: readonly Snippet[]
  readonly program?: Program
  /**
   * What it calls itself on the wire (`client.name`): how its first request is known. Absent where nobody knows, or where it calls itself what
   * many do.
   */
  readonly callsItself?: readonly string[]
  /** What is good to know, beside. */
  readonly notes: readonly string[]
}

/** The base URL that a client is given. */
export function baseUrl({ base }: Pick<ClientRow, 'base'>, { url }: Pick<Front, 'url'>): string {
  return `${url}${base}`
}
