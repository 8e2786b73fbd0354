/**
 * A signing key can be revoked: by the key that comes after it, which counters know beforehand. What a revoked key signed is signed
 * again beside the pack itself, which never changes; what came back from a counter is marked, because nobody here remembers signing it.
 */
export const ruleKeyRevocation: readonly string[] = [
  `alter table rule_key add column revocation text`,
  `create table rule_key_reserve (
    key_id text primary key,
    x text not null,
    d text,
    endorsement text not null,
    created_at bigint not null
  )`,
  `create table rule_pack_resigned (
    digest text primary key references rule_pack (digest),
    jws text not null,
    signed_at bigint not null
  )`,
  `alter table rule_pack add column returned_by text`,
]
