/**
 * Every bound of the house in one place. A map, queue, buffer or cache takes its bound from here and nowhere else.
 * Sizes in bytes, times in milliseconds, counts as they are. docs/limits.md is made of this file; a comment may end with the
 * metric that shows the bound at work.
 */
export const LIMITS = {
  /** Largest JSON request body. Anthropic takes 32 MB, the largest of the chat dialects. Seen in `gatehouse_refused_at_door_total`. */
  requestBodyBytes: 32 * 1024 * 1024,
  /** Deepest nesting of a JSON body: V8 parses a million levels and then dies stringifying five thousand. */
  jsonDepth: 128,
  /** JSON from providers that is no longer than this cannot nest so deep that it does harm. */
  shallowCharacters: 32 * 1024,
  /** Most structural tokens (commas, colons, brackets) in a JSON body: the parser takes about 10 ms for so many. */
  jsonTokens: 500_000,
  /** A body above this is understood step by step, and not before its caller's last one has been rested from. */
  largeBodyBytes: 1024 * 1024,
  /** What is parsed of it at once: 256 kB take at most a millisecond. */
  bodyPieceBytes: 256 * 1024,
  /** The longest such rest; 20 MB take about 30 ms to understand and are rested from for 2 s. Who is alone does not rest. */
  largeBodyRestMs: 3_000,
  /** Different names of members in a JSON body: the parser takes 250 ms for 600,000 of them. */
  jsonNames: 20_000,
  /** Bytes of bodies that are held for requests under way, half of them for clients at one address; at most a quarter of the memory there is. Seen in `gatehouse_request_bodies_bytes`. */
  bodiesBytes: 1024 * 1024 * 1024,
  /** Of a refused body that nobody reads: no more is let pass by without being counted. */
  unreadBodyBytes: 64 * 1024,
  /** Longer ones that are let pass by at once, so that their clients read why they are refused; beyond it their connections are closed. */
  unreadBytes: 128 * 1024 * 1024,
  /** Of these in each second. */
  unreadBytesPerSecond: 32 * 1024 * 1024,
  /** Refused requests that get a line in the request log before more must wait for their second. Seen in `gatehouse_refused_at_door_total`. */
  refusalRows: 20,
  /** Refused requests that get a line in each second. */
  refusalRowsPerSecond: 1,
  /** Guardrails, and what goes wrong with them, of which it is known when that was last told in the log. */
  toldApart: 200,
  /** Longest life of an exchange, all its attempts included, unless the operator allows one of them more. Seen in `gatehouse_requests_total`. */
  exchangeMs: 900_000,
  /** Longest wait for a whole request body: the largest one arrives in it at 280 kB/s. */
  requestBodyMs: 120_000,
  /** How long a client's connection may stand idle between two requests; longer than the 60 s of most load balancers, so that they close first. */
  clientIdleMs: 75_000,
  /** Files and sockets that are kept free, so that operators, the store and calls to providers still find some. Seen in `gatehouse_descriptors_free`. */
  spareDescriptors: 32,
  /** The longest that a client may leave a stream unread. */
  clientStallMs: 60_000,
  /** Largest response body of a unary call. */
  responseBodyBytes: 64 * 1024 * 1024,
  /** Largest single SSE frame; a frame with an inline image fits. */
  sseFrameBytes: 16 * 1024 * 1024,
  /** Frames of a stream that say nothing, one after the other: a provider that sends more of them has failed. */
  idleBytes: 1024 * 1024,
  /** Bytes held back before the first semantic event; a provider that sends more has failed. */
  gateBytes: 1024 * 1024,
  /** Bytes of an upstream error body that are read. */
  errorBodyBytes: 64 * 1024,
  /** Time for them: the status is known, and another target may be waiting. */
  errorBodyMs: 5_000,
  /** Bytes of an answer that are taken in before anybody wants them, so that they outlive their connection. */
  readAheadBytes: 256 * 1024,
  /** Wait for the usage and the terminal marker of a stream that has said everything else, and for the end of a body that is whole. */
  lastWordMs: 2_000,
  /** How much longer the client of HTTP waits for a head than the watchdog, which knows what the limit is called. */
  secondLineMs: 1_000,
  /** Bytes read behind the end of a stream, so that its connection can be used again. */
  drainBytes: 64 * 1024,
  /** Time for reading them. */
  drainMs: 1_000,
  /** One look at a local port for an engine. */
  probeMs: 150,
  /** Models of a local engine that are read from its list. */
  probedModels: 200,
  /** Connection pools (credential × origin) of the HTTP client; the least recently used closes its idle connections. */
  connectionPools: 2_000,
  /** How long an idle connection to a provider is kept, milliseconds. Shorter than the 60 s at which most servers close theirs. */
  idleConnectionMs: 50_000,
  /** How late a time limit of a call to a provider may be, milliseconds. */
  deadlineSlackMs: 10,
  /** Value of one forwarded header. */
  headerValueBytes: 8 * 1024,
  /** Keys in the in-memory index. Seen in `gatehouse_keys`. */
  keys: 1_000_000,
  /** Rate-limit and budget accounts held in memory. */
  counterAccounts: 200_000,
  /** Targets whose health is remembered. */
  healthEntries: 10_000,
  /** Routes with attempts beside others whose use and cost is remembered, and callers in them. */
  pacedRoutes: 10_000,
  /** Targets whose speed of writing is remembered. */
  measuredSpeeds: 10_000,
  /** Conversations of which it is remembered at which target their prompt is cached. Seen in `gatehouse_warm_places`. */
  warmPlaces: 50_000,
  /** Targets of which it is remembered how fast they answer and how often they fail. Seen in `gatehouse_measured_targets`. */
  measuredTargets: 2_000,
  /** Routes of which it is remembered how long answers are. */
  measuredRoutes: 2_000,
  /** Targets of one of them. */
  measuredTargetsOfRoute: 100,
  /** Keys on routes whose system prompts are compared from call to call. Seen in `gatehouse_prompt_sources`. */
  promptSources: 2_000,
  /** Characters that are kept of one request, and of one answer, where content is kept: of a longer conversation the oldest turns are left out. */
  contentBytes: 1024 * 1024,
  /** Bytes of requests whose content waits to be kept; beyond it content is dropped. Seen in `gatehouse_content_dropped_total`. */
  contentQueueBytes: 64 * 1024 * 1024,
  /** How long content waits for more of it, so that it goes to other threads together. */
  contentGatherMs: 10,
  /** Room that is taken at once for what waits so; it grows where that is too little. */
  contentBatchBytes: 64 * 1024,
  /** How long content is written down for them before other things have their turn. */
  contentTurnMs: 2,
  /** Larger bodies are not compared with what went upstream. */
  contentComparedBytes: 256 * 1024,
  /** Differences that are kept between a request and what went upstream. */
  contentChanges: 100,
  /** Characters that are kept of each value in them. */
  contentChangeCharacters: 400,
  /** Requests whose content one question for a text looks through. */
  contentLooks: 2_000,
  /** Requests whose content is compared to tell what a cache would have saved. */
  opportunityRequests: 20_000,
  /** Characters of what their users have said last that are kept meanwhile; those of older requests are only compared as they are. */
  opportunityCharacters: 4_000_000,
  /** Questions that others may be in other words; the oldest make room. */
  opportunityQuestions: 5_000,
  /** Of those with the same words, how many a question is compared with. */
  opportunityCandidates: 16,
  /** Contents that go at once where they take more room than they may. */
  pruneContents: 50,
  /** Shadows under way; beyond it requests have none. Seen in `gatehouse_shadows_running`. */
  shadows: 64,
  /** Comparisons of shadows that wait to be stored; beyond it they are dropped. Seen in `gatehouse_shadow_rows_dropped_total`. */
  shadowQueueRows: 10_000,
  /** Comparisons that are kept, whatever their age; some 300 MB. */
  shadowRows: 1_000_000,
  /** Canaries that are watched; one beyond it stays at its first share. */
  canaries: 1_000,
  /** Requests of a canary, and of the rest of its route, that are compared: the last so many of each. */
  guardSamples: 512,
  /** Prices remembered by (provider, model). */
  priceCache: 5_000,
  /** Rows waiting to be written to the store; beyond it the request log drops (and counts) rows, the ledger never does. Seen in `gatehouse_log_queue_rows`. */
  logQueueRows: 50_000,
  /** Ledger rows waiting for the store; beyond it new requests are refused with `overloaded`. Seen in `gatehouse_ledger_queue_rows`. */
  ledgerQueueRows: 200_000,
  /** Rows of ledger and request log inside the store's writer that are not handed to a batch yet. */
  storeQueueRows: 250_000,
  /** Questions that wait for the store's reader; beyond it they are refused. */
  storeReads: 256,
  /** Length of a query for requests. */
  queryCharacters: 2_000,
  /** Terms of a query. */
  queryTerms: 32,
  /** Values of one term of a query. */
  queryValues: 64,
  /** Asterisks of one value of a query: each may be tried at every place of a text. */
  queryWildcards: 4,
  /** Lines of the request log that are held against the conditions of one question; it says where it stopped. */
  queryRows: 100_000,
  /** Lines of the request log that are marked together: who asks for a value looks through so many of them, or passes them over. */
  markedRows: 1_000,
  /** What was done to a key: the latest acts of each stay. */
  keyActs: 200,
  /** The newest lines of the request log that are looked at for when keys were last used; further back the sums of hours tell it. */
  keyUseLines: 5_000,
  /** Acts in the chain of the audit; beyond it the oldest go, behind a signed checkpoint. */
  auditEntries: 100_000,
  /** How long an act stays in it: two years. */
  auditMs: 730 * 86_400_000,
  /** Acts that go at once when another comes. */
  auditForgotten: 1_000,
  /** Acts that broke off, of which a start takes down that nobody knows what came of them. */
  auditLeft: 1_000,
  /** Characters of what is told of an act. */
  auditSummary: 2_000,
  /** Characters of what it was done to. */
  auditSubject: 200,
  /** Characters of each value that is told of it. */
  auditValue: 200,
  /** What is added to budgets for a time, at a time. */
  topUps: 1_000,
  /** Sums of hours that one question about spending adds up: the newest. */
  spendRows: 120_000,
  /** Lines of the request log that one question about spending looks at. */
  spendLines: 30_000,
  /** Attempts that bought nothing of which one question tells. */
  lostRows: 50_000,
  /** Requests that name a session of which one question tells: the newest. */
  sessionRows: 1_000,
  /** Targets of one session that are named. */
  sessionTargets: 20,
  /** Routes that one page lists. */
  routesListed: 500,
  /** Models that one page lists. */
  modelsListed: 500,
  /** Names of a dimension of charts; further ones take the places of those that were counted least. */
  seriesNames: 2_000,
  /** Names that one chart shows. */
  seriesShown: 50,
  /** Intervals of one chart. */
  seriesIntervals: 1_000,
  /** Rows of the ledger that no sum of an hour holds yet; more are summed with the next batch. Budgets and reports add them one by one. */
  usagePending: 2_000,
  /** Requests that are counted by the values of one field, the newest: several fields are counted for one screen, again and again. */
  facetRows: 25_000,
  /** Queries that are kept under a name. */
  savedViews: 100,
  /** Requests of one export; a narrower query has the rest. */
  exportRequests: 100_000,
  /** Requests of the log that are decided on again without a provider, the newest. */
  outageRequests: 10_000,
  /** Changes that the overview tells, the newest. */
  overviewChanges: 50,
  /** Requests by which the overview tells what the gateway itself takes, the newest. */
  overviewRequests: 200,
  /** Rows that no sum of a chart holds yet; more are summed with the next batch. Charts look at them one by one. */
  seriesPending: 5_000,
  /** Rows that are summed at a time. */
  seriesRows: 5_000,
  /** Names whose minutes become hours with one batch; more with the next. */
  seriesRolled: 500,
  /** How long sums of minutes are kept. */
  seriesMinutesMs: 2 * 86_400_000,
  /** How long sums of hours are kept. */
  seriesHoursMs: 100 * 86_400_000,
  /** Rows after which a batch is written without waiting for more. */
  storeBatchRows: 500,
  /** Rows that retention removes at once: a batch of new ones waits for no more than these. */
  pruneRows: 200,
  /** Answers that retention removes at once: each may be large. */
  pruneResponses: 20,
  /** One answer that is kept, with what was asked for it. A longer one is given and not kept. */
  storedResponseBytes: 16 * 1024 * 1024,
  /** Answers of one owner that are kept; the longest unused make room. */
  ownerResponses: 100_000,
  /** Answers of all owners. */
  storedResponses: 1_000_000,
  /** Answers from the first to the last of a conversation that one goes on from by its id. */
  conversationResponses: 1_000,
  /** Answers that wait to be written to the store; beyond it one is given and not kept. */
  storedQueueBytes: 64 * 1024 * 1024,
  /** Size at which the ledger's journal begins a new segment. */
  journalSegmentBytes: 8 * 1024 * 1024,
  /** Segments of the journal; beyond it the oldest is written again at the end, as far as it is still needed. Seen in `gatehouse_journal_segments`. */
  journalSegments: 8,
  /** Longest wait for ledger rows to reach the store, when somebody waits for them. */
  ledgerFlushMs: 5_000,
  /** Characters of log and terminal lines that wait to be written; beyond it lines are dropped and counted. Seen in `gatehouse_log_lines_dropped`. */
  outputCharacters: 1024 * 1024,
  /** One text from elsewhere (the name of a model, an error) in a line of the log. */
  loggedCharacters: 2_000,
  /** One name from elsewhere in the request log and on a terminal. */
  shownCharacters: 200,
  /** How long rows may wait, or keys not be looked for, before that is told as a trouble. */
  stalledMs: 2_000,
  /** How long such a trouble may last before the gateway says that it is not ready. */
  unreadyAfterMs: 10_000,
  /** Gateways that a request may come through before this one; one that goes round in a circle ends there. */
  gatewayHops: 4,
  /** Requests in flight in one process; beyond it: 503. Seen in `gatehouse_requests_in_flight`. */
  concurrentRequests: 20_000,
  /** Requests that wait in one queue, whatever the file says. Seen in `gatehouse_queued`. */
  queuedRequests: 10_000,
  /** Notices on one exchange. */
  notices: 64,
  /** Characters of a call's arguments that are held back so that they can be judged before a client reads them. */
  heldArgumentCharacters: 2_048,
  /** Attempts on one exchange, whatever a route says. */
  attempts: 10,
  /** Steps of one decision that are recorded; of what comes behind them the record holds the number. */
  decisionSteps: 64,
  /** Kinds of requests that are tried for one proof, route and key. */
  proofCases: 100_000,
  /** Changes of one request that are tried to find what would lead it elsewhere. */
  explainTrials: 4_096,
  /** Requests of the log that are decided on again for one question to the admin API. */
  whatIfRequests: 50_000,
  /** Milliseconds that such a question may take. */
  whatIfMs: 60_000,
  /** Such questions that wait for one that is being answered. */
  questionsWaiting: 8,
  /** Milliseconds that one of them may wait for its turn. */
  questionWaitMs: 20_000,
  /** Targets, alone and on each route, whose answers are measured by the log when it is decided on again. */
  whatIfMeasures: 20_000,
  /** Kinds of moves, refusals, breaches and unknown facts that are told apart when the log is decided on again; the rest is counted together. */
  whatIfKinds: 200,
  /** Length of the record of one decision; lists that are longer than fits are counted, and so are steps. */
  decisionBytes: 2_048,
  /** Looks at parts of a schema while an answer is held against it; what would take more is not judged by it. */
  schemaSteps: 20_000,
  /** Characters of an answer, and of the conversation before it, that a model is shown to judge it. */
  judgedCharacters: 32_000,
  /** The longest that an answer waits for the verdict of such a model; beyond it there is none. */
  judgeMs: 20_000,
  /** Answers to one request that may be found wanting before no better one is asked for. */
  rungs: 3,
  /** The longest text that is gone on with by somebody else when its answer breaks off, in characters. Seen in `gatehouse_continuations_total`. */
  continuedCharacters: 256 * 1024,
  /** So much of the end of that text is looked for at the beginning of what follows, where it is left out; as much is held until it is known. */
  overlapCharacters: 200,
  /** Sessions of which it is remembered that their answers were found wanting; the longest unused are forgotten. */
  escalatedSessions: 10_000,
  /** Open choices (`n`) of one response. */
  choices: 128,
  /** Blocks in one choice of a response. */
  blocks: 4_096,
  /** Broken frames in the prose of one response that are skipped: a word may be missing, not more. */
  brokenFrames: 1,
  /** Label sets of one metric; what comes later is counted together as `other`. Seen in `gatehouse_metric_overflow_total`. */
  metricSeries: 1_000,
  /** Teams and projects that are told apart in metrics; others are `__other__`. Seen in `gatehouse_owner_requests_total`. */
  metricOwners: 200,
  /** Models that metrics of the GenAI conventions tell apart; others are `__other__`. */
  metricModels: 200,
  /** Requests that wait to be exported; what comes later is dropped. Seen in `gatehouse_sink_queue_items`. */
  sinkItems: 4_096,
  /** Requests that are exported at once. */
  sinkBatch: 256,
  /** The most records of requests that are sent at once. */
  sinkRecords: 2_048,
  /** The longest that a collector may take to be reached and to answer, milliseconds. */
  sinkMs: 10_000,
  /** Requests whose asks wait for them to end, where most traces are not exported. */
  tracesWaiting: 1_000,
  /** Asks on behalf of one of them. */
  traceAsks: 64,
  /** Rules that ring. */
  alertRules: 200,
  /** Channels that are told of what rings. */
  alertChannels: 100,
  /** Those who get one e-mail. */
  alertRecipients: 50,
  /** Names that one rule rings for at a time; of more it says how many there are. */
  alertKeys: 50,
  /** Names that one alert spells out. */
  alertNames: 20,
  /** Alerts that are told of a rule that is tried on days that are over; beyond it they are counted. */
  alertPreviewed: 200,
  /** Alerts in one message. */
  alertDigestItems: 50,
  /** Messages to channels that wait to be delivered; beyond it one is given up at once. Seen in `gatehouse_alert_queue_messages`. */
  alertQueue: 1_000,
  /** Messages to channels of which it is kept what became of them; the oldest go. */
  alertDeliveries: 10_000,
  /** Alerts that are over of which it is kept that they were; the oldest go. */
  alertsOver: 10_000,
  /** The longest that a channel may take to be reached and to answer, milliseconds. */
  alertMs: 10_000,
  /** The longest that a channel is believed that it wants to be left alone, milliseconds. */
  alertRetryAfterMs: 3_600_000,
  /** Bytes of what a channel answers that are read. */
  alertAnswerBytes: 16 * 1024,
  /** The longest time that a rule may look at requests one by one for, milliseconds. */
  alertScanMs: 6 * 3_600_000,
  /** Keys and projects with a budget that rules watch. */
  alertBudgets: 1_000,
  /** Keys that are looked at to find those. */
  alertKeysRead: 10_000,
  /** Size of a configuration file. */
  configBytes: 4 * 1024 * 1024,
  /** Uses of YAML aliases in a configuration file: nested ones multiply. */
  configAliases: 1_000,
  /** Routes resolved on demand (wildcards, `provider/model`) that a plan remembers. */
  resolvedRoutes: 2_000,
  /** Steps of one route, and examples. */
  routeSteps: 100,
  /** Routes that take requests of any name by a condition. */
  routeMatches: 100,
  /** Longest sentence by which a step of a route refuses, in characters. */
  refusalCharacters: 500,
  /** Longest condition of a route, in characters. */
  expressionCharacters: 2_000,
  /** Operators, names and values in one condition. */
  expressionNodes: 500,
  /** How deep they nest. */
  expressionDepth: 32,
  /** Names behind wildcards of routes that stand in the list of models. */
  knownNames: 1_000,
  /** Models that lists kept by others know of the providers, and that can be looked at; fewer than `resolvedRoutes`, which remembers them. */
  listedNames: 1_500,
  /** Versions of the configuration that are kept: the newest so many. */
  configVersions: 1_000,
  /** What their texts may take together before the oldest go; the one in force stays. */
  configVersionBytes: 256 * 1024 * 1024,
  /** Changes of a configuration that are told at once, and fields of one object. */
  configChanges: 200,
  /** Secrets that are typed on a screen or piped into a command, and kept in the store. */
  storedSecrets: 1_000,
  /** Problems of a configuration that are reported at once. */
  configProblems: 100,
  /** Wrong admin tokens from one address that wait for their answer; beyond it no token from there is compared. */
  adminTokenGuesses: 16,
  /** Longest that bundling the dashboard may take, where the gateway runs from its source. */
  dashboardBuildMs: 60_000,
  /** Wrong admin tokens from all addresses that wait; beyond it no token is compared. */
  allAdminTokenGuesses: 256,
  /** Body of a request to the admin API. */
  adminBodyBytes: 64 * 1024,
  /** One answer to a request of an application with an idempotency key that is kept for those who ask again. A longer one is given and not kept. Seen in `gatehouse_idempotent_requests_total`. */
  replyBytes: 8 * 1024 * 1024,
  /** Such answers of one key of the gateway, packed; the oldest make room. */
  ownerReplyBytes: 64 * 1024 * 1024,
  /** How many those may be. */
  ownerReplies: 10_000,
  /** Those of all keys, packed. */
  repliesBytes: 512 * 1024 * 1024,
  /** How many those may be. */
  replies: 200_000,
  /** Such answers that wait to be written to the store; beyond it one is given and not kept. */
  replyQueueBytes: 64 * 1024 * 1024,
  /** Longest that guardrails remember masked values. */
  vaultRememberMs: 400 * 24 * 3_600_000,
  /** Masked values that guardrails remember of one user or customer of a project; the oldest make room. */
  vaultOwnerRows: 10_000,
  /** Those of all. */
  vaultRows: 1_000_000,
  /** What those take in the store. */
  vaultBytes: 1024 * 1024 * 1024,
  /** Those that wait to be written; beyond it they are not remembered. Seen in `gatehouse_vault_values_total`. */
  vaultQueueRows: 10_000,
  /** Longest value that is remembered. */
  vaultValueCharacters: 8_192,
  /** Values, and owners of some, that are known to be kept, so that they are not written and asked for again each time. */
  vaultKnown: 10_000,
  /** How much later a value that is said again has to end for that to be written. */
  vaultAgainMs: 3_600_000,
  /** Words of one answer that look like placeholders of other requests and are looked up; beyond it they stay as they are. */
  vaultLookUps: 1_000,
  /** Answers of the admin API that are kept for requests with an idempotency key that come again; beyond it the oldest goes. */
  repeats: 10_000,
  /** How long one is kept. */
  repeatMs: 24 * 3_600_000,
  /** Characters of an answer that guardrails hold back until they know what they are; beyond it they could not look. */
  guardrailHeldCharacters: 4_000_000,
  /** Reports of probabilities of words that are held until it is known that the words stay. */
  guardrailHeldLogprobs: 100_000,
  /** Characters that a check is given to judge; of more it cannot tell. */
  checkedCharacters: 1_000_000,
  /** Characters that a moderation model is shown as one input. */
  moderatedCharacters: 8_000,
  /** Questions to a model by which one check judges one request or answer; of what would take more it cannot tell. */
  checkQuestions: 8,
  /** Characters of a rubric. */
  rubricCharacters: 20_000,
  /** Kinds of things that a check may have found in one request or answer; what says more is not believed. */
  checkFindings: 64,
  /** Places at which a check may have found something in one request or answer. */
  checkPlaces: 10_000,
  /** Characters of a text on which guardrails are tried. */
  guardrailTrialCharacters: 100_000,
  /** Feedback on one request. */
  requestFeedback: 50,
  /** Body of feedback that an application gives. */
  feedbackBytes: 16 * 1024,
  /** Listeners to the event stream of the admin API. */
  eventListeners: 32,
  /** Requests of the playground that are under way at a time. */
  playgroundRuns: 24,
  /** Body of a question in the playground. */
  playgroundBodyBytes: 512 * 1024,
  /** Lines of the request log that a listener is told at most when it has fallen behind; what lies between is told as a gap. */
  eventLinesBehind: 5_000,
  /** Body of a question to the admin API about a request, which is in it, and about another configuration. */
  explainBodyBytes: 2 * 1024 * 1024,
  /** Requests that a simulated provider bills before it forgets the oldest. */
  simulatedBillEntries: 100_000,
  /** Requests that a simulated provider remembers with headers and body. */
  simulatedRequests: 1_000,
  /** Largest body that a simulated provider keeps when it was told to keep them. */
  simulatedBodyBytes: 256 * 1024,
  /** Model names that a simulated provider counts requests of. */
  simulatedModelNames: 10_000,
  /** An answer that is longer is not kept for others who ask the same; of one under way, so much waits for those who read it more slowly than it comes. */
  cachedAnswerBytes: 1024 * 1024,
  /** Of these in memory; beyond it those go that were not used for longest. Seen in `gatehouse_cache_bytes`. */
  cacheBytes: 64 * 1024 * 1024,
  /** How many of them the store keeps; beyond it those go that were not used for longest. */
  cacheEntries: 200_000,
  /** Those that wait to be written to the store; beyond it one is kept in memory only. Seen in `gatehouse_cache_store_total`. */
  cacheQueueBytes: 64 * 1024 * 1024,
  /** How long a request waits for what the store has; beyond it nothing is found. */
  cacheReadMs: 250,
  /** An answer from a time further ahead is none: it was kept when the clock was wrong. */
  cacheAheadMs: 60_000,
  /** It is taken down once in this time that an answer was used. */
  cacheTouchMs: 60_000,
  /** Answers that a purge removes from the store at once. */
  cachePurged: 2_000,
  /** Routes of which it is told what is kept of them. */
  cacheRoutes: 100,
  /** Requests that read along what one is answered that asks the same; more ask for themselves. Seen in `gatehouse_cache_followers`. */
  cacheFollowers: 10_000,
  /** Longest time for which an answer is kept. */
  cacheTtlMs: 365 * 86_400_000,
  /** New answers that are fetched for stale ones with nobody waiting; beyond it the stale ones are given as long as they may be. Seen in `gatehouse_cache_refreshing`. */
  cacheRefreshes: 64,
  /** Tags of a route, and of a request, by which kept answers can be removed. */
  cacheTags: 16,
  /** Different answers that may be kept of one question. */
  cacheBuckets: 100,
  /** A longer last turn is only compared as it is. */
  similarQuestionCharacters: 2_000,
  /** Questions that wait to be looked for among similar ones; more are misses. */
  similarSearches: 256,
  /** Questions that others are compared with. Seen in `gatehouse_semantic_entries`. */
  similarEntries: 100_000,
  /** Of these in one partition, which is searched as a whole. */
  similarPartitionEntries: 20_000,
  /** Partitions of which it is remembered how far similarity is to be trusted. */
  similarPartitions: 10_000,
  /** Of these whose trust outlives the process: those that were learned of last. */
  similarTrusts: 1_000,
  /** Audits of similar answers under way; beyond it there are none. Seen in `gatehouse_semantic_audits_total`. */
  similarAudits: 32,
  /** How long a vector is waited for that a question is remembered by, after its call went on without it. */
  similarVectorMs: 10_000,
  /** Numbers of a vector; longer ones are not compared. */
  similarDimensions: 4_096,
  /** Codes of vectors that are searched, a byte for each number; the vectors themselves take four times as much beside them. */
  similarCodeBytes: 64 * 1024 * 1024,
  /** Requests of a drill for each of its routes. */
  drillRequests: 500,
  /** Requests of a drill for all of its routes: beyond it each gets fewer. */
  drillTotalRequests: 4_000,
  /** Requests of a drill that are told one by one, for each of its routes. */
  drillTimelinePoints: 40,
  /** Faults of a drill. */
  drillFaults: 16,
  /** The longest that a drill may rehearse, of its own time. */
  drillMs: 3_600_000,
  /** Of the machine's time, after which a drill that the gateway runs by itself is given up. */
  drillProcessMs: 300_000,
  /** Reports of drills that an installation keeps. */
  drillReports: 100,
  /** What they may take together, the latest apart. */
  drillHistoryBytes: 512 * 1024,
  /** Models that the settings of a client list, where it does not fetch them. */
  connectedModels: 50,
  /** Size of a file of a client that settings are written into. */
  connectedFileBytes: 4 * 1024 * 1024,
  /** Files of before that are kept beside one file of a client. */
  connectBackups: 20,
  /** The longest that a command waits for the gateway to answer. */
  commandAnswerMs: 10_000,
  /** Requests that a live view of the last minute holds; beyond it the oldest go. */
  topRequests: 50_000,
  /** Routes and targets that it shows. */
  topRows: 12,
  /** The longest that one provider is waited for where installations are checked. */
  doctorAnswerMs: 15_000,
  /** What is read of a list of models by which a key is tried. */
  keyTrialBytes: 8 * 1024 * 1024,
  /** Accounts at providers that are asked at once there. */
  doctorCalls: 8,
  /** Names that one finding of such a check spells out. */
  doctorNames: 10,
  /** Messages by which a server of guardrails is asked about one request or answer; of what would take more it cannot tell. */
  hookLetters: 256,
  /** Of these, how many are under way at a time. */
  hookLettersAtOnce: 4,
  /** What is read of one of its answers. */
  hookAnswerBytes: 1024 * 1024,
  /** Places and things that it may have found in one request or answer. */
  hookFindings: 10_000,
  /** Words that it has found without saying where, which are looked up in the texts. */
  hookWords: 200,
  /** Names of what it has found; those that come later are told as `other`. */
  hookNames: 50,
  /** The longest until a connection to it stands. */
  hookConnectMs: 1_000,
  /** Servers of guardrails of which it is known whether they answer. */
  hookCircuits: 200,
  /** Words and phrases that one guardrail looks for. */
  terms: 1_000_000,
  /** Characters of one of them. */
  termCharacters: 200,
  /** Kinds of stretches with digits for which it is remembered which numbers they may hold. */
  digitShapes: 4_096,
  /** Topics that one guardrail looks for, and words and phrases of each. */
  /** Topics that one guardrail looks for. */
  topics: 50,
  /** Words and phrases of one topic. */
  topicPhrases: 1_000,
  /** Lookers of guardrails that are kept for the next plan, so that a list which has not changed is not compiled anew. */
  keptLookers: 16,
  /** Patterns that one guardrail looks for. */
  patterns: 200,
  /** Characters that one of them is written in. */
  patternCharacters: 1_000,
  /** Steps that one of them is compiled to. */
  patternSteps: 2_000,
  /** Most characters that one of them may be allowed to reach. */
  patternReach: 4_096,
} as const
