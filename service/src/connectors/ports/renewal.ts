import { renewalAnswerSchema, renewalRequestSchema, renewalStateSchema } from '../wire/renewal.ts'
import type { Port } from './port.ts'

/** The number-renewal platform. */
export const renewalPort: Port = {
  name: 'renewal',
  version: '1.0.0',
  title: { zh: '二次号码焕新平台接口', en: 'Number-renewal platform' },
  description: {
    zh: '把待重新投放的号码转交各应用，请其解除原机主的绑定；是否解绑由应用自行决定，逐个应用反馈。时间为 UTC 毫秒。业务拒绝用 HTTP 200 与 result: refused 表示，技术故障用 4xx/5xx 表示。',
    en: 'Passes numbers on to apps, which are asked to release what the former holder had bound; each app decides for itself and is reported for itself. Instants are UTC milliseconds. A business refusal is HTTP 200 with result: refused; anything technical is a 4xx or 5xx.',
  },
  address: 'https://renewal.example',
  operations: [
    {
      operationId: 'renewals',
      method: 'POST',
      path: '/renewals',
      summary: { zh: '提交一批号码及其应用', en: 'Submits numbers and the apps to ask for each' },
      rules: {
        zh: '每个 renewalId 只向应用推送一次；只处理 boundBefore 之前的绑定。不受理的号码逐个列出，其余照常处理。',
        en: 'A renewalId is pushed to the apps once; only bindings made before boundBefore are concerned. Numbers that are not taken are listed one by one, the others are dealt with.',
      },
      request: renewalRequestSchema,
      answer: renewalAnswerSchema,
      changes: true,
      refusals: {
        DUPLICATE_RENEWAL: {
          zh: '该 renewalId 已用于其他提交',
          en: 'this renewalId was used for another submission',
        },
        TOO_MANY_NUMBERS: { zh: '号码过多（params.limit）', en: 'too many numbers (params.limit)' },
      },
      examples: {
        request: {
          renewalId: '0198f3c2-7b1e-7c11-9a53-2f0a4be81c09',
          mode: 'batch',
          numbers: [
            {
              msisdn: '18935100299',
              carrier: 'CTCC',
              homeProvince: '14',
              boundBefore: 1795228800000,
              apps: ['wechat', 'alipay'],
            },
          ],
        },
        answer: { result: 'ok', receivedAt: 1803004800000, notEligible: [] },
      },
    },
    {
      operationId: 'renewals.state',
      method: 'GET',
      path: '/renewals/{renewalId}',
      summary: { zh: '查询各应用的反馈', en: 'What each app has said' },
      rules: {
        zh: '列出已受理的每个号码及其每个应用。accepted、refused、notCovered 之后不再改变；应用没有反馈时保持 pushed。',
        en: 'Every number taken, with every app asked. accepted, refused and notCovered do not change any more; an app that says nothing stays pushed.',
      },
      answer: renewalStateSchema,
      changes: false,
      refusals: { UNKNOWN_RENEWAL: { zh: '没有这次提交', en: 'no such submission' } },
      examples: {
        answer: {
          result: 'ok',
          numbers: [
            {
              msisdn: '18935100299',
              apps: [
                { app: 'wechat', state: 'accepted', at: 1803008400000 },
                { app: 'alipay', state: 'refused', reason: 'APP_BANNED_ACCOUNT', at: 1803008400000 },
              ],
            },
          ],
        },
      },
    },
  ],
}
