/** What a key made through the admin API may also say: what its targets must fulfil, and how it waits. */
export const KEY_TERMS =
  'alter table keys add column only_terms text; alter table keys add column queue text;'
