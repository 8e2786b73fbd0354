import { describe, expect, test } from 'vitest'
import { migrations } from '../../../service/src/database/migrate.ts'

/*
 * Older builds serve while a newer one migrates, and are started again on the newer schema: a migration adds, and takes nothing away
 * that an older build reads, writes or relies on. A statement that is none of the harmless ones needs a row here that says why it is safe.
 */

const oneSpace = (statement: string) => statement.replace(/\s+/g, ' ').trim().toLowerCase()

/** Statements of migrations after the first that are not plain additions, each with the reason why older builds live with it. */
const considered: Record<string, string> = {
  'alter table change_feed alter column subject_id set not null': '0017 fills it for builds that do not know it',
  'create trigger ledger_fence_follows after insert on ledger_closing for each row execute function ledger_fence_follows()':
    'keeps the fence at the days that older builds close, and changes nothing they write',
  'drop index product_order_one_open':
    'made anew two statements on, over a narrower set: what older builds rely on still holds',
  'drop index product_order_due': 'made anew two statements on; only speed depends on it',
}

/** Tables a migration makes itself: nothing older knows them. */
function made(statements: readonly string[]): Set<string> {
  return new Set(statements.flatMap((one) => /^create table (\w+)/.exec(oneSpace(one))?.[1] ?? []))
}

function isAddition(statement: string, own: ReadonlySet<string>): boolean {
  const text = oneSpace(statement)
  const column = /^alter table (\w+) add column (\w+) (.*)$/.exec(text)
  // A column an older build does not fill must be allowed to be empty, or fill itself; a check would refuse what it writes.
  if (column)
    return (!/\bnot null\b/.test(column[3]!) || /\bdefault\b/.test(column[3]!)) && !/,| check /.test(column[3]!)
  if (/^alter table \w+ alter column \w+ drop not null$/.test(text)) return true
  if (/^create (or replace )?function /.test(text) || /^create table /.test(text)) return true
  if (/^create index /.test(text) || /^update \w+ set /.test(text) || /^insert into /.test(text)) return true
  const on = /^create (?:unique index \w+|trigger .*?) on (\w+)/.exec(text)?.[1]
  // On a table that older builds write, only a trigger that fills what they leave out.
  return on !== undefined && (own.has(on) || / when \(new\.\w+ is null\) execute function /.test(text))
}

const later = Object.entries(migrations).filter(([name]) => !name.startsWith('0001'))

describe('what a migration may do while older builds serve', () => {
  test.each(later)('%s only adds', (_name, statements) => {
    const own = made(statements)
    const wrong = statements.filter((one) => !isAddition(one, own) && !(oneSpace(one) in considered))
    expect(wrong.filter((one) => !isRemade(one, statements))).toEqual([])
  })

  test('every considered statement is still there', () => {
    const all = new Set(later.flatMap(([, statements]) => statements.map(oneSpace)))
    expect(Object.keys(considered).filter((one) => !all.has(one))).toEqual([])
  })

  test.each([
    'alter table payment drop column receipt_number',
    'alter table payment rename column amount_fen to amount',
    'alter table payment alter column amount_fen type numeric',
    'alter table payment add column shift_id uuid not null',
    'alter table payment alter column order_id set not null',
    'alter table payment add constraint positive check (amount_fen > 0)',
    "alter table payment add column way text default 'cash', drop column method",
    'create unique index payment_receipt on payment (receipt_number)',
    'create trigger watch before insert on payment for each row execute function refuse()',
    'drop table refund',
    'truncate job_gap',
    'delete from lockout',
  ])('%s is no addition', (statement) => {
    expect(isAddition(statement, new Set(['refund_line']))).toBe(false)
  })

  test('the names are in the order in which they run', () => {
    const names = Object.keys(migrations)
    expect(names).toEqual([...names].sort())
    expect(new Set(names.map((name) => name.slice(0, 4))).size).toBe(names.length)
  })
})

/** The unique index that takes the place of a dropped one of the same name. */
function isRemade(statement: string, statements: readonly string[]): boolean {
  const name = /^create unique index (\w+) on /.exec(oneSpace(statement))?.[1]
  return name !== undefined && statements.some((one) => oneSpace(one) === `drop index ${name}`)
}
