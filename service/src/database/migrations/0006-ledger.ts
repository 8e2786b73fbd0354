/**
 * The inter-province ledger. A posting is one row that moves an amount between two accounts, so that none can be unbalanced; the
 * database itself refuses to change or remove postings and closed statements, and to let a posting slip into a day that is closed:
 * it then counts for the first open one. Writers share an advisory lock that the closing of a day takes for itself.
 */
export const ledger: readonly string[] = [
  `create table ledger_closing (
    day text primary key check (day ~ '^\\d{4}-\\d{2}-\\d{2}$'),
    closed_at bigint not null,
    sha256 text not null
  )`,
  `create table ledger_posting (
    cause text not null,
    position integer not null check (position > 0),
    handling_province text not null,
    home_province text not null,
    carrier text not null,
    day text not null check (day ~ '^\\d{4}-\\d{2}-\\d{2}$'),
    kind text not null,
    book text not null check (book in ('handling', 'home')),
    debit text not null,
    credit text not null,
    amount_fen bigint not null check (amount_fen > 0),
    case_id uuid not null,
    order_id uuid,
    payment_id uuid,
    refund_id uuid,
    reference text,
    occurred_at bigint not null,
    recorded_at bigint not null,
    primary key (cause, position),
    check (debit <> credit)
  )`,
  'create index ledger_posting_pair on ledger_posting (handling_province, home_province, day)',
  'create index ledger_posting_home on ledger_posting (home_province, day)',
  'create index ledger_posting_day on ledger_posting (day)',
  `create table ledger_statement (
    handling_province text not null,
    home_province text not null,
    day text not null references ledger_closing deferrable initially deferred,
    summary text not null,
    opening text not null,
    closing text not null,
    body text not null,
    sha256 text not null,
    primary key (handling_province, home_province, day)
  )`,
  `create function ledger_open_day() returns trigger language plpgsql as $$
    declare closed text;
    begin
      perform pg_advisory_xact_lock_shared(7401001);
      select max(day) into closed from ledger_closing;
      if closed is not null and new.day <= closed then
        new.day := to_char(closed::date + 1, 'YYYY-MM-DD');
      end if;
      return new;
    end $$`,
  'create trigger ledger_open_day before insert on ledger_posting for each row execute function ledger_open_day()',
  `create function ledger_is_append_only() returns trigger language plpgsql as $$
    begin
      raise exception 'the ledger is append-only: % of % refused', tg_op, tg_table_name using errcode = 'restrict_violation';
    end $$`,
  ...['ledger_posting', 'ledger_statement', 'ledger_closing'].flatMap((table) => [
    `create trigger ${table}_append_only before update or delete on ${table} for each row execute function ledger_is_append_only()`,
    `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function ledger_is_append_only()`,
  ]),
  `create table refund (
    refund_id uuid primary key,
    case_id uuid not null,
    order_id uuid references product_order,
    payment_id uuid unique references payment,
    method text not null check (method in ('cash', 'card', 'code')),
    amount_fen bigint not null check (amount_fen > 0),
    authorization_code text,
    receipt_number text not null,
    reason text not null,
    paid_at bigint not null,
    device_id text not null references device,
    staff_id text not null,
    check ((order_id is null) <> (payment_id is null))
  )`,
  'create index refund_order on refund (order_id)',
  'alter table payment add column given_back_at bigint',
  'alter table product_order add column owed_here_fen bigint not null default 0',
]
