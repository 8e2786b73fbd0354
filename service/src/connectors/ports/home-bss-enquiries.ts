import {
  authenticationAnswerSchema,
  authenticationRequestSchema,
  numberQueryAnswerSchema,
  numberQueryRequestSchema,
  preCheckAnswerSchema,
  preCheckRequestSchema,
} from '../wire/home-bss.ts'
import { unknownNumber } from './home-bss-refusals.ts'
import type { PortOperation } from './port.ts'

/** Questions that change nothing: who serves a number, is this its holder, what stands in the way. */
export const homeBssEnquiries: readonly PortOperation[] = [
  {
    operationId: 'number-query',
    method: 'POST',
    path: '/number-query',
    summary: {
      zh: '号码查询：状态、卡类型、是否吉祥号、实名情况',
      en: 'State, card type, premium and real-name flags of a number',
    },
    rules: {
      zh: '在身份认证之前即可查询，因此姓名只露最后一个字，其余用屏蔽字符代替。',
      en: 'Asked before anyone has proved who they are: of the name only the last character is readable.',
    },
    request: numberQueryRequestSchema,
    answer: numberQueryAnswerSchema,
    changes: false,
    refusals: unknownNumber,
    examples: {
      request: { msisdn: '18935100299' },
      answer: {
        result: 'ok',
        msisdn: '18935100299',
        carrier: 'CTCC',
        homeProvince: '14',
        state: 'active',
        maskedName: '**华',
        premium: true,
        realNamed: true,
        cardType: 'USIM',
      },
    },
  },
  {
    operationId: 'authentication',
    method: 'POST',
    path: '/authentication',
    summary: {
      zh: '身份认证：证件、服务密码、常用联系号码',
      en: 'Compares document, service password and often-called numbers',
    },
    rules: {
      zh: '没有 servicePassword 时表示受理侧已核验短信验证码，只比对证件。答复拒绝时不得带出任何登记信息。',
      en: 'Without servicePassword a one-time code was checked by the caller: compare the document only. A refusal never carries anything of the record.',
    },
    request: authenticationRequestSchema,
    answer: authenticationAnswerSchema,
    changes: false,
    refusals: {
      ...unknownNumber,
      ID_MISMATCH: { zh: '证件类型或号码与登记不符', en: 'type or number of the document differs from the record' },
      NAME_MISMATCH: { zh: '姓名与登记不符', en: 'the name differs from the record' },
      PASSWORD_FAIL: { zh: '服务密码错误', en: 'wrong service password' },
      FRIEND_NUMBER_FAIL: {
        zh: '常用联系号码不足；参数 required、matched',
        en: 'too few often-called numbers; params required, matched',
      },
      UNSUPPORTED_DOC: { zh: '异地流程不支持该证件类型', en: 'the remote flow does not take this type of document' },
    },
  },
  {
    operationId: 'pre-check',
    method: 'POST',
    path: '/pre-check',
    summary: {
      zh: '销户前校验：账户全貌与全部阻碍，一次给全',
      en: 'Dry run of the cancellation: the whole account and everything in the way, at once',
    },
    rules: {
      zh: '不改变任何数据；阻碍代码取自阻碍目录，一次答复必须列全。',
      en: 'Changes nothing. Codes are those of the blocker catalogue; one answer lists all of them.',
    },
    request: preCheckRequestSchema,
    answer: preCheckAnswerSchema,
    changes: false,
    refusals: unknownNumber,
  },
]
