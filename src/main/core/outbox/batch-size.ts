import { mostJobsAtOnce } from '../../../shared/protocol/jobs.ts'

/** What every service takes, also one from before larger batches. */
const usual = 100
/** Smaller ones cost a bad line more than they save it. */
const least = 25
/** An answer within this time says that line and service have room for more. */
const quickMs = 2_000
/** So quick is the answer that one of so many times as many jobs is no slow one yet. */
const growth = 4
/** One that takes longer holds up what comes next, and more of it is lost when the line breaks. */
const slowMs = 10_000

/** How many jobs go into the next batch. */
export interface BatchSize {
  readonly jobs: number
  /** A batch of so many was answered after so many milliseconds. */
  answered(jobs: number, milliseconds: number): void
  /** One got no answer, or none that can be read. */
  lost(): void
  /** One of so many was refused as a whole: alone, the job that is to blame shows itself. */
  refused(jobs: number): void
}

/**
 * Creates the size: larger batches cost everybody less per job, so it grows while full ones are answered quickly, and falls by half on a
 * line that is slow or loses them. A service that refuses more than the usual number is not offered more again while the counter runs.
 */
export function createBatchSize(limits = { first: usual, most: mostJobsAtOnce as number }): BatchSize {
  let { most } = limits
  let jobs = limits.first
  let takenApart = false
  const fewer = () => Math.max(Math.min(least, jobs), Math.floor(jobs / 2))
  return {
    get jobs() {
      return jobs
    },
    answered(answered, milliseconds) {
      if (takenApart) jobs = limits.first
      else if (milliseconds > slowMs) jobs = fewer()
      else if (milliseconds < quickMs && answered >= jobs) jobs = Math.min(most, jobs * growth)
      takenApart = false
    },
    lost() {
      if (!takenApart) jobs = fewer()
    },
    refused(refused) {
      if (refused > usual) {
        most = usual
        jobs = usual
      } else if (refused > 1) {
        takenApart = true
        jobs = 1
      }
    },
  }
}
