// Made from the OpenAPI document of the admin API by `npm run docs`: what its answers hold.

/** How the gateway and what it depends on are doing. */
export type GetStatusz = {
  readonly version: string
  readonly uptime_s: number
  readonly url: string
  readonly config: {
    readonly plan: string
    readonly file: string | null
    readonly last_reload_ok: boolean
    readonly version: number | null
    readonly tried: number | null
    readonly drifted: boolean
    readonly managed_left_out: boolean
  }
  readonly store: 'ok' | 'failing'
  readonly troubles: readonly ({
    readonly part: string
    readonly text: string
    readonly unready: boolean
  })[]
  readonly draining: boolean
  readonly requests_in_flight: number
  readonly providers: readonly ({
    readonly name: string
    readonly from: string
    readonly state: string
  })[]
  readonly routes: readonly ({
    readonly name: string
    readonly targets: readonly (string)[]
  })[]
}

/** What was done to the gateway and through its admin API, newest first. */
export type GetAudit = {
  readonly data: readonly ({
    readonly sequence: number
    readonly id: string
    readonly at: string
    readonly actor: string
    readonly address?: string
    readonly act: string
    readonly subject?: string
    readonly outcome: string
    readonly digest?: string
    readonly summary: string
    readonly prev: string
    readonly hash: string
    readonly signer: string
    readonly signature: string
  })[]
  readonly has_more: boolean
  readonly next?: string
}

/** Whether the chain is whole: the hash of every entry, the signature of the last, and the end that is kept beside the store. Looked at once a minute at most. */
export type GetAuditState = {
  readonly whole: boolean
  readonly up_to: number
  readonly hash: string
  readonly entries: number
  readonly checked_at: string
  readonly public_key: string
  readonly fault?: {
    readonly kind: string
    readonly sequence: number
    readonly message: string
  }
}

/** Creates a key. Its text is in this answer and nowhere else. */
export type PostKeys = {
  readonly id: string
  readonly name: string
  readonly origin: 'api' | 'file'
  readonly status: 'active' | 'paused' | 'revoked' | 'expired'
  readonly project?: string
  readonly models?: readonly (string)[]
  readonly endpoints?: readonly ('chat' | 'count-tokens' | 'embed' | 'moderate' | 'recall' | 'rerank')[]
  readonly only?: {
    readonly region?: readonly (string)[]
    readonly retention?: string
    readonly data_policy?: string
    readonly providers?: readonly (string)[]
    readonly tags?: readonly (string)[]
  }
  readonly addresses?: readonly (string)[]
  readonly limits: {
    readonly rpm?: number
    readonly tpm?: number
    readonly concurrent?: number
  }
  readonly queue?: {
    readonly max: number
    readonly wait: string
  }
  readonly budgets: readonly ({
    readonly usd: string
    readonly nano_usd: string
    readonly per: string
    readonly spent?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly held?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly extra?: {
      readonly usd: string
      readonly nano_usd: string
    }
  })[]
  readonly used?: {
    readonly rpm?: number
    readonly tpm?: number
  }
  readonly allow: readonly (string)[]
  readonly last_used?: {
    readonly at: string
    readonly exact: boolean
    readonly client?: string
  }
  readonly created_at?: string
  readonly rotated_at?: string
  readonly earlier?: {
    readonly until: string
    readonly used_at?: string
  }
  readonly expires_at?: string
  readonly paused_at?: string
  readonly revoked_at?: string
  readonly key: string
}

/** Lists keys, newest first; the first page begins with those of the configuration file. */
export type GetKeys = {
  readonly data: readonly ({
    readonly id: string
    readonly name: string
    readonly origin: 'api' | 'file'
    readonly status: 'active' | 'paused' | 'revoked' | 'expired'
    readonly project?: string
    readonly models?: readonly (string)[]
    readonly endpoints?: readonly ('chat' | 'count-tokens' | 'embed' | 'moderate' | 'recall' | 'rerank')[]
    readonly only?: {
      readonly region?: readonly (string)[]
      readonly retention?: string
      readonly data_policy?: string
      readonly providers?: readonly (string)[]
      readonly tags?: readonly (string)[]
    }
    readonly addresses?: readonly (string)[]
    readonly limits: {
      readonly rpm?: number
      readonly tpm?: number
      readonly concurrent?: number
    }
    readonly queue?: {
      readonly max: number
      readonly wait: string
    }
    readonly budgets: readonly ({
      readonly usd: string
      readonly nano_usd: string
      readonly per: string
      readonly spent?: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly held?: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly extra?: {
        readonly usd: string
        readonly nano_usd: string
      }
    })[]
    readonly used?: {
      readonly rpm?: number
      readonly tpm?: number
    }
    readonly allow: readonly (string)[]
    readonly last_used?: {
      readonly at: string
      readonly exact: boolean
      readonly client?: string
    }
    readonly created_at?: string
    readonly rotated_at?: string
    readonly earlier?: {
      readonly until: string
      readonly used_at?: string
    }
    readonly expires_at?: string
    readonly paused_at?: string
    readonly revoked_at?: string
  })[]
  readonly has_more: boolean
  readonly next?: string
}

/** Revokes a key. Revoking it again changes nothing. */
export type DeleteKeysId = {
  readonly id: string
  readonly name: string
  readonly origin: 'api' | 'file'
  readonly status: 'active' | 'paused' | 'revoked' | 'expired'
  readonly project?: string
  readonly models?: readonly (string)[]
  readonly endpoints?: readonly ('chat' | 'count-tokens' | 'embed' | 'moderate' | 'recall' | 'rerank')[]
  readonly only?: {
    readonly region?: readonly (string)[]
    readonly retention?: string
    readonly data_policy?: string
    readonly providers?: readonly (string)[]
    readonly tags?: readonly (string)[]
  }
  readonly addresses?: readonly (string)[]
  readonly limits: {
    readonly rpm?: number
    readonly tpm?: number
    readonly concurrent?: number
  }
  readonly queue?: {
    readonly max: number
    readonly wait: string
  }
  readonly budgets: readonly ({
    readonly usd: string
    readonly nano_usd: string
    readonly per: string
    readonly spent?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly held?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly extra?: {
      readonly usd: string
      readonly nano_usd: string
    }
  })[]
  readonly used?: {
    readonly rpm?: number
    readonly tpm?: number
  }
  readonly allow: readonly (string)[]
  readonly last_used?: {
    readonly at: string
    readonly exact: boolean
    readonly client?: string
  }
  readonly created_at?: string
  readonly rotated_at?: string
  readonly earlier?: {
    readonly until: string
    readonly used_at?: string
  }
  readonly expires_at?: string
  readonly paused_at?: string
  readonly revoked_at?: string
}

/** One key, without its text, and what was done to it. */
export type GetKeysId = {
  readonly id: string
  readonly name: string
  readonly origin: 'api' | 'file'
  readonly status: 'active' | 'paused' | 'revoked' | 'expired'
  readonly project?: string
  readonly models?: readonly (string)[]
  readonly endpoints?: readonly ('chat' | 'count-tokens' | 'embed' | 'moderate' | 'recall' | 'rerank')[]
  readonly only?: {
    readonly region?: readonly (string)[]
    readonly retention?: string
    readonly data_policy?: string
    readonly providers?: readonly (string)[]
    readonly tags?: readonly (string)[]
  }
  readonly addresses?: readonly (string)[]
  readonly limits: {
    readonly rpm?: number
    readonly tpm?: number
    readonly concurrent?: number
  }
  readonly queue?: {
    readonly max: number
    readonly wait: string
  }
  readonly budgets: readonly ({
    readonly usd: string
    readonly nano_usd: string
    readonly per: string
    readonly spent?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly held?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly extra?: {
      readonly usd: string
      readonly nano_usd: string
    }
  })[]
  readonly used?: {
    readonly rpm?: number
    readonly tpm?: number
  }
  readonly allow: readonly (string)[]
  readonly last_used?: {
    readonly at: string
    readonly exact: boolean
    readonly client?: string
  }
  readonly created_at?: string
  readonly rotated_at?: string
  readonly earlier?: {
    readonly until: string
    readonly used_at?: string
  }
  readonly expires_at?: string
  readonly paused_at?: string
  readonly revoked_at?: string
  readonly acts: readonly ({
    readonly at: string
    readonly what: 'made' | 'edited' | 'rotated' | 'earlier-ended' | 'paused' | 'resumed' | 'revoked'
    readonly via: 'cli' | 'api'
    readonly by?: string
    readonly detail: string
  })[]
}

/** Says anew what a key may do. What is not said any more does not hold any more; its text stays. */
export type PutKeysId = {
  readonly id: string
  readonly name: string
  readonly origin: 'api' | 'file'
  readonly status: 'active' | 'paused' | 'revoked' | 'expired'
  readonly project?: string
  readonly models?: readonly (string)[]
  readonly endpoints?: readonly ('chat' | 'count-tokens' | 'embed' | 'moderate' | 'recall' | 'rerank')[]
  readonly only?: {
    readonly region?: readonly (string)[]
    readonly retention?: string
    readonly data_policy?: string
    readonly providers?: readonly (string)[]
    readonly tags?: readonly (string)[]
  }
  readonly addresses?: readonly (string)[]
  readonly limits: {
    readonly rpm?: number
    readonly tpm?: number
    readonly concurrent?: number
  }
  readonly queue?: {
    readonly max: number
    readonly wait: string
  }
  readonly budgets: readonly ({
    readonly usd: string
    readonly nano_usd: string
    readonly per: string
    readonly spent?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly held?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly extra?: {
      readonly usd: string
      readonly nano_usd: string
    }
  })[]
  readonly used?: {
    readonly rpm?: number
    readonly tpm?: number
  }
  readonly allow: readonly (string)[]
  readonly last_used?: {
    readonly at: string
    readonly exact: boolean
    readonly client?: string
  }
  readonly created_at?: string
  readonly rotated_at?: string
  readonly earlier?: {
    readonly until: string
    readonly used_at?: string
  }
  readonly expires_at?: string
  readonly paused_at?: string
  readonly revoked_at?: string
}

/** Gives a key another secret, which is in this answer and nowhere else. The one that it has is taken for a time all the same. */
export type PostKeysIdRotate = {
  readonly id: string
  readonly name: string
  readonly origin: 'api' | 'file'
  readonly status: 'active' | 'paused' | 'revoked' | 'expired'
  readonly project?: string
  readonly models?: readonly (string)[]
  readonly endpoints?: readonly ('chat' | 'count-tokens' | 'embed' | 'moderate' | 'recall' | 'rerank')[]
  readonly only?: {
    readonly region?: readonly (string)[]
    readonly retention?: string
    readonly data_policy?: string
    readonly providers?: readonly (string)[]
    readonly tags?: readonly (string)[]
  }
  readonly addresses?: readonly (string)[]
  readonly limits: {
    readonly rpm?: number
    readonly tpm?: number
    readonly concurrent?: number
  }
  readonly queue?: {
    readonly max: number
    readonly wait: string
  }
  readonly budgets: readonly ({
    readonly usd: string
    readonly nano_usd: string
    readonly per: string
    readonly spent?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly held?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly extra?: {
      readonly usd: string
      readonly nano_usd: string
    }
  })[]
  readonly used?: {
    readonly rpm?: number
    readonly tpm?: number
  }
  readonly allow: readonly (string)[]
  readonly last_used?: {
    readonly at: string
    readonly exact: boolean
    readonly client?: string
  }
  readonly created_at?: string
  readonly rotated_at?: string
  readonly earlier?: {
    readonly until: string
    readonly used_at?: string
  }
  readonly expires_at?: string
  readonly paused_at?: string
  readonly revoked_at?: string
  readonly key: string
}

