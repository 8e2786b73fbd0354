import { expect, test } from 'vitest'
import { isMessageKey } from '../../../src/shared/i18n/translate.ts'
import { orderEventCodes, ticketKinds } from '../../../src/shared/protocol/changes.ts'

test('every kind of ticket has its name, its sentence and its advice', () => {
  const without = ticketKinds
    .flatMap((kind) => [`ticketKind.${kind}`, `ticket.${kind}`, `ticketAdvice.${kind}`])
    .filter((key) => !isMessageKey(key))
  expect(without).toEqual([])
})

test('every event of an order has its sentence', () => {
  expect(orderEventCodes.filter((code) => !isMessageKey(`orderEvent.${code}`))).toEqual([])
})
