import { expect, test } from 'vitest'
import { unknownSettings } from '../../../service/src/settings/command-line.ts'

test('settings a version does not know are named, and those it knows are not', () => {
  expect(
    unknownSettings({
      SERVICE_TIMING: '{"reviewPollSeconds":5,"reviewPolSeconds":5}',
      SERVICE_HOUSEKEEPING: '{"everySeconds":1,"retention":{},"ofTomorrow":1}',
    }),
  ).toEqual(['SERVICE_TIMING.reviewPolSeconds', 'SERVICE_HOUSEKEEPING.ofTomorrow'])
  expect(unknownSettings({})).toEqual([])
  expect(() => unknownSettings({ SERVICE_TIMING: '[]' })).toThrow('SERVICE_TIMING')
})