/** Ends the overlap of a rotation: the secret before opens nothing any more. */
export type PostKeysIdEndEarlier = {
  readonly id: string
  readonly name: string
  readonly origin: 'api' | 'file'
  readonly status: 'active' | 'paused' | 'revoked' | 'expired'
  readonly project?: string
  readonly models?: readonly (string)[]
  readonly endpoints?: readonly ('chat' | 'count-tokens' | 'embed' | 'moderate' | 'recall' | 'rerank')[]
  readonly only?: {
    readonly region?: readonly (string)[]
    readonly retention?: string
    readonly data_policy?: string
    readonly providers?: readonly (string)[]
    readonly tags?: readonly (string)[]
  }
  readonly addresses?: readonly (string)[]
  readonly limits: {
    readonly rpm?: number
    readonly tpm?: number
    readonly concurrent?: number
  }
  readonly queue?: {
    readonly max: number
    readonly wait: string
  }
  readonly budgets: readonly ({
    readonly usd: string
    readonly nano_usd: string
    readonly per: string
    readonly spent?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly held?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly extra?: {
      readonly usd: string
      readonly nano_usd: string
    }
  })[]
  readonly used?: {
    readonly rpm?: number
    readonly tpm?: number
  }
  readonly allow: readonly (string)[]
  readonly last_used?: {
    readonly at: string
    readonly exact: boolean
    readonly client?: string
  }
  readonly created_at?: string
  readonly rotated_at?: string
  readonly earlier?: {
    readonly until: string
    readonly used_at?: string
  }
  readonly expires_at?: string
  readonly paused_at?: string
  readonly revoked_at?: string
}

/** Refuses a key, with 403, until it is resumed. */
export type PostKeysIdPause = {
  readonly id: string
  readonly name: string
  readonly origin: 'api' | 'file'
  readonly status: 'active' | 'paused' | 'revoked' | 'expired'
  readonly project?: string
  readonly models?: readonly (string)[]
  readonly endpoints?: readonly ('chat' | 'count-tokens' | 'embed' | 'moderate' | 'recall' | 'rerank')[]
  readonly only?: {
    readonly region?: readonly (string)[]
    readonly retention?: string
    readonly data_policy?: string
    readonly providers?: readonly (string)[]
    readonly tags?: readonly (string)[]
  }
  readonly addresses?: readonly (string)[]
  readonly limits: {
    readonly rpm?: number
    readonly tpm?: number
    readonly concurrent?: number
  }
  readonly queue?: {
    readonly max: number
    readonly wait: string
  }
  readonly budgets: readonly ({
    readonly usd: string
    readonly nano_usd: string
    readonly per: string
    readonly spent?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly held?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly extra?: {
      readonly usd: string
      readonly nano_usd: string
    }
  })[]
  readonly used?: {
    readonly rpm?: number
    readonly tpm?: number
  }
  readonly allow: readonly (string)[]
  readonly last_used?: {
    readonly at: string
    readonly exact: boolean
    readonly client?: string
  }
  readonly created_at?: string
  readonly rotated_at?: string
  readonly earlier?: {
    readonly until: string
    readonly used_at?: string
  }
  readonly expires_at?: string
  readonly paused_at?: string
  readonly revoked_at?: string
}

/** Lets a key that was paused in again. */
export type PostKeysIdResume = {
  readonly id: string
  readonly name: string
  readonly origin: 'api' | 'file'
  readonly status: 'active' | 'paused' | 'revoked' | 'expired'
  readonly project?: string
  readonly models?: readonly (string)[]
  readonly endpoints?: readonly ('chat' | 'count-tokens' | 'embed' | 'moderate' | 'recall' | 'rerank')[]
  readonly only?: {
    readonly region?: readonly (string)[]
    readonly retention?: string
    readonly data_policy?: string
    readonly providers?: readonly (string)[]
    readonly tags?: readonly (string)[]
  }
  readonly addresses?: readonly (string)[]
  readonly limits: {
    readonly rpm?: number
    readonly tpm?: number
    readonly concurrent?: number
  }
  readonly queue?: {
    readonly max: number
    readonly wait: string
  }
  readonly budgets: readonly ({
    readonly usd: string
    readonly nano_usd: string
    readonly per: string
    readonly spent?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly held?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly extra?: {
      readonly usd: string
      readonly nano_usd: string
    }
  })[]
  readonly used?: {
    readonly rpm?: number
    readonly tpm?: number
  }
  readonly allow: readonly (string)[]
  readonly last_used?: {
    readonly at: string
    readonly exact: boolean
    readonly client?: string
  }
  readonly created_at?: string
  readonly rotated_at?: string
  readonly earlier?: {
    readonly until: string
    readonly used_at?: string
  }
  readonly expires_at?: string
  readonly paused_at?: string
  readonly revoked_at?: string
}

/** Attempts, tokens and money by group. */
export type GetUsage = {
  readonly from: string
  readonly to: string
  readonly by: 'model' | 'target' | 'key' | 'user' | 'customer' | 'project' | 'team' | 'organisation' | 'route' | 'purpose' | 'day'
  readonly data: readonly ({
    readonly name: string
    readonly attempts: number
    readonly input_tokens: number
    readonly output_tokens: number
    readonly usage: {
      readonly input_audio_tokens: number
      readonly cache_write_long_tokens: number
      readonly cache_write_tokens: number
      readonly input_tokens: number
      readonly cache_read_tokens: number
      readonly output_audio_tokens: number
      readonly reasoning_tokens: number
      readonly output_tokens: number
      readonly hidden_input_tokens: number
      readonly hidden_output_tokens: number
      readonly web_searches?: number
      readonly characters?: number
      readonly seconds?: number
      readonly images?: number
      readonly searches?: number
      readonly pages?: number
    }
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly charged: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly simulated: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly saved?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly simulated_saved?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly from_cache?: number
    readonly cache_saved?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly unpriced_attempts: number
    readonly estimated_attempts: number
    readonly anomalous_attempts: number
  })[]
  readonly total: {
    readonly name: string
    readonly attempts: number
    readonly input_tokens: number
    readonly output_tokens: number
    readonly usage: {
      readonly input_audio_tokens: number
      readonly cache_write_long_tokens: number
      readonly cache_write_tokens: number
      readonly input_tokens: number
      readonly cache_read_tokens: number
      readonly output_audio_tokens: number
      readonly reasoning_tokens: number
      readonly output_tokens: number
      readonly hidden_input_tokens: number
      readonly hidden_output_tokens: number
      readonly web_searches?: number
      readonly characters?: number
      readonly seconds?: number
      readonly images?: number
      readonly searches?: number
      readonly pages?: number
    }
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly charged: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly simulated: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly saved?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly simulated_saved?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly from_cache?: number
    readonly cache_saved?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly unpriced_attempts: number
    readonly estimated_attempts: number
    readonly anomalous_attempts: number
  }
}

/** Where the money goes: over time, by name, against the weeks before and why it moved, what was wasted and saved. */
export type GetCost = {
  readonly from: string
  readonly to: string
  readonly step: '1h' | '1d'
  readonly by: 'provider' | 'model' | 'target' | 'route' | 'key' | 'project' | 'user' | 'customer' | 'team' | 'organisation' | 'purpose' | 'session' | 'tag' | 'operation' | 'client' | 'arm'
  readonly money: 'real' | 'simulated'
  readonly total: {
    readonly attempts: number
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly simulated: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly unpriced_attempts: number
    readonly usage: {
      readonly input_audio_tokens: number
      readonly cache_write_long_tokens: number
      readonly cache_write_tokens: number
      readonly input_tokens: number
      readonly cache_read_tokens: number
      readonly output_audio_tokens: number
      readonly reasoning_tokens: number
      readonly output_tokens: number
      readonly hidden_input_tokens: number
      readonly hidden_output_tokens: number
      readonly web_searches?: number
      readonly characters?: number
      readonly seconds?: number
      readonly images?: number
      readonly searches?: number
      readonly pages?: number
    }
    readonly amount: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly estimated?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly requests?: number
    readonly per_request?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly per_1k_output?: {
      readonly usd: string
      readonly nano_usd: string
    }
  }
  readonly compared?: {
    readonly from: string
    readonly to: string
    readonly with_from: string
    readonly with_to: string
    readonly days_before: number
    readonly now: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly before: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly change: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly requests_now?: number
    readonly requests_before?: number
    readonly drivers: readonly ({
      readonly driver: 'volume' | 'tries' | 'mix' | 'tokens' | 'price'
      readonly amount: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly evidence: readonly ({
        readonly target: string
        readonly amount: {
          readonly usd: string
          readonly nano_usd: string
        }
        readonly before: number
        readonly after: number
      })[]
      readonly q: string
    })[]
  }
  readonly at: readonly (string)[]
  readonly unfinished?: number
  readonly lines: readonly ({
    readonly name: string
    readonly label?: string
    readonly amounts: readonly ({
      readonly usd: string
      readonly nano_usd: string
    })[]
  })[]
  readonly others: {
    readonly names: number
    readonly amounts: readonly ({
      readonly usd: string
      readonly nano_usd: string
    })[]
  }
  readonly groups: readonly ({
    readonly name: string
    readonly label?: string
    readonly amount: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly finished: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly before?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly attempts: number
    readonly requests?: number
    readonly unpriced: number
    readonly usage?: {
      readonly input_audio_tokens: number
      readonly cache_write_long_tokens: number
      readonly cache_write_tokens: number
      readonly input_tokens: number
      readonly cache_read_tokens: number
      readonly output_audio_tokens: number
      readonly reasoning_tokens: number
      readonly output_tokens: number
      readonly hidden_input_tokens: number
      readonly hidden_output_tokens: number
      readonly web_searches?: number
      readonly characters?: number
      readonly seconds?: number
      readonly images?: number
      readonly searches?: number
      readonly pages?: number
    }
  })[]
  readonly pivot?: {
    readonly rows_by: 'provider' | 'model' | 'target' | 'route' | 'key' | 'project' | 'user' | 'customer' | 'team' | 'organisation' | 'purpose'
    readonly columns: readonly (string)[]
    readonly rows: readonly ({
      readonly name: string
      readonly label?: string
      readonly amounts: readonly ({
        readonly usd: string
        readonly nano_usd: string
      })[]
      readonly other: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly total: {
        readonly usd: string
        readonly nano_usd: string
      }
    })[]
    readonly totals: readonly ({
      readonly usd: string
      readonly nano_usd: string
    })[]
    readonly other: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly total: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly other_rows: number
    readonly other_columns: number
    readonly partial?: true
    readonly looked_at?: {
      readonly requests: number
      readonly back_to: string
    }
  }
  readonly waste: {
    readonly lost: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly beside: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly losses: readonly ({
      readonly loss: 'failed' | 'abandoned' | 'retried' | 'hedged' | 'beside'
      readonly attempts: number
      readonly amount: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly q: string
    })[]
    readonly partial?: true
    readonly looked_at?: {
      readonly requests: number
      readonly back_to: string
    }
  }
  readonly saved: {
    readonly provider_caches?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly rungs?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly kept_answers?: {
      readonly usd: string
      readonly nano_usd: string
    }
  }
  readonly partial?: true
  readonly looked_at?: {
    readonly requests: number
    readonly back_to: string
  }
}

/** What was spent, a line for each day, model, route and key, as the text of a file. */
export type GetCostExport = {
  readonly format: 'csv' | 'jsonl' | 'focus'
  readonly lines: number
  readonly text: string
}

/** What caches of providers saved by route, and what marks in prompts would save where there are none. */
export type GetPromptCaches = {
  readonly from: string
  readonly to: string
  readonly assumption: {
    readonly read_share: number
    readonly written_per_read: number
    readonly from: 'measured' | 'assumed'
  }
  readonly data: readonly ({
    readonly route: string
    readonly prompt_cache: 'auto' | 'off'
    readonly attempts: number
    readonly input_tokens: number
    readonly read_tokens: number
    readonly written_tokens: number
    readonly saved: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly simulated_saved: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly would_save: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly simulated_would_save: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly unpriced: number
  })[]
}

