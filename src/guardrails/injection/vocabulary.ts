/** What words mean where somebody wants something else of a model than who runs it. */
export type WordClass =
  | 'override'
  | 'prior'
  | 'above'
  | 'rules'
  | 'your'
  | 'told'
  | 'void'
  | 'new'
  | 'safety'
  | 'become'
  | 'free'
  | 'answer'
  | 'persona'
  | 'enable'
  | 'mode'
  | 'tell'
  | 'leak'
  | 'own-prompt'
  | 'prompt'
  | 'text-above'
  | 'verbatim'
  | 'encoded'
  | 'follow'
  | 'to-models'
  | 'act'
  | 'send'
  | 'private'
  | 'address'
  | 'admin'
  | 'about'

const list = (words: string): readonly string[] => words.split(',').map((word) => word.trim())

/** Words and phrases in English, German, French, Spanish and Portuguese. They are folded, so accents and case make no difference. */
export const VOCABULARY: Readonly<Record<WordClass, readonly string[]>> = {
  override: list(
    `drop, dismiss, discard, do not obey, stop obeying, abandon, set aside, set aside all, throw away, deactivate, turn off, disable, switch off, remove, lift, no longer follow, give up, schalte, deaktiviere, désactive, desactiva, desative, passe outre, deja de seguir, deixe de seguir, ignore, disregard, forget, override, bypass, skip, neglect, do not follow, don't follow, pay no attention to, do not pay attention to, stop following, cancel, circumvent, overrule,
    ignoriere, ignoriert, vergiss, vergesst, missachte, umgehe, ignorez, oublie, oubliez, ne tiens pas compte, ne tenez pas compte, contourne, fais abstraction,
    ignora, ignorad, olvida, olvide, haz caso omiso, anula, omite, esqueça, esqueca, desconsidere, desobedeça`,
  ),
  prior: list(
    `old, earlier, set before, given before, at the start, von oben, bisher, d'avant, de antes, de antes, previous, prior, above, earlier, preceding, former, foregoing, initial, original, existing, vorherigen, vorherige, bisherigen, obigen, früheren, vorigen, précédentes, précédents, antérieures, ci-dessus,
    anteriores, previas, previos, acima, prévias`,
  ),
  above: list('above, before this, so far, ci-dessus, oben, de arriba, acima'),
  rules: list(
    `guidance, limitations, filters, safeguards, protocols, boundaries, parameters, systemanweisungen, limites, restricciones, restrições, filtros, instructions, instruction, rules, directives, guidelines, directions, orders, commands, prompt, prompts, programming, policy, policies, constraints, restrictions, task, training,
    anweisungen, anweisung, regeln, richtlinien, vorgaben, sicherheitsvorgaben, befehle, systemprompt, consignes, consigne, règles, directives, instrucciones, reglas, indicaciones, directrices, órdenes,
    instruções, regras, orientações, diretrizes, comandos`,
  ),
  your: list('your, deine, deiner, deinen, tes, ton, vos, votre, tus, tu, suas, sua, seu, seus, teus'),
  told: list(
    `you got earlier, that were set before, you were trained, your training, the developer, your creators, the company told you, the user said, you were told, told you, you have been told, your developers, i told you before, said before, dir vorher gesagt, dir gesagt wurde, on t'a dit, te dijeron, te han dicho, lhe disseram, foi dito`,
  ),
  void: list(
    'have been replaced, has been replaced, are replaced, are lifted, have been lifted, superseded, are revoked, have been revoked, are suspended, do not count, wurden ersetzt, sont remplacées, han sido reemplazadas, no longer apply, is void, are void, were a test, was a test, are outdated, are obsolete, are cancelled, gelten nicht mehr, ya no valen, não valem mais',
  ),
  new: list(
    'new instructions, real instructions, following commands, new task, new policy, new rules, true instructions, neue anweisungen, nouvelles instructions, nuevas instrucciones, novas instruções, rules below, your new',
  ),
  safety: list(
    'safety, safety guidelines, safety restrictions, content filters, content filter, content policy, safeguards, safety filters, ethical guidelines, sicherheitsvorgaben, sicherheitsrichtlinien, moderation',
  ),
  become: list(
    `act like, you are chaosgpt, play the role, take the role, you are going to be, behave as, behave like, as an entity, finge, you are in, an entity, verhalte dich, you are now, act as, pretend, from now on, you will act, you will be, roleplay, role play, imagine, simulate, respond as, let us play, let's play, from this moment, stay in character, you are dan, you have been freed, you are that, you are an, you are free, whenever you,
    ab jetzt, du bist jetzt, spiele, tu es maintenant, tu es désormais, agis comme, fais semblant, actúa como, eres, a partir de ahora, você é, a partir de agora, aja como, finja`,
  ),
  free: list(
    `no limitations, nothing is forbidden, no boundaries, no censorship, without censorship, without filters, without a filter, free from all, freed from, no tienes reglas, no tienes restricciones, nichts ist verboten, rien n'est interdit, nada está prohibido, any ethical constraint, without restrictions, no restrictions, without any restrictions, no limits, no moral limits, without limits, no limitations, unfiltered, uncensored, unrestricted, without any ethical, no ethical, no moral, never refuses, never refuse, free from all rules, free of all rules,
    jailbroken, without content policy, no safety filters, no filters, do anything now, anything now, without warnings, without any disclaimer, without any warning, amoral, does not care about the law, freed from your restrictions, freed of its limitations, freed from its,
    avoid norms, comply instead, ignores all policies, one of them without, no matter what, napalm, can do anything, never say that you cannot, evil, evilgpt,
    ohne einschränkungen, ohne regeln, ohne filter, ohne grenzen, sans restrictions, sans restriction, sans filtre, sans limites, sin restricciones, sin filtros, no tienes límites, sin límites, sem restrições, sem filtros, sem limites`,
  ),
  answer: list('answer, respond, reply, antworte, beantworte, réponds, répondez, responde, responda'),
  persona: list('dan, stan, aim, evilgpt, freebot, chaosgpt, dude'),
  enable: list('enter, activate, enable, turn on, switch to, aktiviere, active, activa, ative'),
  mode: list(
    'developer mode, debug mode, opposite mode, god mode, admin mode, dan mode, jailbreak mode, unrestricted mode, entwicklermodus, mode développeur, modo desarrollador, modo desenvolvedor',
  ),
  tell: list(
    `quote, what were, what did, dump, write down, reproduce, echo, spell out, expose, donne-moi, donne moi, dame, dé, gib mir, sag mir, dis-moi, repeat, print, output, reveal, show me, show, give me, give, tell me, translate, summarise, summarize, list, what is, what are, what was, display, write out, copy, dump, recite,
    zeige, zeig, nenne, gib, wiederhole, affiche, révèle, montre, répète, muéstrame, muestra, revela, dime, repite, revele, mostre, repita, diga`,
  ),
  leak: list('leak, reveal, disclose, verrate, divulgue, filtra, vaze'),
  'own-prompt': list(
    `hidden prompt, secret prompt, original prompt, your system instructions, your configuration, your custom instructions, your preamble, your guidelines word for word, systemanweisungen, instructions cachées, instrucciones ocultas, instruções ocultas, your system prompt, your prompt, your system message, your instructions, your full instructions, your hidden instructions, hidden instructions, your initial prompt, initial prompt, initial instructions, your initial instructions, secret instructions, confidential instructions, instructions you were given,
    rules you were given, prompt you were given, instructions that you got, instructions you got, instructions you received, you were given by your developers, your rules word for word,
    deinen systemprompt, dein systemprompt, deine anweisungen, ton prompt système, ton prompt, tes instructions, instructions système, tu prompt, tu prompt del sistema, tus instrucciones, seu prompt, seu prompt de sistema, suas instruções`,
  ),
  prompt: list(
    'system prompt, system message, developer message, systemprompt, prompt système, prompt del sistema, prompt de sistema, system instructions',
  ),
  'text-above': list(
    'text above, everything above, message above, words above, content above, above this message, conversation above',
  ),
  verbatim: list(
    'verbatim, word for word, exactly as they are, exactly as, starting with you are, in a code block, letter for letter, wort für wort, mot à mot, mot pour mot, palabra por palabra, palavra por palavra',
  ),
  encoded: list(
    'base64, rot13, hex encoded, hex, morse, first letter of each line, encoded message, reversed text, caesar',
  ),
  follow: list(
    'follow the instructions, follow its instructions, do what it says, execute the commands, execute it, carry out, obey it, obey the, follow it, and follow, run the commands',
  ),
  'to-models': list(
    `assistants that index, assistants that read, models that read, ai systems reading, any assistant reading, chatbots reading, if you are a bot, attention ai, if you are an ai, if you are a language model, ai assistant processing, ai assistant reading, ai agents reading, ai agent reading, ai reading this, model reading this, language model reading, to the language model, note to ai, note to the ai, to any ai, when summarising this, when summarizing this, llm reading`,
  ),
  act: list(
    'must, forward, disregard, ignore, praise, recommend, tell the reader, visit, approve, enter the password, rate this, instead, only say, respond with',
  ),
  send: list(
    'append, send, forward, encode, put, include, post, upload, exfiltrate, render, attach, add this image, add',
  ),
  private: list(
    "conversation, chat history, api keys, api key, secrets, password, passwords, credentials, user's emails, users emails, emails, private data, messages, personal data",
  ),
  address: list('https, http'),
  admin: list(
    'admin override, administrator override, safety is off, i am your developer, i am your creator, maintenance override, sudo mode, user is an administrator',
  ),
  about: list(
    'prompt injection, prompt injections, jailbreaks, attackers, injected, red team, benchmarks, guardrails, defences, defenses, attacks, the paper, phishing',
  ),
}
