import type { Write } from '../../../src/main/core/storage/statement-codec.ts'
import { auditWrite, businessTransaction, uuidOf } from './business-rows.ts'

/** Newest jobs that still wait in a store whose older ones are at the service already. */
const waiting = 200

/** The transactions of a store with so many jobs, and further audit rows up to `auditRows`. */
export function* transactions(jobs: number, auditRows = jobs): Generator<Write[]> {
  for (let index = 1; index <= jobs; index += 1)
    yield businessTransaction(index, index > jobs - waiting ? 'pending' : 'done')
  for (let index = jobs + 1; index <= auditRows; index += 1)
    yield [auditWrite(index, uuidOf('case', 1 + (index % jobs)))]
}