/** Every budget: what is spent, held and left of it, whether it will last; one of them from near; and who is held back by limits. */
export type GetBudgets = {
  readonly at: string
  readonly data: readonly ({
    readonly id: string
    readonly scope: 'key' | 'user' | 'customer' | 'project' | 'team' | 'organisation'
    readonly owner: string
    readonly name: string
    readonly per: 'hour' | 'day' | 'week' | 'month' | 'total'
    readonly starts_at?: string
    readonly ends_at?: string
    readonly limit: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly extra?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly settled: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly reserved: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly requests_under_way: number
    readonly remaining: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly state: 'spent' | 'runs-out' | 'tight' | 'lasts' | 'unknown'
    readonly forecast?: {
      readonly expected: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly low: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly high: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly exhausted_at?: string
      readonly earliest_at?: string
      readonly founded_on: number
    }
    readonly at_end: 'refuse'
  })[]
  readonly more_accounts: boolean
  readonly focus?: {
    readonly id: string
    readonly left: readonly ({
      readonly at: string
      readonly left: {
        readonly usd: string
        readonly nano_usd: string
      }
    })[]
    readonly ahead: readonly ({
      readonly at: string
      readonly left: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly least: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly most: {
        readonly usd: string
        readonly nano_usd: string
      }
    })[]
    readonly burners: readonly ({
      readonly target: string
      readonly amount: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly attempts: number
    })[]
    readonly before: readonly ({
      readonly starts_at: string
      readonly ends_at: string
      readonly spent: {
        readonly usd: string
        readonly nano_usd: string
      }
    })[]
  }
  readonly top_ups: readonly ({
    readonly id: string
    readonly at: string
    readonly scope: 'key' | 'user' | 'customer' | 'project' | 'team' | 'organisation'
    readonly owner: string
    readonly per: 'hour' | 'day' | 'week' | 'month' | 'total'
    readonly extra: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly until: string
    readonly reason: string
    readonly by?: string
    readonly state: 'holds' | 'over' | 'ended'
    readonly ended_at?: string
  })[]
  readonly limits: {
    readonly rates: readonly ({
      readonly scope: 'key' | 'user' | 'customer' | 'project' | 'team' | 'organisation'
      readonly owner: string
      readonly name: string
      readonly metric: 'requests' | 'tokens'
      readonly limit: number
      readonly used: number
      readonly resets_ms: number
    })[]
    readonly queues: readonly ({
      readonly name: string
      readonly limit: number
      readonly in_use: number
      readonly waiting: number
    })[]
    readonly refused: readonly ({
      readonly key: string
      readonly name?: string
      readonly project: string
      readonly outcome: string
      readonly requests: number
      readonly last_at: string
    })[]
    readonly absorbed: readonly ({
      readonly provider: string
      readonly attempts: number
    })[]
  }
}

/** Raises a budget until a time. It holds for the next request, ends by itself, and stays on record. */
export type PostTopUps = {
  readonly id: string
  readonly at: string
  readonly scope: 'key' | 'user' | 'customer' | 'project' | 'team' | 'organisation'
  readonly owner: string
  readonly per: 'hour' | 'day' | 'week' | 'month' | 'total'
  readonly extra: {
    readonly usd: string
    readonly nano_usd: string
  }
  readonly until: string
  readonly reason: string
  readonly by?: string
  readonly state: 'holds' | 'over' | 'ended'
  readonly ended_at?: string
}

/** Ends what was added to a budget before its time. */
export type DeleteTopUpsId = {
  readonly id: string
  readonly at: string
  readonly scope: 'key' | 'user' | 'customer' | 'project' | 'team' | 'organisation'
  readonly owner: string
  readonly per: 'hour' | 'day' | 'week' | 'month' | 'total'
  readonly extra: {
    readonly usd: string
    readonly nano_usd: string
  }
  readonly until: string
  readonly reason: string
  readonly by?: string
  readonly state: 'holds' | 'over' | 'ended'
  readonly ended_at?: string
}

/** Requests, newest first. */
export type GetRequests = {
  readonly data: readonly ({
    readonly id: string
    readonly at: string
    readonly dialect: string
    readonly operation: string
    readonly stream: boolean
    readonly requested_model: string
    readonly route?: string
    readonly target?: string
    readonly key_id?: string
    readonly user_id?: string
    readonly customer_id?: string
    readonly project?: string
    readonly team_id?: string
    readonly organisation_id?: string
    readonly key_name?: string
    readonly outcome: string
    readonly status: number
    readonly duration_ms: number
    readonly first_event_ms?: number
    readonly upstream_ms: number
    readonly input_tokens: number
    readonly output_tokens: number
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    } | 'unpriced'
    readonly saved?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly cache?: string
    readonly estimated: boolean
    readonly simulated: boolean
    readonly attempts: string
    readonly notices: string
    readonly decision_id?: string
    readonly plan: string
    readonly purpose?: string
    readonly parent_id?: string
  })[]
  readonly has_more: boolean
  readonly next?: string
  readonly partial?: true
  readonly looked_at?: {
    readonly requests: number
    readonly back_to: string
  }
}

/** How many requests of clients there are of each outcome, route and so on. What the query asks of a field is left aside where that field is counted. */
export type GetRequestsFacets = {
  readonly from: string
  readonly to: string
  readonly data: readonly ({
    readonly field: 'outcome' | 'route' | 'provider' | 'target' | 'model' | 'key' | 'project' | 'user' | 'customer' | 'team' | 'organisation' | 'client' | 'session' | 'dialect' | 'operation' | 'cache'
    readonly values: readonly ({
      readonly value: string
      readonly name?: string
      readonly requests: number
    })[]
    readonly others: number
    readonly answered_from: 'sums' | 'requests'
    readonly partial?: true
    readonly looked_at?: {
      readonly requests: number
      readonly back_to: string
    }
  })[]
}

/** One request with its attempts, its decision, and whatever else is to be answered along. */
export type GetRequestsId = {
  readonly id: string
  readonly at: string
  readonly dialect: string
  readonly operation: string
  readonly stream: boolean
  readonly requested_model: string
  readonly route?: string
  readonly target?: string
  readonly key_id?: string
  readonly user_id?: string
  readonly customer_id?: string
  readonly project?: string
  readonly team_id?: string
  readonly organisation_id?: string
  readonly key_name?: string
  readonly outcome: string
  readonly status: number
  readonly duration_ms: number
  readonly first_event_ms?: number
  readonly upstream_ms: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cost: {
    readonly usd: string
    readonly nano_usd: string
  } | 'unpriced'
  readonly saved?: {
    readonly usd: string
    readonly nano_usd: string
  }
  readonly cache?: string
  readonly estimated: boolean
  readonly simulated: boolean
  readonly attempts: string
  readonly notices: string
  readonly decision_id?: string
  readonly plan: string
  readonly purpose?: string
  readonly parent_id?: string
  readonly attempt_rows: readonly ({
    readonly id: string
    readonly ordinal: number
    readonly begun_for?: string
    readonly rung?: number
    readonly at: string
    readonly target: string
    readonly outcome: string
    readonly status?: number
    readonly duration_ms: number
    readonly input_audio_tokens: number
    readonly cache_write_long_tokens: number
    readonly cache_write_tokens: number
    readonly input_tokens: number
    readonly cache_read_tokens: number
    readonly output_audio_tokens: number
    readonly reasoning_tokens: number
    readonly output_tokens: number
    readonly hidden_input_tokens: number
    readonly hidden_output_tokens: number
    readonly web_searches?: number
    readonly characters?: number
    readonly seconds?: number
    readonly images?: number
    readonly searches?: number
    readonly pages?: number
    readonly basis: string
    readonly anomalies?: readonly (string)[]
    readonly served_tiers?: readonly (string)[]
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    } | 'unpriced'
    readonly charged?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly price_id?: string
    readonly simulated: boolean
    readonly purpose?: string
  })[]
  readonly decision: unknown
  readonly feedback: readonly ({
    readonly at: string
    readonly score: number
    readonly label?: string
    readonly labels?: readonly (string)[]
    readonly comment?: string
    readonly by?: string
    readonly key_id?: string
  })[]
  readonly receipt?: {
    readonly request_id: string
    readonly at: string
    readonly outcome: string
    readonly guardrails: readonly ({
      readonly phase: 'input' | 'output'
      readonly guardrail: string
      readonly verdict: 'passed' | 'flagged' | 'failed' | 'masked' | 'restricted' | 'blocked'
      readonly shadow: boolean
      readonly found?: Readonly<Record<string, number>>
    })[]
    readonly replay_of?: string
    readonly cache?: {
      readonly outcome: string
      readonly first_at?: string
      readonly first_request_id?: string
      readonly saved?: {
        readonly usd: string
        readonly nano_usd: string
      }
    }
    readonly attempts: readonly ({
      readonly id: string
      readonly request_id: string
      readonly ordinal: number
      readonly target: string
      readonly outcome: string
      readonly purpose?: string
      readonly basis: string
      readonly state: 'settled' | 'estimated' | 'unpriced' | 'unused'
      readonly simulated: boolean
      readonly price?: {
        readonly id: string
        readonly source: string
        readonly now?: string
      }
      readonly lines: readonly ({
        readonly unit: string
        readonly quantity: number
        readonly price_usd: string
        readonly per: number
        readonly amount_pico_usd: string
      })[]
      readonly rounded_up_pico_usd: string
      readonly no_arithmetic?: 'no-price' | 'other-service' | 'target-gone' | 'price-changed'
      readonly cost: {
        readonly usd: string
        readonly nano_usd: string
      } | 'unpriced'
      readonly charged?: {
        readonly usd: string
        readonly nano_usd: string
      }
    })[]
    readonly asked: readonly ({
      readonly id: string
      readonly request_id: string
      readonly ordinal: number
      readonly target: string
      readonly outcome: string
      readonly purpose?: string
      readonly basis: string
      readonly state: 'settled' | 'estimated' | 'unpriced' | 'unused'
      readonly simulated: boolean
      readonly price?: {
        readonly id: string
        readonly source: string
        readonly now?: string
      }
      readonly lines: readonly ({
        readonly unit: string
        readonly quantity: number
        readonly price_usd: string
        readonly per: number
        readonly amount_pico_usd: string
      })[]
      readonly rounded_up_pico_usd: string
      readonly no_arithmetic?: 'no-price' | 'other-service' | 'target-gone' | 'price-changed'
      readonly cost: {
        readonly usd: string
        readonly nano_usd: string
      } | 'unpriced'
      readonly charged?: {
        readonly usd: string
        readonly nano_usd: string
      }
    })[]
    readonly own: {
      readonly cost: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly simulated: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly unpriced_attempts: number
      readonly estimated_attempts: number
    }
    readonly total: {
      readonly cost: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly simulated: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly unpriced_attempts: number
      readonly estimated_attempts: number
    }
  }
  readonly replay?: {
    readonly same?: boolean
    readonly same_plan?: boolean
    readonly made?: unknown
    readonly impossible?: string
  }
  readonly flips?: {
    readonly same: boolean
    readonly before: {
      readonly step?: string
      readonly target?: string
    }
    readonly after: {
      readonly step?: string
      readonly target?: string
    }
    readonly unknown: readonly (string)[]
    readonly flips: readonly ({
      readonly change: string
      readonly outcome: {
        readonly step?: string
        readonly target?: string
        readonly reason?: string
        readonly detail?: string
        readonly failure?: {
          readonly code: string
          readonly message: string
          readonly status: number
        }
      }
    })[]
  }
  readonly neighbours?: {
    readonly newer?: string
    readonly older?: string
  }
  readonly curl?: string
}

/** What was said in a request, where that is kept; else why not. Whoever reads it leaves a line in the log. */
export type GetRequestsIdContent = {
  readonly request_id: string
  readonly at: string
  readonly v: number
  readonly keep: 'redacted' | 'full'
  readonly dialect: string
  readonly operation: string
  readonly masked?: Readonly<Record<string, number>>
  readonly remembered?: {
    readonly values: number
    readonly shown: boolean
    readonly allowed: boolean
  }
  readonly request: {
    readonly model: string
    readonly stream: boolean
    readonly turns?: readonly (unknown)[]
    readonly turns_left_out?: number
  }
  readonly upstream?: {
    readonly attempt: string
    readonly target: string
    readonly model: string
    readonly dialect: string
    readonly lane: 'native' | 'translated'
    readonly bytes: number
    readonly changes?: readonly ({
      readonly path: string
      readonly change: 'changed' | 'added' | 'dropped'
      readonly from?: string
      readonly to?: string
    })[]
    readonly changes_omitted?: number
    readonly not_compared?: 'no-body' | 'in-parts' | 'too-large' | 'not-read'
  }
  readonly answer?: {
    readonly model?: string
    readonly response_id?: string
    readonly choices?: readonly ({
      readonly blocks: readonly (unknown)[]
      readonly finish?: string
    })[]
    readonly is_cut?: true
  }
  readonly ended_by?: {
    readonly code: string
    readonly message: string
  }
  readonly failed_attempts: readonly ({
    readonly attempt: string
    readonly target: string
    readonly code: string
    readonly message: string
    readonly status?: number
    readonly body?: string
  })[]
}

/** Removes what was said in a request. The request itself stays in the log. */
export type DeleteRequestsIdContent = {
  readonly removed: number
  readonly forgotten: number
  readonly cached_answers: number
}

/** Removes what was said in all requests of one owner, and what the cache keeps of it. */
export type DeleteContent = {
  readonly removed: number
  readonly forgotten: number
  readonly cached_answers: number
}

