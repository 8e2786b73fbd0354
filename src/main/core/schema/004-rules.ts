import type { Migration } from '../storage/migrations.ts'

/**
 * Rules as the service signed them. A pack is kept for ever, because cases name the versions they were quoted under; what was
 * refused is set aside for whoever asks why.
 */
export const rulesMigration: Migration = {
  version: 4,
  name: 'signed rule packs, their keys, and what was refused',
  statements: [
    `CREATE TABLE rule_key (
       position INTEGER PRIMARY KEY,
       key_id TEXT NOT NULL UNIQUE,
       x TEXT NOT NULL,
       endorsement TEXT,
       learned_at INTEGER NOT NULL
     )`,
    `CREATE TABLE rule_pack (
       digest TEXT PRIMARY KEY,
       pack_id TEXT NOT NULL,
       version TEXT NOT NULL,
       published_at INTEGER NOT NULL,
       received_at INTEGER NOT NULL,
       jws TEXT NOT NULL,
       UNIQUE (pack_id, version)
     ) WITHOUT ROWID`,
    `CREATE TABLE rule_refusal (
       position INTEGER PRIMARY KEY,
       at INTEGER NOT NULL,
       pack_id TEXT NOT NULL,
       version TEXT NOT NULL,
       code TEXT NOT NULL,
       jws TEXT
     )`,
  ],
}
