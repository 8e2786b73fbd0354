import { faceAnswerSchema, faceRequestSchema } from '../wire/face.ts'
import { smsAnswerSchema, smsRequestSchema } from '../wire/sms.ts'
import { smsInboundAnswerSchema, smsInboundSchema } from '../wire/sms-inbound.ts'
import { homeBssEnquiries } from './home-bss-enquiries.ts'
import { homeBssOrders, homeBssPayments } from './home-bss-orders.ts'
import { paymentPort } from './payment.ts'
import type { Port } from './port.ts'
import { renewalPort } from './renewal.ts'

/** The home province's business support system. */
export const homeBssPort: Port = {
  name: 'home-bss',
  version: '1.0.0',
  title: { zh: '归属省业务支撑系统接口', en: 'Home-province business support system' },
  description: {
    zh: '归属省（运营商 × 省）须提供的接口。金额单位为厘（1/1000 元），且必为整分；时间为 UTC 毫秒。业务拒绝用 HTTP 200 与 result: refused 表示，技术故障用 4xx/5xx 表示。',
    en: 'What each carrier × province offers. Money is li (1/1000 yuan), always whole fen; instants are UTC milliseconds. A business refusal is HTTP 200 with result: refused; anything technical is a 4xx or 5xx.',
  },
  address: 'https://bss.example/{carrier}/{province}',
  operations: [...homeBssEnquiries, ...homeBssPayments, ...homeBssOrders],
}

/** The SMS gateway. */
export const smsPort: Port = {
  name: 'sms',
  version: '1.0.0',
  title: { zh: '短信网关接口', en: 'SMS gateway' },
  description: {
    zh: '发送一条短信。相同 key 与相同内容只发送一次；内容不同时答复 409。',
    en: 'Sends one message. The same key with the same body is one message; with another body 409.',
  },
  address: 'https://sms.example',
  operations: [
    {
      operationId: 'messages',
      method: 'POST',
      path: '/messages',
      summary: { zh: '发送短信', en: 'Takes in one message' },
      request: smsRequestSchema,
      answer: smsAnswerSchema,
      changes: true,
      refusals: {},
    },
  ],
  webhooks: [
    {
      name: 'inbound',
      path: '/v1/inbound/sms',
      summary: { zh: '送来回复与送达报告', en: 'Brings replies and delivery reports' },
      rules: {
        zh: '每次一条，直到答复 200；同一 gatewayId 或 messageId 可重送，只生效一次。早于或晚于五分钟的请求不予接受。',
        en: 'One per request, repeated until it is answered with 200; the same gatewayId or messageId may come again and counts once. A request more than five minutes old or early is refused.',
      },
      headers: [
        { name: 'x-gateway-timestamp', description: { zh: 'UTC 毫秒', en: 'UTC milliseconds' } },
        {
          name: 'x-gateway-signature',
          description: {
            zh: '以共享密钥对 {timestamp}.{body} 作 HMAC-SHA-256，小写十六进制',
            en: 'lower-case hex HMAC-SHA-256 with the shared secret over {timestamp}.{body}',
          },
        },
      ],
      request: smsInboundSchema,
      answer: smsInboundAnswerSchema,
      examples: {
        request: {
          kind: 'reply',
          gatewayId: 'R000000017',
          from: '18935100299',
          text: '叫停402913',
          receivedAt: 1795228800000,
        },
        answer: { outcome: 'stopped' },
      },
    },
  ],
}

/** The face comparison vendor. */
export const facePort: Port = {
  name: 'face',
  version: '1.0.0',
  title: { zh: '人像比对接口', en: 'Face comparison' },
  description: {
    zh: '现场人像与公安留存头像比对。分数与阈值随厂商和模型版本而定，四项一并返回。',
    en: 'Compares a live portrait with the reference of the document. Score and threshold belong to vendor and model version: all four are answered.',
  },
  address: 'https://face.example',
  operations: [
    {
      operationId: 'comparisons',
      method: 'POST',
      path: '/comparisons',
      summary: { zh: '比对一张人像', en: 'Compares one portrait' },
      request: faceRequestSchema,
      answer: faceAnswerSchema,
      changes: true,
      refusals: {},
    },
  ],
}

/** Every port of the service. */
export const ports: readonly Port[] = [homeBssPort, smsPort, facePort, paymentPort, renewalPort]