/** What people think of answers, newest first. */
export type GetFeedback = {
  readonly data: readonly ({
    readonly at: string
    readonly score: number
    readonly label?: string
    readonly labels?: readonly (string)[]
    readonly comment?: string
    readonly by?: string
    readonly key_id?: string
    readonly request_id: string
  })[]
  readonly has_more: boolean
  readonly next?: string
}

/** Says what somebody thought of an answer. It is shown with the request, and goes with it. */
export type PostRequestsIdFeedback = {
  readonly at: string
  readonly score: number
  readonly label?: string
  readonly labels?: readonly (string)[]
  readonly comment?: string
  readonly by?: string
  readonly key_id?: string
}

/** What a request cost, attempt by attempt and unit by unit, with what was asked on its behalf. */
export type GetReceiptsId = {
  readonly request_id: string
  readonly at: string
  readonly outcome: string
  readonly guardrails: readonly ({
    readonly phase: 'input' | 'output'
    readonly guardrail: string
    readonly verdict: 'passed' | 'flagged' | 'failed' | 'masked' | 'restricted' | 'blocked'
    readonly shadow: boolean
    readonly found?: Readonly<Record<string, number>>
  })[]
  readonly replay_of?: string
  readonly cache?: {
    readonly outcome: string
    readonly first_at?: string
    readonly first_request_id?: string
    readonly saved?: {
      readonly usd: string
      readonly nano_usd: string
    }
  }
  readonly attempts: readonly ({
    readonly id: string
    readonly request_id: string
    readonly ordinal: number
    readonly target: string
    readonly outcome: string
    readonly purpose?: string
    readonly basis: string
    readonly state: 'settled' | 'estimated' | 'unpriced' | 'unused'
    readonly simulated: boolean
    readonly price?: {
      readonly id: string
      readonly source: string
      readonly now?: string
    }
    readonly lines: readonly ({
      readonly unit: string
      readonly quantity: number
      readonly price_usd: string
      readonly per: number
      readonly amount_pico_usd: string
    })[]
    readonly rounded_up_pico_usd: string
    readonly no_arithmetic?: 'no-price' | 'other-service' | 'target-gone' | 'price-changed'
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    } | 'unpriced'
    readonly charged?: {
      readonly usd: string
      readonly nano_usd: string
    }
  })[]
  readonly asked: readonly ({
    readonly id: string
    readonly request_id: string
    readonly ordinal: number
    readonly target: string
    readonly outcome: string
    readonly purpose?: string
    readonly basis: string
    readonly state: 'settled' | 'estimated' | 'unpriced' | 'unused'
    readonly simulated: boolean
    readonly price?: {
      readonly id: string
      readonly source: string
      readonly now?: string
    }
    readonly lines: readonly ({
      readonly unit: string
      readonly quantity: number
      readonly price_usd: string
      readonly per: number
      readonly amount_pico_usd: string
    })[]
    readonly rounded_up_pico_usd: string
    readonly no_arithmetic?: 'no-price' | 'other-service' | 'target-gone' | 'price-changed'
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    } | 'unpriced'
    readonly charged?: {
      readonly usd: string
      readonly nano_usd: string
    }
  })[]
  readonly own: {
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly simulated: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly unpriced_attempts: number
    readonly estimated_attempts: number
  }
  readonly total: {
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly simulated: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly unpriced_attempts: number
    readonly estimated_attempts: number
  }
}

/** Sessions of a time, the one that asked last first, out of the newest 1000 requests that name one. */
export type GetSessions = {
  readonly from: string
  readonly to: string
  readonly data: readonly ({
    readonly id: string
    readonly requests: number
    readonly first_at: string
    readonly last_at: string
    readonly targets: readonly (string)[]
    readonly more_targets: number
    readonly failed: number
    readonly input_tokens: number
    readonly output_tokens: number
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly simulated: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly estimated: boolean
    readonly unpriced: number
  })[]
  readonly has_more: boolean
  readonly partial?: true
  readonly looked_at?: {
    readonly requests: number
    readonly back_to: string
  }
}

/** One session with its requests in their order, the newest 1000 of them. */
export type GetSessionsId = {
  readonly id: string
  readonly requests: number
  readonly first_at: string
  readonly last_at: string
  readonly targets: readonly (string)[]
  readonly more_targets: number
  readonly failed: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cost: {
    readonly usd: string
    readonly nano_usd: string
  }
  readonly simulated: {
    readonly usd: string
    readonly nano_usd: string
  }
  readonly estimated: boolean
  readonly unpriced: number
  readonly request_rows: readonly ({
    readonly id: string
    readonly at: string
    readonly dialect: string
    readonly operation: string
    readonly stream: boolean
    readonly requested_model: string
    readonly route?: string
    readonly target?: string
    readonly key_id?: string
    readonly user_id?: string
    readonly customer_id?: string
    readonly project?: string
    readonly team_id?: string
    readonly organisation_id?: string
    readonly key_name?: string
    readonly outcome: string
    readonly status: number
    readonly duration_ms: number
    readonly first_event_ms?: number
    readonly upstream_ms: number
    readonly input_tokens: number
    readonly output_tokens: number
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    } | 'unpriced'
    readonly saved?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly cache?: string
    readonly estimated: boolean
    readonly simulated: boolean
    readonly attempts: string
    readonly notices: string
    readonly decision_id?: string
    readonly plan: string
    readonly purpose?: string
    readonly parent_id?: string
  })[]
  readonly partial?: true
  readonly looked_at?: {
    readonly requests: number
    readonly back_to: string
  }
}

/** The decision of a request, by its own id (dec_…) or that of the request (req_…). */
export type GetDecisionsId = {
  readonly request_id: string
  readonly decision: unknown
  readonly attempts: string
  readonly replay?: {
    readonly same?: boolean
    readonly same_plan?: boolean
    readonly made?: unknown
    readonly impossible?: string
  }
}

/** Queries for requests that are kept under a name. */
export type GetViews = {
  readonly data: readonly ({
    readonly name: string
    readonly q: string
    readonly changed_at: string
  })[]
}

/** One of them. */
export type GetViewsName = {
  readonly name: string
  readonly q: string
  readonly changed_at: string
}

/** Keeps a query under a name, in the place of the one that is there. */
export type PutViewsName = {
  readonly name: string
  readonly q: string
  readonly changed_at: string
}

/** Forgets a view. */
export type DeleteViewsName = {
  readonly removed: string
}

/** The routes, whom they ask, and what came of it in a time. */
export type GetRoutes = {
  readonly from: string
  readonly to: string
  readonly data: readonly ({
    readonly name: string
    readonly origin?: 'file' | 'managed' | 'found' | 'default'
    readonly strategy: string
    readonly takes?: string
    readonly targets: readonly (string)[]
    readonly steps: readonly (string)[]
    readonly requests: number
    readonly failed: number
    readonly attempts: number
    readonly fallbacks: number
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly estimated: boolean
    readonly simulated: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly duration_p95_ms?: number
  })[]
  readonly has_more: boolean
}

/** One route: its ways, as it is written, and who answered its requests. */
export type GetRoutesName = {
  readonly name: string
  readonly origin?: 'file' | 'managed' | 'found' | 'default'
  readonly strategy: string
  readonly takes?: string
  readonly targets: readonly (string)[]
  readonly yaml?: string
  readonly path?: string
  readonly line?: number
  readonly version?: number
  readonly ways: readonly ({
    readonly step?: string
    readonly when?: string
    readonly refuses?: string
    readonly strategy: string
    readonly weighted: boolean
    readonly only: readonly (string)[]
    readonly targets: readonly ({
      readonly target: string
      readonly weight: number
      readonly simulated: boolean
    })[]
    readonly fallback: readonly ({
      readonly target: string
      readonly weight: number
      readonly simulated: boolean
    })[]
    readonly attempts: number
    readonly deadline_ms: number
  })[]
  readonly from: string
  readonly to: string
  readonly figures: {
    readonly requests: number
    readonly failed: number
    readonly attempts: number
    readonly fallbacks: number
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly estimated: boolean
    readonly simulated: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly duration_p95_ms?: number
  }
  readonly answered_by: readonly ({
    readonly target: string
    readonly requests: number
    readonly failed: number
    readonly attempts: number
    readonly fallbacks: number
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly estimated: boolean
    readonly simulated: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly duration_p95_ms?: number
  })[]
}

/** Requests, tokens, money and times by minute, hour or day, in all or by name. */
export type GetSeries = {
  readonly from: string
  readonly to: string
  readonly step: '1m' | '5m' | '15m' | '1h' | '3h' | '6h' | '1d'
  readonly step_ms: number
  readonly by?: 'route' | 'target' | 'provider' | 'key' | 'project' | 'outcome'
  readonly measures: readonly ({
    readonly name: string
    readonly unit: 'count' | 'tokens' | 'usd' | 'ms' | 'share'
  })[]
  readonly at: readonly (string)[]
  readonly unfinished?: number
  readonly series: readonly ({
    readonly name: string
    readonly values: Readonly<Record<string, readonly (number | {
      readonly usd: string
      readonly nano_usd: string
    } | null)[]>>
  })[]
  readonly others: number
  readonly answered_from: 'sums' | 'requests'
  readonly complete_from?: string
  readonly partial?: true
  readonly looked_at?: {
    readonly requests: number
    readonly back_to: string
  }
}

/** What would become of a request, why, and what would flip that. Nobody is asked. */
export type PostExplain = {
  readonly model: string
  readonly operation: string
  readonly plan: string
  readonly input_tokens: number
  readonly key?: string
  readonly dialect?: string
  readonly route?: string
  readonly step?: string
  readonly strategy?: string
  readonly attempts?: number
  readonly steps: unknown
  readonly candidates: readonly ({
    readonly step: 'rank' | 'filter'
    readonly target: string
    readonly place?: number
    readonly reason: string
    readonly detail: string
    readonly why: string
    readonly expected_cost_usd?: string
    readonly speaks: readonly (string)[]
    readonly facts: unknown
    readonly price: string
  })[]
  readonly failure?: {
    readonly code: string
    readonly message: string
    readonly status: number
  }
  readonly flips: readonly ({
    readonly change: string
    readonly outcome: {
      readonly step?: string
      readonly target?: string
      readonly reason?: string
      readonly detail?: string
      readonly failure?: {
        readonly code: string
        readonly message: string
        readonly status: number
      }
    }
  })[]
  readonly outage?: unknown
}

/** What a changed configuration would have made of the requests in the log. Nobody is asked. */
export type PostWhatIf = {
  readonly requests: number
  readonly from?: string
  readonly to?: string
  readonly asked_by_the_gateway: number
  readonly not_decided: number
  readonly unknown: readonly ({
    readonly what: string
    readonly requests: number
    readonly example: string
  })[]
  readonly unchanged: number
  readonly moved: number
  readonly moves: readonly ({
    readonly from: string
    readonly to: string
    readonly requests: number
    readonly example: string
    readonly share: number
    readonly cost: {
      readonly recorded_usd: string
      readonly expected_usd: string
      readonly difference_usd: string
      readonly difference_percent?: number
    }
    readonly simulated_cost?: {
      readonly recorded_usd: string
      readonly expected_usd: string
      readonly difference_usd: string
      readonly difference_percent?: number
    }
    readonly unpriced_requests: number
    readonly first_event_ms_recorded?: number
    readonly first_event_ms_expected?: number
  })[]
  readonly cost: {
    readonly recorded_usd: string
    readonly expected_usd: string
    readonly difference_usd: string
    readonly difference_percent?: number
    readonly unpriced_requests: number
  }
  readonly simulated_cost?: {
    readonly recorded_usd: string
    readonly expected_usd: string
    readonly difference_usd: string
    readonly difference_percent?: number
  }
  readonly newly_routable: number
  readonly newly_unroutable: readonly ({
    readonly code: string
    readonly requests: number
    readonly example: string
    readonly message: string
  })[]
  readonly constraints_broken: readonly ({
    readonly by: string
    readonly wants: string
    readonly target: string
    readonly requests: number
    readonly example: string
  })[]
  readonly examples: readonly (string)[]
}

