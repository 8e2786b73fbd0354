import {
  claimAnswerSchema,
  claimRequestSchema,
  claimStateSchema,
  refundOutAnswerSchema,
  refundOutRequestSchema,
  refundOutStateSchema,
  returnAnswerSchema,
  returnRequestSchema,
  returnStateSchema,
} from '../wire/payment.ts'
import type { Port } from './port.ts'

const exampleClaim = { result: 'ok', transactionId: 'T202611210001', state: 'captured' }
const exampleRefund = { result: 'ok', reference: 'F202611210001', state: 'pending' }

/** The payment provider behind the stores' terminals. */
export const paymentPort: Port = {
  name: 'payment',
  version: '1.0.0',
  title: { zh: '支付机构接口', en: 'Payment provider' },
  description: {
    zh: '核验柜台刷卡、扫码收款的授权，并把退款付到银行卡或原渠道。金额单位为厘（1/1000 元），且必为整分；时间为 UTC 毫秒。业务拒绝用 HTTP 200 与 result: refused 表示，技术故障用 4xx/5xx 表示。',
    en: 'Verifies authorisations that counters took by card or code, and pays refunds to bank cards or the original channel. Money is li (1/1000 yuan), always whole fen; instants are UTC milliseconds. A business refusal is HTTP 200 with result: refused; anything technical is a 4xx or 5xx.',
  },
  address: 'https://payment.example',
  operations: [
    {
      operationId: 'claims',
      method: 'POST',
      path: '/claims',
      summary: { zh: '认领一笔授权', en: 'Claims an authorisation for a payment' },
      rules: {
        zh: '一笔授权只能认领给一笔收款：同一门店、同一方式、同一授权码、同一天（上海时间）。拒绝不留痕迹，可再次认领。',
        en: 'One authorisation belongs to one payment: same merchant, method, code and Shanghai day. A refusal leaves no trace and may be asked again.',
      },
      request: claimRequestSchema,
      answer: claimAnswerSchema,
      changes: true,
      refusals: {
        UNKNOWN_AUTHORIZATION: { zh: '没有这笔授权', en: 'no such authorisation' },
        AMOUNT_DIFFERS: {
          zh: '金额不符（params.amountLi 为授权金额）',
          en: 'another amount (params.amountLi is its own)',
        },
        OTHER_MERCHANT: { zh: '授权属于其他门店', en: 'the authorisation is of another merchant' },
        ALREADY_CLAIMED: { zh: '已认领给另一笔收款', en: 'claimed for another payment' },
        VOIDED: { zh: '授权已撤销', en: 'the authorisation was voided' },
      },
      examples: {
        request: {
          paymentId: '0198f3c2-7b1e-7c11-9a53-2f0a4be81c07',
          merchant: 'SZ-HQB',
          method: 'card',
          authorizationCode: '778899',
          amountLi: 97030,
          takenAt: 1795228800000,
        },
        answer: exampleClaim,
      },
    },
    {
      operationId: 'claims.state',
      method: 'GET',
      path: '/claims/{paymentId}',
      summary: { zh: '查询已认领授权的状态', en: 'How a claimed authorisation stands' },
      answer: claimStateSchema,
      changes: false,
      refusals: { UNKNOWN_CLAIM: { zh: '没有认领过', en: 'never claimed' } },
      examples: { answer: exampleClaim },
    },
    {
      operationId: 'returns',
      method: 'POST',
      path: '/returns',
      summary: { zh: '认领一笔终端退货', en: 'Claims a return made on a terminal' },
      rules: {
        zh: '柜台在终端上把钱退给客户后核实：一笔终端退货只能认领给一笔退款。original 为原收款的授权码，整笔退回时给出。拒绝不留痕迹，可再次认领。',
        en: 'Asked after a counter returned money on its terminal: one return of a terminal belongs to one refund. original is the code of the payment that goes back whole. A refusal leaves no trace and may be asked again.',
      },
      request: returnRequestSchema,
      answer: returnAnswerSchema,
      changes: true,
      refusals: {
        UNKNOWN_AUTHORIZATION: { zh: '没有这笔退货', en: 'no such return' },
        AMOUNT_DIFFERS: {
          zh: '金额不符（params.amountLi 为退货金额）',
          en: 'another amount (params.amountLi is its own)',
        },
        OTHER_MERCHANT: { zh: '退货属于其他门店', en: 'the return is of another merchant' },
        ALREADY_CLAIMED: { zh: '已认领给另一笔退款', en: 'claimed for another refund' },
        VOIDED: { zh: '退货已撤销', en: 'the return was voided' },
        ORIGINAL_UNKNOWN: { zh: '没有原来那笔收款', en: 'the payment that goes back is not known' },
      },
      examples: {
        request: {
          refundId: '0198f3c2-7b1e-7c11-9a53-2f0a4be81c09',
          merchant: 'SZ-HQB',
          method: 'card',
          authorizationCode: '880011',
          amountLi: 97030,
          returnedAt: 1795230000000,
          original: { authorizationCode: '778899', takenAt: 1795228800000 },
        },
        answer: { ...exampleClaim, transactionId: 'B202611210001' },
      },
    },
    {
      operationId: 'returns.state',
      method: 'GET',
      path: '/returns/{refundId}',
      summary: { zh: '查询已认领退货的状态', en: 'How a claimed return stands' },
      answer: returnStateSchema,
      changes: false,
      refusals: { UNKNOWN_RETURN: { zh: '没有认领过', en: 'never claimed' } },
      examples: { answer: { ...exampleClaim, transactionId: 'B202611210001' } },
    },
    {
      operationId: 'refunds',
      method: 'POST',
      path: '/refunds',
      summary: { zh: '退款到银行卡或原渠道', en: 'Pays money out to a card or the original channel' },
      rules: {
        zh: '每个 refundId 只付一次，无论请求多少次、用哪个键；同一 refundId 而内容不同时拒绝。户名须与卡主一致。',
        en: 'One refundId is paid once, however often and under whatever key it is asked for; with another content it is refused. The name must be that of the card.',
      },
      request: refundOutRequestSchema,
      answer: refundOutAnswerSchema,
      changes: true,
      refusals: {
        CARD_UNKNOWN: { zh: '无此卡', en: 'no such card' },
        NAME_MISMATCH: { zh: '户名不符', en: 'the card is of another name' },
        AMOUNT_LIMIT: { zh: '超过限额（params.limitLi）', en: 'above the limit (params.limitLi)' },
        NO_ORIGINAL_PAYMENT: { zh: '找不到原充值渠道', en: 'no original channel is known' },
        DUPLICATE_REFUND: { zh: '该 refundId 已用于其他退款', en: 'this refundId was used for another refund' },
      },
      examples: {
        request: {
          refundId: '0198f3c2-7b1e-7c11-9a53-2f0a4be81c08',
          amountLi: 18550,
          holderName: '王小明',
          destination: { kind: 'bankCard', cardNumber: '6222021234567890128' },
        },
        answer: exampleRefund,
      },
    },
    {
      operationId: 'refunds.state',
      method: 'GET',
      path: '/refunds/{refundId}',
      summary: { zh: '查询退款状态', en: 'How a refund stands' },
      rules: {
        zh: 'paid 与 returned 为终态；returned 时 code 说明银行退回原因。',
        en: 'paid and returned are final; with returned, code says why the bank sent it back.',
      },
      answer: refundOutStateSchema,
      changes: false,
      refusals: { UNKNOWN_REFUND: { zh: '没有这笔退款', en: 'no such refund' } },
      examples: { answer: { ...exampleRefund, state: 'paid', params: {}, at: 1795228860000 } },
    },
  ],
}
