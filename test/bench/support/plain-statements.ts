/** Tables of the bare idempotent insert and its audit row. */
export const plainTables = [
  `CREATE TABLE job (id uuid primary key, device_id text not null, sequence bigint not null, lane uuid not null,
    kind text not null, body text not null, received_at bigint not null, unique (device_id, sequence))`,
  `CREATE TABLE audit (chain text not null, sequence bigint not null, at bigint not null, actor text not null,
    action text not null, details text not null, previous_hash text not null, hash text not null, primary key (chain, sequence))`,
]

/** About the size of a payment's payload as JSON. */
export const payloadBytes = 480