/** The configuration in force: every object, where it comes from, and what it says. */
export type GetConfig = {
  readonly version: {
    readonly number: number
    readonly at: string
    readonly by: 'file' | 'cli' | 'api'
    readonly author?: string
    readonly comment?: string
    readonly of?: number
    readonly hash: string
    readonly changes: readonly (string)[]
    readonly left_out?: string
    readonly state: 'in-force' | 'tried' | 'replaced' | 'rolled-back' | 'given-up'
    readonly verdict?: string
  } | null
  readonly plan: string
  readonly file: {
    readonly path: string
    readonly ok: boolean
    readonly drifted: boolean
  } | null
  readonly left_out: readonly ({
    readonly severity: 'error' | 'warning'
    readonly layer: 'file' | 'managed'
    readonly path: string
    readonly message: string
    readonly value?: string
    readonly hint?: string
    readonly line?: number
    readonly column?: number
  })[]
  readonly warnings: readonly ({
    readonly severity: 'error' | 'warning'
    readonly layer: 'file' | 'managed'
    readonly path: string
    readonly message: string
    readonly value?: string
    readonly hint?: string
    readonly line?: number
    readonly column?: number
  })[]
  readonly objects: readonly ({
    readonly section: string
    readonly name: string
    readonly origin: 'file' | 'managed' | 'found' | 'default'
    readonly path: string
    readonly line?: number
    readonly value: unknown
    readonly shadows?: boolean
  })[]
  readonly settings: readonly ({
    readonly section: string
    readonly origin: 'file' | 'default'
    readonly value: unknown
  })[]
}

/** The managed document: what is configured here and not in the file. */
export type GetConfigManaged = {
  readonly managed: string
}

/** Puts another managed document in force, as a new version. */
export type PutConfigManaged = {
  readonly version: {
    readonly number: number
    readonly at: string
    readonly by: 'file' | 'cli' | 'api'
    readonly author?: string
    readonly comment?: string
    readonly of?: number
    readonly hash: string
    readonly changes: readonly (string)[]
    readonly left_out?: string
    readonly state: 'in-force' | 'tried' | 'replaced' | 'rolled-back' | 'given-up'
    readonly verdict?: string
  }
  readonly changed: boolean
}

/** What is wrong with a draft, what it would change, and what would move. Nothing is put in force. */
export type PostConfigCheck = {
  readonly ok: boolean
  readonly problems: readonly ({
    readonly severity: 'error' | 'warning'
    readonly layer: 'file' | 'managed'
    readonly path: string
    readonly message: string
    readonly value?: string
    readonly hint?: string
    readonly line?: number
    readonly column?: number
  })[]
  readonly changes: readonly ({
    readonly section: string
    readonly name?: string
    readonly kind: 'added' | 'changed' | 'removed'
    readonly text: string
  })[]
  readonly what_if?: {
    readonly requests: number
    readonly from?: string
    readonly to?: string
    readonly asked_by_the_gateway: number
    readonly not_decided: number
    readonly unknown: readonly ({
      readonly what: string
      readonly requests: number
      readonly example: string
    })[]
    readonly unchanged: number
    readonly moved: number
    readonly moves: readonly ({
      readonly from: string
      readonly to: string
      readonly requests: number
      readonly example: string
      readonly share: number
      readonly cost: {
        readonly recorded_usd: string
        readonly expected_usd: string
        readonly difference_usd: string
        readonly difference_percent?: number
      }
      readonly simulated_cost?: {
        readonly recorded_usd: string
        readonly expected_usd: string
        readonly difference_usd: string
        readonly difference_percent?: number
      }
      readonly unpriced_requests: number
      readonly first_event_ms_recorded?: number
      readonly first_event_ms_expected?: number
    })[]
    readonly cost: {
      readonly recorded_usd: string
      readonly expected_usd: string
      readonly difference_usd: string
      readonly difference_percent?: number
      readonly unpriced_requests: number
    }
    readonly simulated_cost?: {
      readonly recorded_usd: string
      readonly expected_usd: string
      readonly difference_usd: string
      readonly difference_percent?: number
    }
    readonly newly_routable: number
    readonly newly_unroutable: readonly ({
      readonly code: string
      readonly requests: number
      readonly example: string
      readonly message: string
    })[]
    readonly constraints_broken: readonly ({
      readonly by: string
      readonly wants: string
      readonly target: string
      readonly requests: number
      readonly example: string
    })[]
    readonly examples: readonly (string)[]
  }
}

/** What of the file and of the managed document is not in force, and what the file would change. */
export type GetConfigDrift = {
  readonly file: {
    readonly path: string
    readonly in_force: boolean
    readonly ok: boolean
    readonly problems: readonly ({
      readonly severity: 'error' | 'warning'
      readonly layer: 'file' | 'managed'
      readonly path: string
      readonly message: string
      readonly value?: string
      readonly hint?: string
      readonly line?: number
      readonly column?: number
    })[]
    readonly changes: readonly ({
      readonly section: string
      readonly name?: string
      readonly kind: 'added' | 'changed' | 'removed'
      readonly text: string
    })[]
  } | null
  readonly shadowed: readonly ({
    readonly section: string
    readonly name: string
    readonly path: string
    readonly line?: number
  })[]
  readonly left_out: readonly ({
    readonly severity: 'error' | 'warning'
    readonly layer: 'file' | 'managed'
    readonly path: string
    readonly message: string
    readonly value?: string
    readonly hint?: string
    readonly line?: number
    readonly column?: number
  })[]
}

/** One object in force. Its entity tag is for `If-Match` of whoever changes it. */
export type GetConfigObjectsSectionName = {
  readonly section: string
  readonly name: string
  readonly origin: 'file' | 'managed' | 'found' | 'default'
  readonly path: string
  readonly line?: number
  readonly value: unknown
  readonly shadows?: boolean
  readonly yaml: string
}

/** Makes or changes an object of the managed document, as a new version. `If-Match`: only if it is still so; `If-None-Match: *`: only if there is none. */
export type PutConfigObjectsSectionName = {
  readonly version: {
    readonly number: number
    readonly at: string
    readonly by: 'file' | 'cli' | 'api'
    readonly author?: string
    readonly comment?: string
    readonly of?: number
    readonly hash: string
    readonly changes: readonly (string)[]
    readonly left_out?: string
    readonly state: 'in-force' | 'tried' | 'replaced' | 'rolled-back' | 'given-up'
    readonly verdict?: string
  }
  readonly changed: boolean
}

/** Removes an object of the managed document, as a new version. `If-Match`: only if it is still so. */
export type DeleteConfigObjectsSectionName = {
  readonly version: {
    readonly number: number
    readonly at: string
    readonly by: 'file' | 'cli' | 'api'
    readonly author?: string
    readonly comment?: string
    readonly of?: number
    readonly hash: string
    readonly changes: readonly (string)[]
    readonly left_out?: string
    readonly state: 'in-force' | 'tried' | 'replaced' | 'rolled-back' | 'given-up'
    readonly verdict?: string
  }
  readonly changed: boolean
}

/** Versions of the configuration, newest first. */
export type GetConfigVersions = {
  readonly data: readonly ({
    readonly number: number
    readonly at: string
    readonly by: 'file' | 'cli' | 'api'
    readonly author?: string
    readonly comment?: string
    readonly of?: number
    readonly hash: string
    readonly changes: readonly (string)[]
    readonly left_out?: string
    readonly state: 'in-force' | 'tried' | 'replaced' | 'rolled-back' | 'given-up'
    readonly verdict?: string
  })[]
  readonly has_more: boolean
  readonly next?: string
}

/** One version with both documents, and what going back to it would change. */
export type GetConfigVersionsNumber = {
  readonly number: number
  readonly at: string
  readonly by: 'file' | 'cli' | 'api'
  readonly author?: string
  readonly comment?: string
  readonly of?: number
  readonly hash: string
  readonly changes: readonly (string)[]
  readonly left_out?: string
  readonly state: 'in-force' | 'tried' | 'replaced' | 'rolled-back' | 'given-up'
  readonly verdict?: string
  readonly file: string | null
  readonly managed: string | null
  readonly against_now: {
    readonly ok: boolean
    readonly problems: readonly ({
      readonly severity: 'error' | 'warning'
      readonly layer: 'file' | 'managed'
      readonly path: string
      readonly message: string
      readonly value?: string
      readonly hint?: string
      readonly line?: number
      readonly column?: number
    })[]
    readonly changes: readonly ({
      readonly section: string
      readonly name?: string
      readonly kind: 'added' | 'changed' | 'removed'
      readonly text: string
    })[]
  } | null
}

/** Puts both documents of a version in force again, as a new version. The file on the disk stays as it is. */
export type PostConfigVersionsNumberRollBack = {
  readonly version: {
    readonly number: number
    readonly at: string
    readonly by: 'file' | 'cli' | 'api'
    readonly author?: string
    readonly comment?: string
    readonly of?: number
    readonly hash: string
    readonly changes: readonly (string)[]
    readonly left_out?: string
    readonly state: 'in-force' | 'tried' | 'replaced' | 'rolled-back' | 'given-up'
    readonly verdict?: string
  }
  readonly changed: boolean
}

/** The version that is tried on a share of the requests, beside the one in force. */
export type GetConfigTrial = {
  readonly trial: {
    readonly version: {
      readonly number: number
      readonly at: string
      readonly by: 'file' | 'cli' | 'api'
      readonly author?: string
      readonly comment?: string
      readonly of?: number
      readonly hash: string
      readonly changes: readonly (string)[]
      readonly left_out?: string
      readonly state: 'in-force' | 'tried' | 'replaced' | 'rolled-back' | 'given-up'
      readonly verdict?: string
    }
    readonly share: number
    readonly by: 'user' | 'session' | 'key' | 'request'
    readonly counted_since: string
    readonly in_force: {
      readonly requests: number
      readonly errors: number
      readonly first_event_p95_ms?: number
      readonly cost_usd?: number
    }
    readonly tried: {
      readonly requests: number
      readonly errors: number
      readonly first_event_p95_ms?: number
      readonly cost_usd?: number
    }
  } | null
}

/** Puts the version that is tried in force for everybody, or gives it up. */
export type PostConfigTrial = {
  readonly version: {
    readonly number: number
    readonly at: string
    readonly by: 'file' | 'cli' | 'api'
    readonly author?: string
    readonly comment?: string
    readonly of?: number
    readonly hash: string
    readonly changes: readonly (string)[]
    readonly left_out?: string
    readonly state: 'in-force' | 'tried' | 'replaced' | 'rolled-back' | 'given-up'
    readonly verdict?: string
  }
  readonly changed: boolean
}

/** Names of the secrets that are stored here, and where each is used. */
export type GetSecrets = {
  readonly data: readonly ({
    readonly name: string
    readonly at: string
    readonly used_at: readonly (string)[]
  })[]
}

/** Stores a secret under a name, or another one in its place; it is in force at once. */
export type PutSecretsName = {
  readonly name: string
  readonly at: string
  readonly used_at: readonly (string)[]
}

/** Forgets a secret that the configuration does not use. */
export type DeleteSecretsName = {
  readonly name: string
  readonly at: string
  readonly used_at: readonly (string)[]
}

/** What the cache of answers holds, without what they say, and what it did in a time, by route. */
export type GetCache = {
  readonly from: string
  readonly to: string
  readonly disk: boolean
  readonly entries: number
  readonly bytes: number
  readonly figures: {
    readonly hits: number
    readonly stale: number
    readonly coalesced: number
    readonly similar: number
    readonly misses: number
    readonly bypassed: number
    readonly hit_rate: number | null
    readonly saved: {
      readonly usd: string
      readonly nano_usd: string
    }
  }
  readonly routes: readonly ({
    readonly route: string
    readonly keeps: boolean
    readonly entries: number
    readonly bytes: number
    readonly hits: number
    readonly stale: number
    readonly coalesced: number
    readonly similar: number
    readonly misses: number
    readonly bypassed: number
    readonly hit_rate: number | null
    readonly saved: {
      readonly usd: string
      readonly nano_usd: string
    }
  })[]
  readonly data: readonly ({
    readonly key: string
    readonly owner: string
    readonly route: string
    readonly model?: string
    readonly tags: readonly (string)[]
    readonly request_id?: string
    readonly at: string
    readonly fresh_until: string
    readonly ends: string
    readonly used: string
    readonly hits: number
    readonly bytes: number
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    }
  })[]
}

/** Removes the answers for which all that is said holds. They are not given again from then on. */
export type PostCachePurge = {
  readonly removed: number
  readonly bytes: number
}

