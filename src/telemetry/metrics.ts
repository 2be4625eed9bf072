/** What is known of a metric before anything is counted. */
export interface MetricFacts {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** What the metric says, for whoever reads `/metrics` or docs/metrics.md. */
  readonly help: string
  /** Names of its labels. Fixed sets of values only: no ids, users or free text. */
  readonly labels: readonly string[]
  /** Upper bounds of a histogram's buckets, ascending, in the unit that the name ends with. */
  readonly buckets?: readonly number[]
}

/** Whole requests, and attempts: from what is answered from memory to the longest answer (reference of metrics). */
const ANSWER_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160] as const
/** What the gateway itself adds. */
const OVERHEAD_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1] as const
/** The buckets that OpenTelemetry's GenAI conventions give to the first token: 0.01 · 2^n. */
const FIRST_TOKEN_SECONDS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
] as const
const TOKENS_PER_SECOND = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500] as const

/**
 * Every metric of the house. Who counts a name that is not here does not compile; docs/metrics.md, the dashboard and the alert
 * rules in deploy/ are held to it by tests. Base units; counters end in `_total`.
 */
export const METRICS = {
  gatehouse_requests_total: {
    kind: 'counter',
    help: 'Requests that are over. Outcome ok; fallback_ok where an attempt failed before the one that answered; else the code of the failure.',
    labels: ['route', 'dialect', 'operation', 'outcome', 'status_class', 'stream'],
  },
  gatehouse_request_duration_seconds: {
    kind: 'histogram',
    help: 'How long requests took, streams until their end.',
    labels: ['route', 'outcome'],
    buckets: ANSWER_SECONDS,
  },
  gatehouse_overhead_seconds: {
    kind: 'histogram',
    help: 'How long requests took without the waits for providers.',
    labels: [],
    buckets: OVERHEAD_SECONDS,
  },
  gatehouse_time_to_first_token_seconds: {
    kind: 'histogram',
    help: 'From the start of an attempt to the first of its answer that says something.',
    labels: ['provider', 'model'],
    buckets: FIRST_TOKEN_SECONDS,
  },
  gatehouse_output_tokens_per_second: {
    kind: 'histogram',
    help: 'How fast attempts wrote their answers, from the first token to the end.',
    labels: ['provider', 'model'],
    buckets: TOKENS_PER_SECOND,
  },
  gatehouse_attempts_total: {
    kind: 'counter',
    help: 'Attempts that are over, by how they ended.',
    labels: ['provider', 'model', 'outcome'],
  },
  gatehouse_attempt_duration_seconds: {
    kind: 'histogram',
    help: 'How long attempts took, streams until their end.',
    labels: ['provider', 'model'],
    buckets: ANSWER_SECONDS,
  },
  gatehouse_fallbacks_total: {
    kind: 'counter',
    help: 'Attempts at another target after one failed, by why it did.',
    labels: ['route', 'from', 'to', 'reason'],
  },
  gatehouse_retries_total: {
    kind: 'counter',
    help: 'What was done about failed attempts.',
    labels: ['action', 'code'],
  },
  gatehouse_hedges_total: {
    kind: 'counter',
    help: 'Second attempts beside a slow first one, by what came of them.',
    labels: ['route', 'outcome'],
  },
  gatehouse_races_total: {
    kind: 'counter',
    help: 'Attempts that were begun together, by what came of them.',
    labels: ['route', 'outcome'],
  },
  gatehouse_extra_cost_usd_total: {
    kind: 'counter',
    help: 'What attempts cost that another one outran.',
    labels: ['route'],
  },
  gatehouse_continuations_total: {
    kind: 'counter',
    help: 'Answers that broke off when some of them was shown, by what came of it.',
    labels: ['route', 'outcome'],
  },
  gatehouse_escalations_total: {
    kind: 'counter',
    help: 'Answers that were dropped because a check rejected them.',
    labels: ['route', 'rung', 'reason'],
  },
  gatehouse_bad_answers_shown_total: {
    kind: 'counter',
    help: 'Answers that a check rejected and that were shown all the same.',
    labels: ['route', 'rung', 'reason'],
  },
  gatehouse_escalation_premium_usd_total: {
    kind: 'counter',
    help: 'What requests would have cost at the last rung of their route.',
    labels: ['route'],
  },
  gatehouse_escalation_spent_usd_total: {
    kind: 'counter',
    help: 'What the same requests did cost, dropped answers and judges included.',
    labels: ['route'],
  },
  gatehouse_tokens_total: {
    kind: 'counter',
    help: 'Tokens of attempts, by disjoint kinds: nothing is counted twice.',
    labels: ['provider', 'model', 'kind'],
  },
  gatehouse_cost_usd_total: {
    kind: 'counter',
    help: 'What attempts cost. Invented money of simulated models is no cost.',
    labels: ['provider', 'model'],
  },
  gatehouse_owner_requests_total: {
    kind: 'counter',
    help: 'Requests of keys that belong to a project or a team. Outcome ok, gone (the client left) or failed; teams and projects beyond the bound are __other__.',
    labels: ['team', 'project', 'outcome'],
  },
  gatehouse_owner_tokens_total: {
    kind: 'counter',
    help: 'Tokens of the same requests, input and output of all their attempts.',
    labels: ['team', 'project', 'kind'],
  },
  gatehouse_owner_cost_usd_total: {
    kind: 'counter',
    help: 'What the same requests cost. Invented money of simulated models is no cost.',
    labels: ['team', 'project'],
  },
  gatehouse_budget_limit_usd: {
    kind: 'gauge',
    help: 'Budgets of projects, in the window that goes on.',
    labels: ['project', 'window'],
  },
  gatehouse_budget_spent_usd: {
    kind: 'gauge',
    help: 'What is spent of them.',
    labels: ['project', 'window'],
  },
  gatehouse_budget_reserved_usd: {
    kind: 'gauge',
    help: 'What requests under way hold of them.',
    labels: ['project', 'window'],
  },
  gatehouse_budget_period_end_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the window ends, in seconds since 1970; not a number where it never does.',
    labels: ['project', 'window'],
  },
  gatehouse_unpriced_attempts_total: {
    kind: 'counter',
    help: 'Attempts that used something whose price is not known.',
    labels: ['provider', 'model'],
  },
  gatehouse_usage_anomalies_total: {
    kind: 'counter',
    help: 'Reports of usage that cannot be true.',
    labels: ['provider', 'anomaly'],
  },
  gatehouse_provider_responses_total: {
    kind: 'counter',
    help: 'Answers of providers, by lane and HTTP status.',
    labels: ['provider', 'lane', 'status'],
  },
  gatehouse_arm_requests_total: {
    kind: 'counter',
    help: 'Requests by the arm of a split or a canary that they went.',
    labels: ['route', 'arm'],
  },
  gatehouse_canary_changes_total: {
    kind: 'counter',
    help: 'Canaries that went on, paused or were rolled back.',
    labels: ['canary', 'status'],
  },
  gatehouse_canary_share: {
    kind: 'gauge',
    help: 'The share of requests that goes the way of a canary, from 0 to 1.',
    labels: ['canary'],
  },
  gatehouse_trial_requests_total: {
    kind: 'counter',
    help: 'Requests while a version of the configuration is tried: under the one in force, and under that one.',
    labels: ['side', 'outcome'],
  },
  gatehouse_shadows_total: {
    kind: 'counter',
    help: 'Requests that were to be asked of a shadow as well, by what came of it.',
    labels: ['route', 'outcome'],
  },
  gatehouse_shadow_agreement_total: {
    kind: 'counter',
    help: 'Answers of shadows that were compared, by measure.',
    labels: ['route', 'measure', 'agrees'],
  },
  gatehouse_content_kept_total: {
    kind: 'counter',
    help: 'Requests of which it was kept what was said, redacted or in full.',
    labels: ['keep'],
  },
  gatehouse_content_dropped_total: {
    kind: 'counter',
    help: 'Requests of which it was to be kept what was said, and was not.',
    labels: ['reason'],
  },
  gatehouse_content_queue_bytes: {
    kind: 'gauge',
    help: 'Bytes of requests of which what was said waits to be kept.',
    labels: [],
  },
  gatehouse_shadows_running: { kind: 'gauge', help: 'Shadows that are being asked.', labels: [] },
  gatehouse_shadow_rows_dropped_total: {
    kind: 'counter',
    help: 'Results of shadows that were not kept.',
    labels: ['reason'],
  },
  gatehouse_shadow_store_failures_total: {
    kind: 'counter',
    help: 'Times that the store refused results of shadows.',
    labels: [],
  },
  gatehouse_drills_total: {
    kind: 'counter',
    help: 'Rehearsed outages, by what came of them.',
    labels: ['drill', 'outcome'],
  },
  gatehouse_alerts_firing: {
    kind: 'gauge',
    help: 'Alerts that ring.',
    labels: [],
  },
  gatehouse_alert_changes_total: {
    kind: 'counter',
    help: 'Alerts that began to ring, or are over.',
    labels: ['rule', 'event'],
  },
  gatehouse_alert_looks_total: {
    kind: 'counter',
    help: 'Looks at what a rule watches, by whether it could be known.',
    labels: ['result'],
  },
  gatehouse_alert_deliveries_total: {
    kind: 'counter',
    help: 'Attempts to deliver messages to a channel, by what came of them.',
    labels: ['channel', 'result'],
  },
  gatehouse_alert_queue_messages: {
    kind: 'gauge',
    help: 'Messages to channels that wait.',
    labels: [],
  },
  gatehouse_idempotent_requests_total: {
    kind: 'counter',
    help: 'Requests with an idempotency key: whose answer is kept, is too large for that, or is lost because the store could not take it; that were answered again (replayed), came while the first was under way (in-use), or asked for something else (reused).',
    labels: ['outcome'],
  },
  gatehouse_condition_errors_total: {
    kind: 'counter',
    help: 'Conditions of routes that could not be said, because something that they need is absent.',
    labels: ['route', 'step'],
  },
  gatehouse_cache_requests_total: {
    kind: 'counter',
    help: 'Requests of routes that keep answers, by what came of them: hit, semantic, stale, coalesced, miss, refresh, bypass.',
    labels: ['route', 'outcome'],
  },
  gatehouse_cache_saved_usd_total: {
    kind: 'counter',
    help: 'What the answers had cost that were given again.',
    labels: ['route'],
  },
  gatehouse_cache_answers_total: {
    kind: 'counter',
    help: 'Answers of routes that keep them: stored, unfit (refused, cut off, too long), damaged when they were read.',
    labels: ['outcome'],
  },
  gatehouse_cache_store_total: {
    kind: 'counter',
    help: 'Kept answers at the store: written, read; damaged (or sealed with another key), unread (no answer in time) and unwritten, each of which is a miss; no-room.',
    labels: ['outcome'],
  },
  gatehouse_semantic_requests_total: {
    kind: 'counter',
    help: 'Requests of routes that give the answers to similar questions, where none was kept for the same one: served, explored (the model was asked, to learn), none, never (only compared as they are), late (no vector in time), off.',
    labels: ['route', 'outcome'],
  },
  gatehouse_semantic_audits_total: {
    kind: 'counter',
    help: 'Answers to similar questions that were held against what the model says: of those that were given (audit), or would have been (explore); right, wrong, undecided (no judge, or none that could be understood), failed, dropped (too many under way, or the money for it is spent).',
    labels: ['route', 'of', 'result'],
  },
  gatehouse_semantic_false_hit_rate: {
    kind: 'gauge',
    help: 'The share of similar answers that audits found to be wrong, and the bounds (low, high) between which that of all lies at 95 %.',
    labels: ['route', 'bound'],
  },
  gatehouse_semantic_on: {
    kind: 'gauge',
    help: '1 where a route gives similar answers, 0 where audits have turned that off.',
    labels: ['route'],
  },
  gatehouse_semantic_entries: {
    kind: 'gauge',
    help: 'Questions that others are compared with.',
    labels: [],
  },
  gatehouse_cache_entries: { kind: 'gauge', help: 'Answers that are kept in memory.', labels: [] },
  gatehouse_cache_refreshes_total: {
    kind: 'counter',
    help: 'New answers that were to be fetched for stale ones with nobody waiting: ok, failed, dropped (one is under way already, or too many are).',
    labels: ['route', 'outcome'],
  },
  gatehouse_cache_refreshing: {
    kind: 'gauge',
    help: 'New answers that are fetched for stale ones with nobody waiting.',
    labels: [],
  },
  gatehouse_cache_followers: {
    kind: 'gauge',
    help: 'Requests that read along what another one is answered that asks the same.',
    labels: [],
  },
  gatehouse_cache_bytes: { kind: 'gauge', help: 'Memory that kept answers take.', labels: [] },
  gatehouse_guardrail_verdicts_total: {
    kind: 'counter',
    help: 'What guardrails have said of requests (input) and answers (output), by verdict; with mode shadow, what they would have.',
    labels: ['guardrail', 'phase', 'verdict', 'mode'],
  },
  gatehouse_guardrail_seconds: {
    kind: 'histogram',
    help: 'Time for which a guardrail has looked at a request (input) or an answer (output).',
    labels: ['guardrail', 'phase'],
    buckets: [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1, 2.5, 10],
  },
  gatehouse_guardrail_held_characters: {
    kind: 'histogram',
    help: 'The most characters of an answer that were held back at a time, where a guardrail may change it.',
    labels: [],
    buckets: [0, 8, 16, 32, 64, 128, 256, 512, 1_024, 4_096, 16_384],
  },
  gatehouse_guardrail_restored_total: {
    kind: 'counter',
    help: 'Placeholders that were put back in answers, by whether the request says the value itself (request) or it was remembered (vault).',
    labels: ['guardrail', 'from'],
  },
  gatehouse_guardrail_unknown_placeholders_total: {
    kind: 'counter',
    help: 'What looks like a placeholder in answers and stands for nothing that is known: a model has made it up, or it is forgotten.',
    labels: [],
  },
  gatehouse_audit_entries_total: {
    kind: 'counter',
    help: 'Acts that were added to the audit, by who acts.',
    labels: ['actor'],
  },
  gatehouse_audit_waiting: {
    kind: 'gauge',
    help: 'Acts whose outcome the store has not taken yet.',
    labels: [],
  },
  gatehouse_vault_values_total: {
    kind: 'counter',
    help: 'Masked values that were to be remembered or were looked up: kept, lost (the store could not take them), too-long, unreadable (damaged, or sealed with another key), ambiguous (two values under one placeholder).',
    labels: ['outcome'],
  },
  gatehouse_capped_attempts_total: {
    kind: 'counter',
    help: 'Attempts that found no room at the cap of a target.',
    labels: ['outcome'],
  },
  gatehouse_limited_waits_total: {
    kind: 'counter',
    help: 'Requests that waited in line for a limit of the gateway.',
    labels: ['outcome'],
  },
  gatehouse_queue_wait_seconds: {
    kind: 'histogram',
    help: 'How long attempts and requests waited in line.',
    labels: [],
    buckets: ANSWER_SECONDS,
  },
  gatehouse_queued: { kind: 'gauge', help: 'Attempts that wait in line for room at a target.', labels: [] },
  gatehouse_capped_attempts: {
    kind: 'gauge',
    help: 'Attempts under way at targets that have a cap.',
    labels: [],
  },
  gatehouse_requests_in_flight: {
    kind: 'gauge',
    help: 'Requests under way, streams included until their end.',
    labels: [],
  },
  gatehouse_attempts_in_flight: { kind: 'gauge', help: 'Attempts under way.', labels: [] },
  gatehouse_measured_targets: {
    kind: 'gauge',
    help: 'Targets whose speed and errors are remembered.',
    labels: [],
  },
  gatehouse_targets_resting: {
    kind: 'gauge',
    help: 'Targets that are not asked at present because they failed.',
    labels: [],
  },
  gatehouse_credentials_resting: {
    kind: 'gauge',
    help: 'Credentials that are not used at present.',
    labels: [],
  },
  gatehouse_warm_places: { kind: 'gauge', help: 'Conversations that are cached at a target.', labels: [] },
  gatehouse_prompt_sources: {
    kind: 'gauge',
    help: 'Callers whose prompts are watched for what keeps them out of caches.',
    labels: [],
  },
  gatehouse_changing_prompts: {
    kind: 'gauge',
    help: 'Callers whose prompts change where they begin, so that nothing of them is cached.',
    labels: [],
  },
  gatehouse_responses_stored_total: {
    kind: 'counter',
    help: 'Answers that were to be stored under their ids.',
    labels: ['outcome'],
  },
  gatehouse_refused_at_door_total: {
    kind: 'counter',
    help: 'Requests that were refused on their heads or bodies, before they were anything else.',
    labels: ['code'],
  },
  gatehouse_door_shut_total: {
    kind: 'counter',
    help: 'Times that new connections were refused for want of descriptors.',
    labels: [],
  },
  gatehouse_request_bodies_bytes: {
    kind: 'gauge',
    help: 'Bytes of request bodies that are held.',
    labels: [],
  },
  gatehouse_descriptors_free: {
    kind: 'gauge',
    help: 'Files and sockets that may still be opened.',
    labels: [],
  },
  gatehouse_descriptors_most: {
    kind: 'gauge',
    help: 'Files and sockets that may be open at a time.',
    labels: [],
  },
  gatehouse_keys: { kind: 'gauge', help: 'Virtual keys in memory.', labels: [] },
  gatehouse_keys_stale_seconds: {
    kind: 'gauge',
    help: 'Since when keys that were made or revoked elsewhere have not been seen.',
    labels: [],
  },
  gatehouse_budget_top_ups: {
    kind: 'gauge',
    help: 'What is added to budgets for a time and holds now.',
    labels: [],
  },
  gatehouse_earlier_secret_requests_total: {
    kind: 'counter',
    help: 'Requests with a secret of a key that another one has replaced and that is still taken.',
    labels: [],
  },
  gatehouse_key_refresh_failures_total: {
    kind: 'counter',
    help: 'Times that keys could not be read from the store.',
    labels: [],
  },
  gatehouse_ledger_queue_rows: {
    kind: 'gauge',
    help: 'Rows of the ledger that wait for the store.',
    labels: [],
  },
  gatehouse_ledger_open_attempts: {
    kind: 'gauge',
    help: 'Attempts that were announced and are not settled.',
    labels: [],
  },
  gatehouse_ledger_store_failures_total: {
    kind: 'counter',
    help: 'Times that the store refused rows of the ledger.',
    labels: [],
  },
  gatehouse_ledger_crashed_attempts_total: {
    kind: 'counter',
    help: 'Attempts whose end is not known because the process died.',
    labels: [],
  },
  gatehouse_journal_segments: { kind: 'gauge', help: 'Files of the journal.', labels: [] },
  gatehouse_journal_failures_total: {
    kind: 'counter',
    help: 'Times that the journal could not be written.',
    labels: [],
  },
  gatehouse_journal_damaged_segments_total: {
    kind: 'counter',
    help: 'Files of the journal that were set aside because they are damaged.',
    labels: [],
  },
  gatehouse_log_queue_rows: {
    kind: 'gauge',
    help: 'Lines of the request log that wait for the store.',
    labels: [],
  },
  gatehouse_log_dropped_total: {
    kind: 'counter',
    help: 'Lines of the request log that were not kept.',
    labels: ['reason'],
  },
  gatehouse_log_store_failures_total: {
    kind: 'counter',
    help: 'Times that the store refused lines of the request log.',
    labels: [],
  },
  gatehouse_log_failures_total: {
    kind: 'counter',
    help: 'Lines of the process log that could not be written.',
    labels: [],
  },
  gatehouse_log_lines_dropped: {
    kind: 'gauge',
    help: 'Lines of the process log that were lost on their way out.',
    labels: [],
  },
  gatehouse_retention_rows_total: {
    kind: 'counter',
    help: 'Rows that were removed because they are old.',
    labels: [],
  },
  gatehouse_retention_failures_total: {
    kind: 'counter',
    help: 'Times that old rows could not be removed.',
    labels: [],
  },
  gatehouse_disk_free_bytes: {
    kind: 'gauge',
    help: 'Room on the disk with the least of it among those that things are kept on.',
    labels: [],
  },
  gatehouse_config_reload_total: {
    kind: 'counter',
    help: 'Changes of the configuration file.',
    labels: ['outcome'],
  },
  gatehouse_config_last_reload_success: {
    kind: 'gauge',
    help: '1 where the newest text of the configuration file is in force, else 0.',
    labels: [],
  },
  gatehouse_limit: { kind: 'gauge', help: 'The bounds of the house (docs/limits.md).', labels: ['name'] },
  gatehouse_metric_overflow_total: {
    kind: 'counter',
    help: 'Label sets beyond the bound of a metric, which are counted together under the label value other.',
    labels: ['metric'],
  },
  gatehouse_sink_delivery_total: {
    kind: 'counter',
    help: 'Batches of telemetry that were sent elsewhere, by what came of it.',
    labels: ['sink', 'result'],
  },
  gatehouse_sink_dropped_total: {
    kind: 'counter',
    help: 'What was not delivered: the queue was full, or it was refused.',
    labels: ['sink', 'reason'],
  },
  gatehouse_sink_queue_items: {
    kind: 'gauge',
    help: 'What waits to be sent elsewhere.',
    labels: ['sink'],
  },
  gatehouse_build_info: { kind: 'gauge', help: 'Always 1; the version is a label.', labels: ['version'] },
  process_start_time_seconds: {
    kind: 'gauge',
    help: 'When the process began, in seconds since 1970.',
    labels: [],
  },
  process_resident_memory_bytes: { kind: 'gauge', help: 'Memory of the process.', labels: [] },
} as const satisfies Readonly<Record<string, MetricFacts>>

/** The name of a metric. */
export type MetricName = keyof typeof METRICS

type OfKind<Kind> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never
}[MetricName]

/** What only grows. */
export type CounterName = OfKind<'counter'>
/** What is read when somebody looks. */
export type GaugeName = OfKind<'gauge'>
/** Durations or sizes. */
export type HistogramName = OfKind<'histogram'>

/** A value for each label of a metric. */
export type LabelsOf<Name extends MetricName> = Readonly<
  Record<(typeof METRICS)[Name]['labels'][number], string>
>

/** The facts of a metric. */
export function metricFacts(name: MetricName): MetricFacts {
  return METRICS[name]
}
