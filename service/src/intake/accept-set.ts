import type { Tx } from '../database/handle.ts'
import type { ServiceContext } from '../service-context.ts'
import type { SetAnswer, SetDelivery } from './delivery.ts'
import { noteRefusals } from './job-rows.ts'
import { judgeSet, SetDisturbed } from './judge-set.ts'
import { noteGaps } from './note-sequence.ts'
import { openSet, type WhenHeld } from './open-set.ts'
import { writeSet } from './write-set.ts'

/**
 * Takes in papers and payments of any number of counters exactly once inside one transaction: one statement to know and hold everything,
 * one to write everything, receipts included. At most one delivery of a device. Answers in the order of the deliveries; `held`: left out,
 * its device is held by somebody else, its proof is burnt. Throws `SetDisturbed` when the transaction must be rolled back and the
 * deliveries be looked at one by one.
 */
export async function acceptSet(
  tx: Tx,
  context: ServiceContext,
  deliveries: readonly SetDelivery[],
  whenHeld: WhenHeld = 'wait',
): Promise<(SetAnswer | 'held')[]> {
  const opened = await openSet(tx, deliveries, whenHeld)
  const now = context.clock.now()
  const { answers, rows, refused, gaps } = judgeSet(deliveries, opened, {
    now,
    leaveOut: whenHeld === 'skip',
  })
  if (!(await writeSet(tx, rows))) throw new SetDisturbed()
  await noteRefusals(tx, refused, now)
  await noteGaps(tx, gaps, now)
  return answers
}