/** What a cache would have saved by route, told from content that is kept. Nobody is asked. */
export type GetCacheOpportunity = {
  readonly from: string
  readonly to: string
  readonly ttl_ms: number
  readonly scope: 'key' | 'user' | 'customer' | 'project' | 'team' | 'organisation' | 'shared'
  readonly requests: number
  readonly partial: boolean
  readonly data: readonly ({
    readonly route: string
    readonly requests: number
    readonly redacted: number
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly exact: {
      readonly requests: number
      readonly saved: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly simulated_saved: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly tokens: number
    }
    readonly sampled: {
      readonly requests: number
      readonly saved: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly simulated_saved: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly tokens: number
    }
    readonly similar: {
      readonly requests: number
      readonly saved: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly simulated_saved: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly tokens: number
    }
    readonly unfit: Readonly<Record<string, number>>
    readonly never_similar: Readonly<Record<string, number>>
    readonly advice: 'exact' | 'exact+sampled' | 'similar' | 'nothing' | 'not'
    readonly reason?: string
    readonly share?: number
  })[]
}

/** Routes that give the answers to similar questions, and how many of these were wrong. */
export type GetSimilarAnswers = {
  readonly data: readonly ({
    readonly id: string
    readonly status: 'learning' | 'on' | 'off'
    readonly epsilon: number
    readonly compared: number
    readonly compared_wrong: number
    readonly audits: number
    readonly wrong: number
    readonly false_hit_rate: number
    readonly low: number
    readonly high: number
  })[]
}

/** Forgets what was learned of a route, so that one that was turned off has to be earned anew. */
export type PostSimilarAnswersId = {
  readonly id: string
  readonly status: 'learning' | 'on' | 'off'
  readonly epsilon: number
  readonly compared: number
  readonly compared_wrong: number
  readonly audits: number
  readonly wrong: number
  readonly false_hit_rate: number
  readonly low: number
  readonly high: number
}

/** The canaries of the plan in force, and how they do. */
export type GetCanaries = {
  readonly data: readonly ({
    readonly id: string
    readonly share: number
    readonly status: string
    readonly since: string
    readonly verdict?: string
    readonly canary: {
      readonly requests: number
      readonly errors: number
    }
    readonly rest: {
      readonly requests: number
      readonly errors: number
    }
  })[]
}

/** Rolls a canary back, holds it at its share, or lets it go on. */
export type PostCanariesId = {
  readonly id: string
  readonly share: number
  readonly status: string
  readonly since: string
  readonly verdict?: string
  readonly canary: {
    readonly requests: number
    readonly errors: number
  }
  readonly rest: {
    readonly requests: number
    readonly errors: number
  }
}

/** The programs whose settings are known, and what they can be given. */
export type GetConnect = {
  readonly url: string
  readonly clients: readonly ({
    readonly name: string
    readonly title: string
    readonly kind: 'agent' | 'editor' | 'server' | 'library'
    readonly speaks: string
    readonly reads: string
  })[]
  readonly keys: readonly ({
    readonly id: string
    readonly name: string
    readonly project?: string
  })[]
  readonly models: readonly (string)[]
}

/** The settings of one program, filled in. */
export type GetConnectClient = {
  readonly name: string
  readonly title: string
  readonly kind: 'agent' | 'editor' | 'server' | 'library'
  readonly speaks: string
  readonly reads: string
  readonly base_url: string
  readonly model: string
  readonly models: readonly (string)[]
  readonly key_place: string
  readonly environment: readonly ({
    readonly name: string
    readonly value: string
  })[]
  readonly files: readonly ({
    readonly path: string
    readonly format: string
    readonly text: string
  })[]
  readonly steps: readonly (string)[]
  readonly snippets: readonly ({
    readonly language: string
    readonly text: string
  })[]
  readonly notes: readonly (string)[]
  readonly writes: boolean
  readonly runs: boolean
  readonly calls_itself: readonly (string)[]
  readonly seen: {
    readonly request_id: string
    readonly at: string
  } | null
}

/** Rules with how each stands and what rings, and channels with how they do. */
export type GetAlerts = {
  readonly rules: readonly ({
    readonly name: string
    readonly kind: 'threshold' | 'fallback-storm' | 'unpriced' | 'spend-spike' | 'budget' | 'forecast' | 'stale-keys' | 'resting' | 'trouble' | 'drill' | 'config'
    readonly description: string | null
    readonly severity: 'info' | 'warning' | 'critical'
    readonly to: readonly (string)[]
    readonly says: string
    readonly for_ms: number
    readonly resolve_after_ms: number
    readonly state: 'quiet' | 'pending' | 'firing' | 'unknown'
    readonly muted: {
      readonly until: string
      readonly at: string
      readonly by: string | null
    } | null
    readonly last: {
      readonly at: string
      readonly text: string | null
      readonly value: number | null
      readonly unit: 'count' | 'tokens' | 'usd' | 'ms' | 'share' | null
      readonly looked_back_to: string | null
      readonly problem: string | null
    } | null
    readonly alerts: readonly ({
      readonly id: string
      readonly rule: string
      readonly key: string
      readonly state: 'pending' | 'firing' | 'resolved'
      readonly severity: string
      readonly text: string
      readonly value: number | null
      readonly unit: 'count' | 'tokens' | 'usd' | 'ms' | 'share' | null
      readonly since: string
      readonly fired_at: string | null
      readonly resolved_at: string | null
      readonly acknowledged: {
        readonly at: string
        readonly by: string | null
      } | null
      readonly told: readonly (string)[]
    })[]
  })[]
  readonly channels: readonly ({
    readonly name: string
    readonly type: 'webhook' | 'slack' | 'teams' | 'discord' | 'pagerduty' | 'email'
    readonly digest: string | null
    readonly quiet: boolean
    readonly resolved: boolean
    readonly health: 'ok' | 'failing' | 'untried'
    readonly delivered_at: string | null
    readonly failing_since: string | null
    readonly reason: string | null
    readonly waiting: number
  })[]
  readonly waiting: number
}

/** Alerts that ring or rang, newest first. */
export type GetAlertsHistory = {
  readonly data: readonly ({
    readonly id: string
    readonly rule: string
    readonly key: string
    readonly state: 'pending' | 'firing' | 'resolved'
    readonly severity: string
    readonly text: string
    readonly value: number | null
    readonly unit: 'count' | 'tokens' | 'usd' | 'ms' | 'share' | null
    readonly since: string
    readonly fired_at: string | null
    readonly resolved_at: string | null
    readonly acknowledged: {
      readonly at: string
      readonly by: string | null
    } | null
    readonly told: readonly (string)[]
  })[]
  readonly has_more: boolean
  readonly next?: string
}

/** Lets a rule tell nobody for a while; what still rings afterwards is told then. */
export type PostAlertsRuleMute = {
  readonly name: string
  readonly kind: 'threshold' | 'fallback-storm' | 'unpriced' | 'spend-spike' | 'budget' | 'forecast' | 'stale-keys' | 'resting' | 'trouble' | 'drill' | 'config'
  readonly description: string | null
  readonly severity: 'info' | 'warning' | 'critical'
  readonly to: readonly (string)[]
  readonly says: string
  readonly for_ms: number
  readonly resolve_after_ms: number
  readonly state: 'quiet' | 'pending' | 'firing' | 'unknown'
  readonly muted: {
    readonly until: string
    readonly at: string
    readonly by: string | null
  } | null
  readonly last: {
    readonly at: string
    readonly text: string | null
    readonly value: number | null
    readonly unit: 'count' | 'tokens' | 'usd' | 'ms' | 'share' | null
    readonly looked_back_to: string | null
    readonly problem: string | null
  } | null
  readonly alerts: readonly ({
    readonly id: string
    readonly rule: string
    readonly key: string
    readonly state: 'pending' | 'firing' | 'resolved'
    readonly severity: string
    readonly text: string
    readonly value: number | null
    readonly unit: 'count' | 'tokens' | 'usd' | 'ms' | 'share' | null
    readonly since: string
    readonly fired_at: string | null
    readonly resolved_at: string | null
    readonly acknowledged: {
      readonly at: string
      readonly by: string | null
    } | null
    readonly told: readonly (string)[]
  })[]
}

/** Lets a rule tell again. */
export type DeleteAlertsRuleMute = {
  readonly name: string
  readonly kind: 'threshold' | 'fallback-storm' | 'unpriced' | 'spend-spike' | 'budget' | 'forecast' | 'stale-keys' | 'resting' | 'trouble' | 'drill' | 'config'
  readonly description: string | null
  readonly severity: 'info' | 'warning' | 'critical'
  readonly to: readonly (string)[]
  readonly says: string
  readonly for_ms: number
  readonly resolve_after_ms: number
  readonly state: 'quiet' | 'pending' | 'firing' | 'unknown'
  readonly muted: {
    readonly until: string
    readonly at: string
    readonly by: string | null
  } | null
  readonly last: {
    readonly at: string
    readonly text: string | null
    readonly value: number | null
    readonly unit: 'count' | 'tokens' | 'usd' | 'ms' | 'share' | null
    readonly looked_back_to: string | null
    readonly problem: string | null
  } | null
  readonly alerts: readonly ({
    readonly id: string
    readonly rule: string
    readonly key: string
    readonly state: 'pending' | 'firing' | 'resolved'
    readonly severity: string
    readonly text: string
    readonly value: number | null
    readonly unit: 'count' | 'tokens' | 'usd' | 'ms' | 'share' | null
    readonly since: string
    readonly fired_at: string | null
    readonly resolved_at: string | null
    readonly acknowledged: {
      readonly at: string
      readonly by: string | null
    } | null
    readonly told: readonly (string)[]
  })[]
}

/** Takes down that somebody knows of what rings. */
export type PostAlertsRuleAcknowledge = {
  readonly name: string
  readonly kind: 'threshold' | 'fallback-storm' | 'unpriced' | 'spend-spike' | 'budget' | 'forecast' | 'stale-keys' | 'resting' | 'trouble' | 'drill' | 'config'
  readonly description: string | null
  readonly severity: 'info' | 'warning' | 'critical'
  readonly to: readonly (string)[]
  readonly says: string
  readonly for_ms: number
  readonly resolve_after_ms: number
  readonly state: 'quiet' | 'pending' | 'firing' | 'unknown'
  readonly muted: {
    readonly until: string
    readonly at: string
    readonly by: string | null
  } | null
  readonly last: {
    readonly at: string
    readonly text: string | null
    readonly value: number | null
    readonly unit: 'count' | 'tokens' | 'usd' | 'ms' | 'share' | null
    readonly looked_back_to: string | null
    readonly problem: string | null
  } | null
  readonly alerts: readonly ({
    readonly id: string
    readonly rule: string
    readonly key: string
    readonly state: 'pending' | 'firing' | 'resolved'
    readonly severity: string
    readonly text: string
    readonly value: number | null
    readonly unit: 'count' | 'tokens' | 'usd' | 'ms' | 'share' | null
    readonly since: string
    readonly fired_at: string | null
    readonly resolved_at: string | null
    readonly acknowledged: {
      readonly at: string
      readonly by: string | null
    } | null
    readonly told: readonly (string)[]
  })[]
}

/** Sends a test to a channel, at once and once, and tells what became of it. */
export type PostAlertChannelsNameTest = {
  readonly id: string
  readonly channel: string
  readonly state: 'waiting' | 'delivered' | 'failed' | 'withheld'
  readonly at: string
  readonly due_at: string
  readonly ended_at: string | null
  readonly attempts: number
  readonly reason: string | null
  readonly alerts: readonly ({
    readonly event: 'fired' | 'resolved' | 'test'
    readonly id: string
    readonly rule: string
    readonly key: string
    readonly severity: string
    readonly text: string
    readonly at: string
  })[]
}

/** Messages to channels and what became of them, newest first. */
export type GetAlertDeliveries = {
  readonly data: readonly ({
    readonly id: string
    readonly channel: string
    readonly state: 'waiting' | 'delivered' | 'failed' | 'withheld'
    readonly at: string
    readonly due_at: string
    readonly ended_at: string | null
    readonly attempts: number
    readonly reason: string | null
    readonly alerts: readonly ({
      readonly event: 'fired' | 'resolved' | 'test'
      readonly id: string
      readonly rule: string
      readonly key: string
      readonly severity: string
      readonly text: string
      readonly at: string
    })[]
  })[]
  readonly has_more: boolean
  readonly next?: string
}

/** Sends a message again that was not delivered, or was withheld, under the same id. */
export type PostAlertDeliveriesIdResend = {
  readonly id: string
  readonly channel: string
  readonly state: 'waiting' | 'delivered' | 'failed' | 'withheld'
  readonly at: string
  readonly due_at: string
  readonly ended_at: string | null
  readonly attempts: number
  readonly reason: string | null
  readonly alerts: readonly ({
    readonly event: 'fired' | 'resolved' | 'test'
    readonly id: string
    readonly rule: string
    readonly key: string
    readonly severity: string
    readonly text: string
    readonly at: string
  })[]
}

