import { carriers, provinces } from '../../src/shared/domain/geography.ts'
import { orderStages } from '../../src/shared/domain/order.ts'
import { type Language, type MessageKey, translate } from '../../src/shared/i18n/translate.ts'

const zh = {
  title: '运行总览',
  lead: '全国在途工单、等待最久的工单、外部系统和队列。只有数字，没有任何个人信息。',
  other: 'English',
  asOf: '截至 {time}，每 5 秒更新',
  stale: '服务未应答，以下为 {time} 的数字',
  denied: '口令不对。请用服务启动时给出的地址重新打开本页。',
  open: '在途工单',
  oldest: '等待最久',
  lastHour: '近一小时受理',
  queue: '排队任务',
  messages: '待发短信',
  gaps: '柜台任务缺号',
  byProvince: '各归属省在途工单',
  byProvinceLead: '颜色越深，在途越多；选中一省，下方两张表只看该省。',
  byStage: '按阶段',
  perHour: '每小时受理，近 24 小时',
  longest: '等待最久的工单',
  systems: '外部系统，近 15 分钟',
  caseNumber: '办理单号',
  province: '归属省',
  carrier: '运营商',
  stage: '阶段',
  waited: '已等待',
  attempts: '重试',
  deadline: '最晚完成',
  target: '系统',
  calls: '调用',
  failed: '失败',
  median: '中位耗时',
  breaker: '状态',
  'breaker.closed': '正常',
  'breaker.open': '暂停调用',
  'breaker.halfOpen': '试探中',
  none: '没有',
  all: '全国',
  seconds: '{n} 秒',
  minutes: '{n} 分钟',
  hours: '{n} 小时',
  days: '{n} 天',
  'system.sms': '短信网关',
  'system.face': '人像比对',
} as const

export type OperatorWord = keyof typeof zh

const en: Record<OperatorWord, string> = {
  title: 'Operation',
  lead: 'Orders under way in the country, those that wait longest, outside systems and queues. Figures only, nothing of any person.',
  other: '中文',
  asOf: 'As of {time}, every 5 seconds',
  stale: 'The service does not answer; these are the figures of {time}',
  denied: 'Wrong token. Open this page again by the address the service gave when it started.',
  open: 'Orders under way',
  oldest: 'Longest wait',
  lastHour: 'Accepted in the last hour',
  queue: 'Work queued',
  messages: 'Messages to send',
  gaps: 'Jobs missing from counters',
  byProvince: 'Orders under way by home province',
  byProvinceLead: 'The darker, the more; choose a province and both tables below show only that one.',
  byStage: 'By stage',
  perHour: 'Accepted per hour, last 24 hours',
  longest: 'Orders that wait longest',
  systems: 'Outside systems, last 15 minutes',
  caseNumber: 'Case',
  province: 'Home province',
  carrier: 'Carrier',
  stage: 'Stage',
  waited: 'Waiting',
  attempts: 'Tries',
  deadline: 'Finish by',
  target: 'System',
  calls: 'Calls',
  failed: 'Failed',
  median: 'Median time',
  breaker: 'State',
  'breaker.closed': 'Asked',
  'breaker.open': 'Given a rest',
  'breaker.halfOpen': 'Being tried',
  none: 'None',
  all: 'Whole country',
  seconds: '{n} s',
  minutes: '{n} min',
  hours: '{n} h',
  days: '{n} d',
  'system.sms': 'SMS gateway',
  'system.face': 'Face comparison',
}

const own: Record<Language, Record<OperatorWord, string>> = { 'zh-CN': zh, en }

/** Everything the page says in a language: its own words, and the product's for provinces, carriers and stages. */
export function operatorWords(language: Language): Record<string, string> {
  const shared = (keys: readonly string[]) =>
    Object.fromEntries(keys.map((key) => [key, translate(language, key as MessageKey)]))
  return {
    ...own[language],
    ...shared(provinces.map((code) => `province.${code}`)),
    ...shared(carriers.map((code) => `carrier.${code}`)),
    ...shared(orderStages.map((stage) => `orderStage.${stage}`)),
  }
}
