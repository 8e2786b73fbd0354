import type { Bilingual } from './port.ts'

/** Refusals of every operation that names a number. */
export const unknownNumber: Record<string, Bilingual> = {
  NOT_FOUND: { zh: '号码不在本系统', en: 'no such number here' },
  OTHER_CARRIER: { zh: '号码已由其他运营商服务；参数 carrier', en: 'served by another carrier; params carrier' },
}

/** Refusals of every operation on an order. */
export const unknownOrder: Record<string, Bilingual> = {
  UNKNOWN_ORDER: { zh: '没有这张工单', en: 'no such order' },
}

export const notApproved: Record<string, Bilingual> = {
  ...unknownOrder,
  NOT_APPROVED: { zh: '工单尚未审核通过；参数 state', en: 'the order is not approved; params state' },
}

export const cancelled: Record<string, Bilingual> = {
  STATE_CANCELLED: { zh: '号码已销户', en: 'the line has already ended' },
}