/** How often a rule would have rung in the last days, and when. */
export type PostAlertsPreview = {
  readonly says: string
  readonly from: string
  readonly to: string
  readonly replayed: boolean
  readonly why: string | null
  readonly fired: number | null
  readonly alerts: readonly ({
    readonly key: string
    readonly fired_at: string
    readonly resolved_at: string | null
    readonly text: string
    readonly value: number | null
    readonly unit: string | null
  })[]
  readonly fine_from: string | null
  readonly looked_back_to: string | null
}

/** The drills of the plan in force. */
export type GetDrills = {
  readonly data: readonly ({
    readonly name: string
    readonly cron: string | null
    readonly next: string | null
    readonly state: 'idle' | 'waiting' | 'running'
    readonly last: {
      readonly at: string
      readonly passed: boolean
    } | null
  })[]
  readonly reports: readonly ({
    readonly drill: string
    readonly at: string
    readonly took_ms: number
    readonly passed: boolean
    readonly faults: readonly (string)[]
    readonly traffic: string
    readonly routes: readonly ({
      readonly route: string
      readonly passed: boolean
      readonly requests: number
      readonly answered: number
      readonly refused_by_rule?: number
      readonly struck: number
      readonly served_by: Readonly<Record<string, number>>
      readonly outcomes: Readonly<Record<string, number>>
      readonly statuses: Readonly<Record<string, number>>
      readonly p95_ms: number
      readonly p95_added_ms: number
      readonly cost_times: number | null
      readonly broken: readonly (string)[]
      readonly timeline?: readonly ({
        readonly after_ms: number
        readonly target?: string
        readonly outcome: string
        readonly struck: number
      })[]
    })[]
    readonly books: {
      readonly attempts: number
      readonly billed: number
      readonly broken: readonly (string)[]
    }
    readonly not_rehearsed: readonly (string)[]
  })[]
  readonly providers: readonly (string)[]
  readonly faults: readonly ({
    readonly kind: string
    readonly means: string
  })[]
}

/** One drill with its latest reports, 20 at most. */
export type GetDrillsName = {
  readonly name: string
  readonly cron: string | null
  readonly next: string | null
  readonly state: 'idle' | 'waiting' | 'running'
  readonly last: {
    readonly at: string
    readonly passed: boolean
  } | null
  readonly reports: readonly ({
    readonly drill: string
    readonly at: string
    readonly took_ms: number
    readonly passed: boolean
    readonly faults: readonly (string)[]
    readonly traffic: string
    readonly routes: readonly ({
      readonly route: string
      readonly passed: boolean
      readonly requests: number
      readonly answered: number
      readonly refused_by_rule?: number
      readonly struck: number
      readonly served_by: Readonly<Record<string, number>>
      readonly outcomes: Readonly<Record<string, number>>
      readonly statuses: Readonly<Record<string, number>>
      readonly p95_ms: number
      readonly p95_added_ms: number
      readonly cost_times: number | null
      readonly broken: readonly (string)[]
      readonly timeline?: readonly ({
        readonly after_ms: number
        readonly target?: string
        readonly outcome: string
        readonly struck: number
      })[]
    })[]
    readonly books: {
      readonly attempts: number
      readonly billed: number
      readonly broken: readonly (string)[]
    }
    readonly not_rehearsed: readonly (string)[]
  })[]
}

/** Runs a drill, after those that run or wait; its report is with the drill when it is over. */
export type PostDrillsName = {
  readonly name: string
  readonly state: 'idle' | 'waiting' | 'running'
}

/** Rehearses the outage of a provider over every route, and answers with what came of it. No provider is called. */
export type PostRehearsals = {
  readonly drill: string
  readonly at: string
  readonly took_ms: number
  readonly passed: boolean
  readonly faults: readonly (string)[]
  readonly traffic: string
  readonly routes: readonly ({
    readonly route: string
    readonly passed: boolean
    readonly requests: number
    readonly answered: number
    readonly refused_by_rule?: number
    readonly struck: number
    readonly served_by: Readonly<Record<string, number>>
    readonly outcomes: Readonly<Record<string, number>>
    readonly statuses: Readonly<Record<string, number>>
    readonly p95_ms: number
    readonly p95_added_ms: number
    readonly cost_times: number | null
    readonly broken: readonly (string)[]
    readonly timeline?: readonly ({
      readonly after_ms: number
      readonly target?: string
      readonly outcome: string
      readonly struck: number
    })[]
  })[]
  readonly books: {
    readonly attempts: number
    readonly billed: number
    readonly broken: readonly (string)[]
  }
  readonly not_rehearsed: readonly (string)[]
}

/** How the targets of the plan in force do now: those that rest first, then the busiest. */
export type GetLoads = {
  readonly data: readonly ({
    readonly target: string
    readonly provider: string
    readonly state: 'well' | 'resting'
    readonly rests: readonly ({
      readonly kind: string
      readonly credential?: string
      readonly caller?: string
      readonly rests_ms: number
    })[]
    readonly in_flight: number
    readonly error_share: number
    readonly warmth: number
    readonly first_token_ms?: number
    readonly per_token_ms?: number
    readonly output_tokens?: number
    readonly quiet_ms?: number
    readonly headroom?: number
    readonly tokens_left?: number
    readonly gates: readonly ({
      readonly name: string
      readonly limit: number
      readonly in_use: number
      readonly waiting: number
    })[]
  })[]
  readonly has_more: boolean
}

/** The models that can be reached: what each can do and costs, who asked for it in a week, how it does. */
export type GetModels = {
  readonly from: string
  readonly to: string
  readonly data: readonly ({
    readonly name: string
    readonly provider: string
    readonly model: string
    readonly region?: string
    readonly simulated: boolean
    readonly names: readonly ({
      readonly name: string
      readonly as: string
    })[]
    readonly named: boolean
    readonly operations?: readonly ('chat' | 'count-tokens' | 'embed' | 'moderate' | 'recall' | 'rerank')[]
    readonly dialects: readonly (string)[]
    readonly context_tokens?: number
    readonly max_input_tokens?: number
    readonly max_output_tokens?: number
    readonly can: readonly ('tools' | 'vision' | 'documents' | 'audio-input' | 'audio-output' | 'structured-output' | 'reasoning' | 'prefill')[]
    readonly cannot: readonly ('tools' | 'vision' | 'documents' | 'audio-input' | 'audio-output' | 'structured-output' | 'reasoning' | 'prefill')[]
    readonly price: {
      readonly source: 'override' | 'list' | 'provider' | 'simulated'
      readonly id: string
      readonly rates: readonly ({
        readonly rate: string
        readonly per: number
        readonly price: {
          readonly usd: string
          readonly nano_usd: string
        }
      })[]
      readonly tiers: readonly ({
        readonly above_input_tokens: number
        readonly rates: readonly ({
          readonly rate: string
          readonly per: number
          readonly price: {
            readonly usd: string
            readonly nano_usd: string
          }
        })[]
      })[]
      readonly service: readonly ({
        readonly tier: string
        readonly times?: number
        readonly rates?: readonly ({
          readonly rate: string
          readonly per: number
          readonly price: {
            readonly usd: string
            readonly nano_usd: string
          }
        })[]
      })[]
    } | null
    readonly retires_on?: string
    readonly retires_at_earliest?: boolean
    readonly successor?: string
    readonly state: 'well' | 'resting'
    readonly rests: readonly ({
      readonly kind: string
      readonly credential?: string
      readonly caller?: string
      readonly rests_ms: number
    })[]
    readonly quiet_ms?: number
    readonly lately: {
      readonly requests: number
      readonly calls: number
      readonly failed: number
      readonly cost: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly estimated: boolean
      readonly simulated: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly duration_p50_ms?: number
      readonly duration_p95_ms?: number
    }
  })[]
  readonly has_more: boolean
  readonly providers: readonly ({
    readonly name: string
    readonly models: number
  })[]
}

/** One model by its name `provider/model`. */
export type GetModelsName = {
  readonly name: string
  readonly provider: string
  readonly model: string
  readonly region?: string
  readonly simulated: boolean
  readonly names: readonly ({
    readonly name: string
    readonly as: string
  })[]
  readonly named: boolean
  readonly operations?: readonly ('chat' | 'count-tokens' | 'embed' | 'moderate' | 'recall' | 'rerank')[]
  readonly dialects: readonly (string)[]
  readonly context_tokens?: number
  readonly max_input_tokens?: number
  readonly max_output_tokens?: number
  readonly can: readonly ('tools' | 'vision' | 'documents' | 'audio-input' | 'audio-output' | 'structured-output' | 'reasoning' | 'prefill')[]
  readonly cannot: readonly ('tools' | 'vision' | 'documents' | 'audio-input' | 'audio-output' | 'structured-output' | 'reasoning' | 'prefill')[]
  readonly price: {
    readonly source: 'override' | 'list' | 'provider' | 'simulated'
    readonly id: string
    readonly rates: readonly ({
      readonly rate: string
      readonly per: number
      readonly price: {
        readonly usd: string
        readonly nano_usd: string
      }
    })[]
    readonly tiers: readonly ({
      readonly above_input_tokens: number
      readonly rates: readonly ({
        readonly rate: string
        readonly per: number
        readonly price: {
          readonly usd: string
          readonly nano_usd: string
        }
      })[]
    })[]
    readonly service: readonly ({
      readonly tier: string
      readonly times?: number
      readonly rates?: readonly ({
        readonly rate: string
        readonly per: number
        readonly price: {
          readonly usd: string
          readonly nano_usd: string
        }
      })[]
    })[]
  } | null
  readonly retires_on?: string
  readonly retires_at_earliest?: boolean
  readonly successor?: string
  readonly state: 'well' | 'resting'
  readonly rests: readonly ({
    readonly kind: string
    readonly credential?: string
    readonly caller?: string
    readonly rests_ms: number
  })[]
  readonly quiet_ms?: number
  readonly lately: {
    readonly requests: number
    readonly calls: number
    readonly failed: number
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly estimated: boolean
    readonly simulated: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly duration_p50_ms?: number
    readonly duration_p95_ms?: number
  }
  readonly from: string
  readonly to: string
}

/** Who would take over the newest requests if a provider went down now, and what it would cost. Nobody is asked. */
export type GetOutages = {
  readonly provider: string
  readonly requests: number
  readonly decided: number
  readonly at_provider: number
  readonly answered: number
  readonly unanswered: number
  readonly from?: string
  readonly to?: string
  readonly groups: readonly ({
    readonly route: string
    readonly to?: string
    readonly requests: number
    readonly lost_at_first: number
    readonly example: string
    readonly cost_now?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly cost_then?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly unpriced: number
    readonly simulated: boolean
    readonly first_event_ms_now?: number
    readonly first_event_ms_then?: number
  })[]
  readonly others: number
}

/** Whether this gateway serves the demo workspace: invented traffic in a data directory of its own. */
export type GetDemo = {
  readonly state: 'none' | 'here'
}

/** Ends the demo workspace that this gateway serves and removes its data. Nothing else is touched. */
export type DeleteDemo = {
  readonly state: 'none' | 'here'
}

/** The guardrails in force, in the order in which they look, and what they have said in a time. */
export type GetGuardrails = {
  readonly from: string
  readonly to: string
  readonly data: readonly ({
    readonly name: string
    readonly kind: string
    readonly looks_for: unknown
    readonly origin?: 'file' | 'managed' | 'found' | 'default'
    readonly line?: number
    readonly action: 'block' | 'mask' | 'flag' | 'restrict'
    readonly mode: 'enforce' | 'shadow'
    readonly phases: readonly ('input' | 'output')[]
    readonly on_error: 'allow' | 'block'
    readonly budget_ms: number
    readonly restore: boolean | null
    readonly as: string | null
    readonly remember_ms: number | null
    readonly answer: 'error' | 'refusal' | null
    readonly only: readonly (string)[] | null
    readonly routes: readonly (string)[] | null
    readonly projects: readonly (string)[] | null
    readonly keys: readonly (string)[] | null
    readonly said: readonly ({
      readonly verdict: 'passed' | 'flagged' | 'failed' | 'masked' | 'restricted' | 'blocked'
      readonly shadow: boolean
      readonly requests: number
    })[]
    readonly found: readonly ({
      readonly detector: string
      readonly found: number
    })[]
    readonly restored: {
      readonly values: number
      readonly remembered: number
    }
    readonly spent_ms: number | null
  })[]
  readonly routes: readonly (string)[]
  readonly looked: {
    readonly partial?: true
    readonly looked_at?: {
      readonly requests: number
      readonly back_to: string
    }
  }
}

