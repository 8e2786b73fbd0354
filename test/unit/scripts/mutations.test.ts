import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mutations } from '../../../scripts/mutations/mutations.ts'

// `npm run test:mutations` takes too long for every run; that it can still plant its bugs is seen at once.
test.each(mutations.flatMap(({ name, edits }) => edits.map((edit) => [name, edit] as const)))(
  'the place to plant it is there, once: %s',
  (_name, { file, find, replace }) => {
    expect(readFileSync(file, 'utf8').split(find)).toHaveLength(2)
    expect(replace).not.toBe(find)
  },
)
