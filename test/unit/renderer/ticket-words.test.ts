import { expect, test } from 'vitest'
import { smsTemplates } from '../../../service/src/orders/sms-texts.ts'
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

test('every message that is sent has its name', () => {
  expect(Object.keys(smsTemplates).filter((template) => !isMessageKey(`smsTemplate.${template}`))).toEqual([])
})
