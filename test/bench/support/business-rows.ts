import { createHash } from 'node:crypto'
import type { Write } from '../../../src/main/core/storage/statement-codec.ts'
import { type Case, caseSchema } from '../../../src/shared/domain/case.ts'

/** The day everything happened on: 2026-11-02 09:00 in Shanghai. */
export const opened = 1_793_581_200_000

export const insertCase = `INSERT INTO counter_case (case_id, case_number, case_number_reversed, msisdn, msisdn_reversed, name, masked_name,
  state, status, is_open, total_fen, created_at, created_on, updated_at, submitted_at, effective_at, document)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
export const insertJob = `INSERT INTO outbox_job (sequence, id, lane, msisdn, kind, version, payload, staff_id, state, attempts, next_try_at, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
export const insertAudit =
  'INSERT INTO audit (sequence, at, staff_id, action, case_id, details, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'

const surnames = ['王', '李', '张', '刘', '陈', '杨', '黄', '赵', '吴', '周', '徐', '孙', '马', '朱', '胡', '郭']
const given = ['建国', '晓雯', '嘉豪', '淑仪', '文博', '雨桐', '启明', '佩珊', '志强', '丽娟', '浩然', '思远', '海燕']

/** A UUIDv7 of a running number: ascending like real ones, the rest from a hash. */
export function uuidOf(kind: string, index: number): string {
  const random = createHash('sha256').update(`${kind}${index}`).digest('hex')
  const time = (opened + index).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-a${random.slice(3, 6)}-${random.slice(6, 18)}`
}

export const reversed = (text: string) => [...text].reverse().join('')

/** The n-th case as a draft whose holder is known: what a clerk leaves in the middle of the day. */
export function caseOf(index: number): Case {
  const at = opened + index * 1000
  const msisdn = String(13_900_000_000 + ((index * 7_919) % 100_000_000))
  return caseSchema.parse({
    caseId: uuidOf('case', index),
    caseNumber: caseNumberOf(index),
    msisdn,
    segment: { segment: msisdn.slice(0, 7), homeProvince: '51', prefixCarrier: 'CMCC', resale: false },
    state: 'draft',
    createdAt: at,
    updatedAt: at + 600_000,
    createdBy: '100217',
    clerkName: '林晓雯',
    number: {
      msisdn,
      state: 'active',
      carrier: 'CMCC',
      homeProvince: '51',
      cardType: 'postpaid',
      premium: false,
      realNamed: true,
      maskedName: `*${nameOf(index).slice(1)}`,
    },
    acknowledgements: [],
    choices: [],
    approvals: [],
    payments: [],
    contact: { name: nameOf(index), phone: '13800138000' },
    disconnectReason: 'moved',
    attachments: [],
    receiptPrints: 0,
  })
}

export const nameOf = (index: number) => surnames[index % 16]! + given[(index * 5) % 13]!
export const caseNumberOf = (index: number) => `SZ2611-${String(index).padStart(6, '0')}`

/** The row of a case with the columns the product derives from it. */
export function caseWrite(case_: Case, index: number): Write {
  return {
    sql: insertCase,
    params: [
      case_.caseId,
      case_.caseNumber,
      reversed(case_.caseNumber),
      case_.msisdn,
      reversed(case_.msisdn),
      nameOf(index),
      `*${nameOf(index).slice(1)}`,
      case_.state,
      'draft',
      1,
      12_800 + (index % 90_000),
      case_.createdAt,
      '2026-11-02',
      case_.updatedAt,
      null,
      null,
      JSON.stringify(case_),
    ],
  }
}

/** The report of a payment in that case, waiting to be sent or done. */
export function jobWrite(case_: Case, index: number, state: 'pending' | 'done'): Write {
  const payload = {
    paymentId: uuidOf('payment', index),
    caseId: case_.caseId,
    msisdn: case_.msisdn,
    carrier: 'CMCC',
    homeProvince: case_.segment.homeProvince,
    method: 'cash',
    amountFen: 12_800,
    receiptNumber: `SZHQB3-${String(index).padStart(8, '0')}`,
    takenAt: opened + index * 1000,
    allocations: [
      { kind: 'bill', ref: `B${index}`, amountFen: 10_000 },
      { kind: 'penalty', ref: `A${index}`, amountFen: 2_800 },
    ],
  }
  return {
    sql: insertJob,
    params: [
      index,
      uuidOf('job', index),
      case_.caseId,
      case_.msisdn,
      'payment.take',
      1,
      JSON.stringify(payload),
      '100217',
      state,
      state === 'done' ? 1 : 0,
      0,
      case_.createdAt,
    ],
  }
}

/** An audit row: no personal data, chained like the product's. */
export function auditWrite(sequence: number, caseId: string): Write {
  const hashOf = (number: number) => createHash('sha256').update(String(number)).digest('hex')
  return {
    sql: insertAudit,
    params: [
      sequence,
      opened + sequence * 1000,
      '100217',
      'case.takePayment',
      caseId,
      JSON.stringify({ amountFen: 12_800, method: 'cash' }),
      hashOf(sequence - 1),
      hashOf(sequence),
    ],
  }
}

/** A business transaction: a case, the job that reports it, the audit entry of both. About 1.5 kB of values. */
export function businessTransaction(index: number, state: 'pending' | 'done' = 'pending'): Write[] {
  const case_ = caseOf(index)
  return [caseWrite(case_, index), jobWrite(case_, index, state), auditWrite(index, case_.caseId)]
}
