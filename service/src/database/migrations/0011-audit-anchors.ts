/** The ends of the audit chains, bound together from time to time; see audit/anchor.ts. */
export const auditAnchors = [
  `create table audit_anchor (
    anchor bigint primary key,
    at bigint not null,
    previous_root text not null,
    root text not null,
    heads text not null
  )`,
  'create table audit_anchored (chain text primary key, sequence bigint not null)',
]
