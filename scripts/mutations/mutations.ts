import type { Probe } from './probes.ts'

/** One exact replacement in one file; the text must be there exactly once. */
export interface Edit {
  file: string
  find: string
  replace: string
}

/** A bug that somebody could write on a bad day, and the tests of which at least one must notice it. */
export interface Mutation {
  name: string
  edits: Edit[]
  probes: Probe[]
}

const engine = 'src/main/core/storage/engine.ts'
const journal = 'src/main/core/storage/journal.ts'
const replay = 'src/main/core/storage/replay.ts'
const verify = 'src/main/core/storage/verify.ts'
const acceptJob = 'service/src/intake/accept-job.ts'
const acceptBatch = 'service/src/intake/accept-batch.ts'
const judgeSet = 'service/src/intake/judge-set.ts'
const sendable = 'src/main/core/outbox/sendable-jobs.ts'
const sending = 'src/main/core/outbox/sending.ts'

export const mutations: readonly Mutation[] = [
  {
    name: 'a transaction is answered before its frame is on disk',
    edits: [{ file: engine, find: '      if (contents.length > 0) live.journal.sync()\n', replace: '' }],
    probes: ['power cuts', 'simulation'],
  },
  {
    name: 'frames do not name the frame before them',
    edits: [
      { file: journal, find: 'previousTag: tag, plain }', replace: 'previousTag: Buffer.alloc(16), plain }' },
      { file: replay, find: '(frame.sequence === sequence + 1 && !frame.previousTag.equals(tag))', replace: 'false' },
      {
        file: verify,
        find: ' || !previousTag.equals(chain.tag)',
        replace: '',
      },
    ],
    probes: ['store units', 'damage', 'store rush'],
  },
  {
    name: 'a snapshot is taken before the journal is synced',
    edits: [
      {
        file: engine,
        find: "return request.kind !== 'execute' && request.kind !== 'rollback'",
        replace: "return !['execute', 'rollback', 'snapshot'].includes(request.kind)",
      },
    ],
    probes: ['store rush', 'power cuts'],
  },
  {
    name: 'the receipt is stored outside the transaction of its effect',
    edits: [
      {
        file: acceptJob,
        find: `  await tx
    .updateTable('job')
    .set({ receipt: JSON.stringify(receipt) })
    .where('id', '=', envelope.id)
    .execute()
`,
        replace: '',
      },
      {
        file: acceptBatch,
        find: '  return accepted.ok\n',
        replace: `  if (accepted.ok)
    await context.db.updateTable('job').set({ receipt: JSON.stringify(accepted.value) }).where('id', '=', id).execute()
  return accepted.ok
`,
      },
    ],
    probes: ['simulation'],
  },
  {
    name: 'jobs of a lane are ordered by the clock',
    edits: [
      { file: sendable, find: 'earlier.sequence < job.sequence', replace: 'earlier.created_at < job.created_at' },
      { file: sendable, find: 'ORDER BY sequence LIMIT ?', replace: 'ORDER BY created_at LIMIT ?' },
    ],
    probes: ['wrong clocks'],
  },
  {
    name: 'two batches on their way hold jobs of one case',
    edits: [
      {
        file: sendable,
        find: 'lane NOT IN (SELECT value FROM json_each(?))',
        replace: 'id NOT IN (SELECT value FROM json_each(?))',
      },
      { file: sending, find: 'lanesOf(busyJobs()) }', replace: 'busyJobs().map(({ id }) => id) }' },
    ],
    probes: ['simulation'],
  },
  {
    name: 'what the second batch was answered is forgotten when the first is lost',
    edits: [
      {
        file: sending,
        find: '        beingSettled = flight.jobs\n',
        replace: '        if (mishaps.length > 0) continue\n        beingSettled = flight.jobs\n',
      },
    ],
    probes: ['two batches'],
  },
  {
    name: 'two batches lost in one outage count as two outages',
    edits: [
      {
        file: sending,
        find: "      if (['offline', 'restored'].includes(name) && dealtWith.has(name)) continue\n",
        replace: '',
      },
    ],
    probes: ['two batches'],
  },
  {
    name: 'a case whose answer could not be written down is left out for good',
    edits: [
      {
        file: sending,
        find: '      flights = []\n      beingSettled = []\n',
        replace: '      flights = []\n',
      },
    ],
    probes: ['two batches', 'simulation'],
  },
  {
    name: 'a job that came before is treated as new',
    edits: [
      {
        file: acceptJob,
        find: `  if (!inserted)
    return (await earlierReceipt(tx, envelope.id, bodySha256)) ?? fail('job.sequenceConflict', { field: 'sequence' })
`,
        replace: '  void inserted\n',
      },
      { file: judgeSet, find: 'earlier(id, bodySha256)', replace: 'undefined as ReturnType<typeof earlier>' },
    ],
    probes: ['simulation'],
  },
  {
    name: 'the lane goes on after a refused job',
    edits: [
      {
        file: acceptBatch,
        find: '    if (lane !== undefined) blockedLanes.add(lane)\n',
        replace: '    void lane\n',
      },
      { file: judgeSet, find: '      blockedLanes.add(envelope.lane)\n', replace: '' },
    ],
    probes: ['intake', 'simulation'],
  },
  {
    name: 'a refused job is sent again and again, and nobody hears of it',
    edits: [
      {
        file: 'src/main/core/outbox/settle-batch.ts',
        find: "else if (result.outcome === 'refused') {",
        replace: "else if (result.outcome === 'refused' && job.attempts > 1e9) {",
      },
    ],
    probes: ['two batches', 'simulation'],
  },
  {
    name: 'the change feed waits as long as the clock was put back',
    edits: [
      {
        file: 'src/main/core/sync/sync-loop.ts',
        find: 'Math.min(shortestRoundMs, Math.max(0, left))',
        replace: 'Math.max(0, left)',
      },
    ],
    probes: ['wrong clocks'],
  },
  {
    name: 'a next try that a wrong clock has put far ahead is waited for',
    edits: [
      {
        file: sendable,
        find: "state = 'pending' AND state <> 'done' AND NOT (next_try_at > ? AND next_try_at <= ?)",
        replace: "state = 'pending' AND state <> 'done' AND NOT (next_try_at > ? AND next_try_at <= ? * 2)",
      },
    ],
    probes: ['wrong clocks'],
  },
  {
    name: 'a gap in the numbers of a device is never closed',
    edits: [
      {
        file: 'service/src/intake/note-sequence.ts',
        find: '.set({ filled_at: now })',
        replace: '.set({ filled_at: null })',
      },
    ],
    probes: ['simulation'],
  },
  {
    name: 'a gap in the numbers of a device is not noticed',
    edits: [
      {
        file: 'service/src/intake/note-sequence.ts',
        find: '    for (const sequence of missingAbove(highest, above)) missing.push({ device_id, sequence })\n',
        replace: '    void missingAbove(highest, above)\n',
      },
    ],
    probes: ['intake'],
  },
  {
    name: 'the receipt of another body is given for this one',
    edits: [
      {
        file: 'service/src/intake/job-rows.ts',
        find: "    return row.body_sha256 === bodySha256 ? ok(receiptSchema.parse(JSON.parse(row.receipt))) : fail('job.bodyDiffers')\n",
        replace:
          "    return row.receipt ? ok(receiptSchema.parse(JSON.parse(row.receipt))) : fail('job.bodyDiffers')\n",
      },
    ],
    probes: ['intake'],
  },
  {
    name: 'a counter that was set back gives numbers the service has seen',
    edits: [
      {
        file: 'src/main/core/sync/recall.ts',
        find: 'let next = Math.max(highest, last!.sequence)',
        replace: 'let next = moving[0] ? moving[0].sequence : last!.sequence',
      },
    ],
    probes: ['set back'],
  },
  {
    name: 'a step that was overtaken is written all the same',
    edits: [
      {
        file: 'service/src/orders/change-order.ts',
        find: "    .where('step_token', '=', order.step_token)\n",
        replace: '',
      },
    ],
    probes: ['simulation'],
  },
  {
    name: 'the job is put into the outbox after the change it reports',
    edits: [
      {
        file: 'src/main/core/commands/payment-command.ts',
        find: '      await outbox.enqueue(tx, {',
        replace: '      setImmediate(() => void outbox.commit((later) => outbox.enqueue(later, {',
      },
      {
        file: 'src/main/core/commands/payment-command.ts',
        find: `        payload: payment,
        staffId: staff.staffId,
      })`,
        replace: `        payload: payment,
        staffId: staff.staffId,
      }).then(() => ok(undefined))))`,
      },
    ],
    probes: ['simulation'],
  },
]