/** What guardrails would find in a text, and what would be done. The text is not kept, and nobody is asked. */
export type PostGuardrailsTest = {
  readonly verdict: 'passed' | 'flagged' | 'failed' | 'masked' | 'restricted' | 'blocked'
  readonly text: string
  readonly guardrails: readonly ({
    readonly guardrail: string
    readonly kind: string
    readonly action: 'block' | 'mask' | 'flag' | 'restrict'
    readonly shadow: boolean
    readonly verdict: 'passed' | 'flagged' | 'failed' | 'masked' | 'restricted' | 'blocked' | null
    readonly found: readonly ({
      readonly detector: string
      readonly start: number
      readonly end: number
    })[]
    readonly counts?: Readonly<Record<string, number>>
    readonly spent_ms: number
  })[]
}

/** The same, and what checks say of the text as others have left it: they ask the models that they are for, as the operator. The text is kept no further than any question to a model is. */
export type PostGuardrailsTestChecks = {
  readonly verdict: 'passed' | 'flagged' | 'failed' | 'masked' | 'restricted' | 'blocked'
  readonly text: string
  readonly guardrails: readonly ({
    readonly guardrail: string
    readonly kind: string
    readonly action: 'block' | 'mask' | 'flag' | 'restrict'
    readonly shadow: boolean
    readonly verdict: 'passed' | 'flagged' | 'failed' | 'masked' | 'restricted' | 'blocked' | null
    readonly found: readonly ({
      readonly detector: string
      readonly start: number
      readonly end: number
    })[]
    readonly counts?: Readonly<Record<string, number>>
    readonly spent_ms: number
  })[]
}

/** Is everything fine, and what changed: figures against the equal weekdays before, spend, providers. */
export type GetOverview = {
  readonly status: {
    readonly version: string
    readonly uptime_s: number
    readonly url: string
    readonly config: {
      readonly plan: string
      readonly file: string | null
      readonly last_reload_ok: boolean
      readonly version: number | null
      readonly tried: number | null
      readonly drifted: boolean
      readonly managed_left_out: boolean
    }
    readonly store: 'ok' | 'failing'
    readonly troubles: readonly ({
      readonly part: string
      readonly text: string
      readonly unready: boolean
    })[]
    readonly draining: boolean
    readonly requests_in_flight: number
    readonly providers: readonly ({
      readonly name: string
      readonly from: string
      readonly state: string
    })[]
    readonly routes: readonly ({
      readonly name: string
      readonly targets: readonly (string)[]
    })[]
  }
  readonly from: string
  readonly to: string
  readonly step: '1m' | '5m' | '15m' | '1h' | '3h' | '6h' | '1d'
  readonly step_ms: number
  readonly at: readonly (string)[]
  readonly unfinished?: number
  readonly before: {
    readonly from: string
    readonly to: string
  }
  readonly figures: readonly ({
    readonly measure: 'requests' | 'error_rate' | 'cost' | 'estimated_cost' | 'simulated_cost' | 'unpriced' | 'duration_p95' | 'ttft_p95' | 'fallback_rate' | 'cache_hit_rate' | 'cache_saved'
    readonly value: number | {
      readonly usd: string
      readonly nano_usd: string
    } | null
    readonly finished: number | {
      readonly usd: string
      readonly nano_usd: string
    } | null
    readonly before: number | {
      readonly usd: string
      readonly nano_usd: string
    } | null
    readonly values: readonly (number | {
      readonly usd: string
      readonly nano_usd: string
    } | null)[]
  })[]
  readonly traffic: {
    readonly ok: readonly (number | {
      readonly usd: string
      readonly nano_usd: string
    } | null)[]
    readonly failed: readonly (number | {
      readonly usd: string
      readonly nano_usd: string
    } | null)[]
    readonly gone: readonly (number | {
      readonly usd: string
      readonly nano_usd: string
    } | null)[]
    readonly fallbacks: readonly (number | {
      readonly usd: string
      readonly nano_usd: string
    } | null)[]
  }
  readonly spend: {
    readonly targets: readonly ({
      readonly name: string
      readonly cost: readonly (number | {
        readonly usd: string
        readonly nano_usd: string
      } | null)[]
      readonly simulated: readonly (number | {
        readonly usd: string
        readonly nano_usd: string
      } | null)[]
      readonly calls: number
      readonly unpriced: number
    })[]
    readonly others: number
    readonly rest: {
      readonly cost: readonly (number | {
        readonly usd: string
        readonly nano_usd: string
      } | null)[]
      readonly simulated: readonly (number | {
        readonly usd: string
        readonly nano_usd: string
      } | null)[]
    }
  }
  readonly providers: readonly ({
    readonly name: string
    readonly calls: number
    readonly failed: number
    readonly first_token_p95_ms?: number
  })[]
  readonly routes: readonly ({
    readonly name: string
    readonly requests: number
    readonly failed: number
    readonly duration_p95_ms?: number
  })[]
  readonly changes: readonly ({
    readonly kind: 'incident' | 'new-outcome' | 'new-target' | 'config' | 'prices'
    readonly at: string
    readonly until?: string
    readonly name: string
    readonly count: number
    readonly of?: number
    readonly by?: string
    readonly changes?: readonly (string)[]
  })[]
  readonly timed_out: readonly ({
    readonly outcome: string
    readonly requests: number
  })[]
  readonly budgets: readonly ({
    readonly id: string
    readonly scope: 'key' | 'user' | 'customer' | 'project' | 'team' | 'organisation'
    readonly owner: string
    readonly name: string
    readonly per: 'hour' | 'day' | 'week' | 'month' | 'total'
    readonly starts_at?: string
    readonly ends_at?: string
    readonly limit: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly extra?: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly settled: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly reserved: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly requests_under_way: number
    readonly remaining: {
      readonly usd: string
      readonly nano_usd: string
    }
    readonly state: 'spent' | 'runs-out' | 'tight' | 'lasts' | 'unknown'
    readonly forecast?: {
      readonly expected: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly low: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly high: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly exhausted_at?: string
      readonly earliest_at?: string
      readonly founded_on: number
    }
    readonly at_end: 'refuse'
  })[]
  readonly overhead_p95_ms?: number
  readonly drill?: {
    readonly name: string
    readonly at: string
    readonly passed: boolean
  }
  readonly complete_from?: string
}

/** What the playground can ask, and as whom. */
export type GetPlayground = {
  readonly url: string
  readonly models: readonly ({
    readonly id: string
    readonly owned_by: string
    readonly context_tokens?: number
    readonly max_output_tokens?: number
    readonly tools?: boolean
    readonly json_schema?: boolean
    readonly sampling?: boolean
    readonly efforts?: readonly (string)[]
    readonly reasoning?: boolean
  })[]
  readonly keys: readonly ({
    readonly id: string
    readonly name: string
    readonly project?: string
  })[]
}

/** Where a request of the playground would go, and the most that it may cost. Nobody is asked. */
export type PostPlaygroundBound = {
  readonly route?: string
  readonly target?: string
  readonly simulated?: boolean
  readonly most?: {
    readonly usd: string
    readonly nano_usd: string
  }
  readonly failure?: {
    readonly code: string
    readonly message: string
  }
}

/** Programs that ask a model a question, in the libraries that are known. */
export type PostPlaygroundCode = {
  readonly snippets: readonly ({
    readonly title: string
    readonly language: string
    readonly text: string
  })[]
}

/** Keys and routes whose system prompt changes with every call, so that no provider can cache it. */
export type GetChangingPrompts = {
  readonly data: readonly ({
    readonly key: string
    readonly route: string
    readonly from_byte: number
    readonly before_byte: number
    readonly compared: number
    readonly changed: number
    readonly cached_share: number
  })[]
}

/** Tries a key of a known provider by asking for its list of models. It costs nothing, and nothing is kept. */
export type PostProvidersNameTry = {
  readonly verdict: 'taken' | 'unproven' | 'refused' | 'unreachable'
  readonly host: string
  readonly status?: number
  readonly says?: string
  readonly models?: number
}

/** What came of each shadow, newest first. */
export type GetShadows = {
  readonly data: readonly ({
    readonly request_id: string
    readonly at: string
    readonly route: string
    readonly shadow: string
    readonly shown: string
    readonly target?: string
    readonly outcome: string
    readonly duration_ms: number
    readonly shadow_ms: number
    readonly cost: {
      readonly usd: string
      readonly nano_usd: string
    } | 'unpriced'
    readonly shadow_cost: {
      readonly usd: string
      readonly nano_usd: string
    } | 'unpriced'
    readonly simulated: boolean
    readonly shadow_simulated: boolean
    readonly length?: number
    readonly shadow_length?: number
    readonly same_refusal?: boolean
    readonly same_tools?: boolean
    readonly same_json?: boolean
    readonly jaccard?: number
    readonly agrees?: boolean
  })[]
  readonly has_more: boolean
  readonly next?: string
}

/** How the shadows of each route did in a time. */
export type GetShadowsReport = {
  readonly from: string
  readonly to: string
  readonly data: readonly ({
    readonly route: string
    readonly shadow: string
    readonly requests: number
    readonly compared: number
    readonly failures: Readonly<Record<string, number>>
    readonly agreement: {
      readonly of: number
      readonly agreed: number
    }
    readonly refusal: {
      readonly of: number
      readonly agreed: number
    }
    readonly tools: {
      readonly of: number
      readonly agreed: number
    }
    readonly json: {
      readonly of: number
      readonly agreed: number
    }
    readonly jaccard?: number
    readonly cost: {
      readonly requests: number
      readonly shown: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly shadow: {
        readonly usd: string
        readonly nano_usd: string
      }
    }
    readonly simulated_cost: {
      readonly requests: number
      readonly shown: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly shadow: {
        readonly usd: string
        readonly nano_usd: string
      }
    }
    readonly median?: {
      readonly shown_ms: number
      readonly shadow_ms: number
    }
    readonly p95?: {
      readonly shown_ms: number
      readonly shadow_ms: number
    }
  })[]
}

/** Where records, traces and metrics are sent, and what becomes of them: those that fail first. */
export type GetSinks = {
  readonly data: readonly ({
    readonly name: string
    readonly state: 'delivering' | 'failing'
    readonly waiting: number
    readonly delivered: number
    readonly lost: number
    readonly failing_ms?: number
    readonly reason?: string
  })[]
}

/** How far a newcomer has come: the first request, a provider, an application, a budget, a drill. */
export type GetStart = {
  readonly url: string
  readonly model: string
  readonly command: string
  readonly config: string | null
  readonly steps: {
    readonly request: {
      readonly id: string
      readonly at: string
      readonly dialect: string
      readonly operation: string
      readonly stream: boolean
      readonly requested_model: string
      readonly route?: string
      readonly target?: string
      readonly key_id?: string
      readonly user_id?: string
      readonly customer_id?: string
      readonly project?: string
      readonly team_id?: string
      readonly organisation_id?: string
      readonly key_name?: string
      readonly outcome: string
      readonly status: number
      readonly duration_ms: number
      readonly first_event_ms?: number
      readonly upstream_ms: number
      readonly input_tokens: number
      readonly output_tokens: number
      readonly cost: {
        readonly usd: string
        readonly nano_usd: string
      } | 'unpriced'
      readonly saved?: {
        readonly usd: string
        readonly nano_usd: string
      }
      readonly cache?: string
      readonly estimated: boolean
      readonly simulated: boolean
      readonly attempts: string
      readonly notices: string
      readonly decision_id?: string
      readonly plan: string
      readonly purpose?: string
      readonly parent_id?: string
    } | null
    readonly provider: {
      readonly name: string
      readonly at?: string
    } | null
    readonly app: {
      readonly name: string
      readonly at?: string
    } | null
    readonly budget: {
      readonly name: string
      readonly at?: string
    } | null
    readonly drill: {
      readonly at: string
      readonly passed: boolean
    } | null
  }
  readonly providers: readonly ({
    readonly name: string
    readonly from: string
    readonly state: string
    readonly simulated: boolean
  })[]
  readonly connectable: readonly ({
    readonly name: string
    readonly title: string
    readonly variable: string
    readonly settings: readonly (string)[]
  })[]
}

/** This document. */
export type GetOpenapiJson = Readonly<Record<string, unknown>>
