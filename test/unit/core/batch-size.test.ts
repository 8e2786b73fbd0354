import { expect, test } from 'vitest'
import { createBatchSize } from '../../../src/main/core/outbox/batch-size.ts'
import { mostJobsAtOnce } from '../../../src/shared/protocol/jobs.ts'

test('grows while full batches are answered quickly, up to what a request may hold', () => {
  const size = createBatchSize()
  const sizes = [size.jobs]
  for (let n = 0; n < 4; n += 1) {
    size.answered(size.jobs, 100)
    sizes.push(size.jobs)
  }
  expect(sizes).toEqual([100, mostJobsAtOnce, mostJobsAtOnce, mostJobsAtOnce, mostJobsAtOnce])
})

test('a batch that was not full says nothing about larger ones', () => {
  const size = createBatchSize()
  size.answered(99, 1)
  expect(size.jobs).toBe(100)
})

test('falls by half on a slow line and on one that loses batches, never below what is worth a request', () => {
  const size = createBatchSize()
  size.answered(100, 10_001)
  expect(size.jobs).toBe(50)
  for (let n = 0; n < 5; n += 1) size.lost()
  expect(size.jobs).toBe(25)
  size.answered(25, 5_000)
  expect(size.jobs).toBe(25)
  size.answered(25, 500)
  expect(size.jobs).toBe(100)
})

test('a batch refused as a whole is taken apart, and is whole again after an answer', () => {
  const size = createBatchSize()
  size.refused(100)
  expect(size.jobs).toBe(1)
  size.lost()
  expect(size.jobs).toBe(1)
  size.answered(1, 10)
  expect(size.jobs).toBe(100)
})

test('a service that takes no more than a hundred is not offered more again', () => {
  const size = createBatchSize()
  size.answered(100, 10)
  size.refused(200)
  expect(size.jobs).toBe(100)
  size.answered(100, 10)
  expect(size.jobs).toBe(100)
  size.refused(100)
  expect(size.jobs).toBe(1)
})
