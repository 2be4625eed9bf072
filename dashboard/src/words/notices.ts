// Made from the notices by `npm run docs`.

/** `info`: a hint was lost; `warn`: a wish was not honoured; `loss`: meaning was lost. */
export interface NoticeSaid {
  readonly level: 'info' | 'warn' | 'loss'
  readonly says: string
}

/** What the codes of notices mean. */
export const NOTICES: Readonly<Record<string, NoticeSaid | undefined>> = {
  "param.dropped": { level: "warn", says: "The model has no such parameter; it was left out." },
  "param.clamped": { level: "warn", says: "The model does not take this value; it got the nearest that it takes." },
  "param.renamed": { level: "info", says: "It has another name there, and means the same." },
  "unknown.dropped": { level: "info", says: "Only the dialect of the client knows this field; it was left out." },
  "system.relocated": { level: "info", says: "Instructions stand in another place there." },
  "rank.weakened": { level: "info", says: "The words of the developer have the rank of other instructions there." },
  "turn.merged": { level: "info", says: "Turns of one speaker that follow each other became one." },
  "turn.seeded": { level: "warn", says: "A turn was put in front, since a conversation begins with one of the user there." },
  "turn.emptied": { level: "info", says: "Nothing was left of a turn that can be said there." },
  "prefill.trimmed": { level: "info", says: "The spaces behind the beginning of the answer were taken away." },
  "name.dropped": { level: "warn", says: "Who speaks in a turn cannot be named there." },
  "order.flattened": { level: "warn", says: "Text behind a call of a tool stands before it there." },
  "schema.lowered": { level: "warn", says: "What the schema asks was put into simpler words that the model takes." },
  "schema.unenforced": { level: "warn", says: "The model is asked to follow the schema, and is not held to it." },
  "schema.emulated": { level: "info", says: "The answer by the schema was had by another way that the model knows." },
  "tool.renamed": { level: "info", says: "The tool had another name on the way; the answer calls it by its own." },
  "tool.dropped": { level: "warn", says: "The model does not have this tool; it was left out." },
  "tool.emulated": { level: "warn", says: "The tool was offered in another form that the model knows." },
  "tool-choice.weakened": { level: "warn", says: "The model cannot be held to this choice of tools." },
  "parallel.unenforced": { level: "warn", says: "The model cannot be held to one call at a time." },
  "result.media-moved": { level: "warn", says: "What the tool gave beside text stands in a turn of the user." },
  "result.repeated": { level: "warn", says: "A call was answered twice; the first answer counts." },
  "result.error-textual": { level: "info", says: "That the tool failed is said in words." },
  "cache.hint-dropped": { level: "info", says: "A mark of what may be cached was left out." },
  "cache.marked": { level: "info", says: "The prompt was marked for the cache of the provider, as the route says." },
  "reasoning.dropped": { level: "warn", says: "Reasoning of earlier turns was left out." },
  "seal.foreign": { level: "warn", says: "A signature of another provider was left out." },
  "reasoning.adaptive": { level: "info", says: "How much to reason is up to the model there." },
  "seal.lost": { level: "warn", says: "A signature of the provider could not be told to the client." },
  "citation.dropped": { level: "warn", says: "Citations were left out." },
  "logprobs.dropped": { level: "warn", says: "Probabilities of words were left out." },
  "media.dropped": { level: "loss", says: "A picture, recording or document was left out." },
  "call.dropped": { level: "loss", says: "A call of a tool was left out." },
  "choice.dropped": { level: "loss", says: "Of several answers the client gets the first." },
  "arguments.invalid": { level: "warn", says: "The arguments of a call are no valid JSON." },
  "native.dropped": { level: "loss", says: "A part that only one provider understands was left out." },
  "encoding.emulated": { level: "info", says: "The gateway itself wrote the vectors in the encoding that was asked for." },
  "text.cut": { level: "warn", says: "The provider cuts a text that is too long for it." },
  "native.reworded": { level: "info", says: "A part that only one provider understands was said as text." },
  "attribution.stripped": { level: "info", says: "The line by which the program names itself was taken out of the instructions." },
  "response.not-stored": { level: "warn", says: "The answer was not stored, although that was asked for." },
  "guard.masked": { level: "info", says: "A guardrail put something else in the place of what it found." },
  "usage.estimated": { level: "info", says: "The provider did not say what was used; it is an estimate." },
  "max-tokens.defaulted": { level: "info", says: "The longest answer had to be named, and was set." },
  "max-tokens.clamped": { level: "warn", says: "The longest answer was set to what the model can give." },
  "model.retiring": { level: "info", says: "The model will be switched off." },
  "answer.rejected": { level: "warn", says: "The answer did not pass the checks of the route." },
  "answer.continued": { level: "warn", says: "The answer broke off, and another model went on with it." },
}
