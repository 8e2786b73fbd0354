import { describe, expect, test } from 'vitest'
import { statementKind } from '../../../src/main/core/storage/statement-rules.ts'

describe('what may become a journal frame', () => {
  test.each([
    ['INSERT INTO case_file (id, note) VALUES (?, ?)'],
    ["INSERT INTO note (text) VALUES ('call random() or datetime(''now'') later')"],
    ['UPDATE job SET state = ?, /* random() */ attempts = attempts + 1 WHERE id = ? RETURNING id'],
    ['WITH old AS (SELECT id FROM job) DELETE FROM job WHERE id IN (SELECT id FROM old)'],
    ['CREATE TABLE "date" (day TEXT NOT NULL)'],
    ['REPLACE INTO setting (name, value) VALUES (?, ?)'],
  ])('a write: %s', (sql) => {
    expect(statementKind(sql)).toBe('write')
  })

  test.each([
    ['SELECT * FROM job WHERE created < ?'],
    ['select replace(name, ?, ?) from person'],
    ['WITH recent AS (SELECT * FROM job) SELECT count(*) FROM recent'],
    ["SELECT date(created / 1000, 'unixepoch') FROM job"],
    ['EXPLAIN QUERY PLAN SELECT 1'],
  ])('a read: %s', (sql) => {
    expect(statementKind(sql)).toBe('read')
  })

  test.each([
    ['INSERT INTO job (id) VALUES (random())'],
    ["UPDATE job SET changed = datetime('now')"],
    ["UPDATE job SET changed = strftime ('%s', ?)"],
    ['CREATE TABLE job (created TEXT DEFAULT CURRENT_TIMESTAMP)'],
    ['INSERT INTO child (parent) VALUES (last_insert_rowid())'],
    ['DELETE FROM job WHERE RANDOMBLOB(4) > ?'],
    ['BEGIN'],
    ['COMMIT'],
    ['PRAGMA synchronous=OFF'],
    ["ATTACH 'other.db' AS other"],
    ['VACUUM'],
    ['SAVEPOINT here'],
    ['INSERT OR ROLLBACK INTO job (id) VALUES (?)'],
    ['CREATE TABLE child (parent INTEGER REFERENCES job (id) DEFERRABLE INITIALLY DEFERRED)'],
  ])('refused: %s', (sql) => {
    expect(() => statementKind(sql)).toThrow(expect.objectContaining({ code: 'store.forbiddenSql' }))
  })
})
