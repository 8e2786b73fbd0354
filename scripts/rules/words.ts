import { type RuleLanguage, sayIn } from '../../src/shared/domain/rules/bilingual.ts'

/** Sentences of the command line, in both languages. */
const words = {
  noFolder: { zh: '无法读取文件夹 {folder}：{message}', en: 'cannot read the folder {folder}: {message}' },
  noPacks: { zh: '{folder} 中没有规则包', en: 'there is no rule pack in {folder}' },
  checked: {
    zh: '{packs} 个规则包，{rules} 条规则，{cases} 个算例：{errors} 个错误，{warnings} 个提醒',
    en: '{packs} packs, {rules} rules, {cases} test cases: {errors} errors, {warnings} warnings',
  },
  noFile: { zh: '无法读取 {file}：{message}', en: 'cannot read {file}: {message}' },
  badAgreement: {
    zh: '{file}:{line}:{column} 协议不符合要求：{path} {message}',
    en: '{file}:{line}:{column} is not an agreement: {path} {message}',
  },
  badDay: { zh: '不是日期：{value}（应为 YYYY-MM-DD）', en: 'not a day: {value} (YYYY-MM-DD)' },
  badCount: { zh: '不是台数：{value}', en: 'not a number of devices: {value}' },
  badLanguage: { zh: '语言只能是 zh-CN 或 en', en: 'the language is zh-CN or en' },
  noSuchPack: { zh: '没有规则包 {pack}', en: 'there is no rule pack {pack}' },
  badPack: { zh: '规则包有错：{message}', en: 'the packs are wrong: {message}' },
  needPlace: {
    zh: '{pack} 不是某省的规则包：请给出 --carrier 和 --province',
    en: '{pack} is not the pack of a province: say --carrier and --province',
  },
  packs: { zh: '规则', en: 'Rules' },
  day: { zh: '日期', en: 'Day' },
  charged: { zh: '应收违约金', en: 'Penalty charged' },
  only: { zh: '唯一适用的规则', en: 'the only rule that applies' },
  lowest: { zh: '适用规则中对客户最低的', en: 'the lowest for the customer of the rules that apply' },
  order: { zh: '按规定次序排在最前', en: 'first in the prescribed order' },
  alternative: { zh: '另一适用规则', en: 'Another rule that applies' },
  rule: { zh: '规则', en: 'Rule' },
  clause: { zh: '条款', en: 'Clause' },
  source: { zh: '来源', en: 'Source' },
  assumed: { zh: '推定：未见正式条文', en: 'Assumption: no authoritative text was found' },
  grows: { zh: '此项会随时间增长', en: 'This price may rise as time passes' },
  rounded: { zh: '四舍五入', en: 'rounded half-up' },
  hold: { zh: '{until} 之前不能终止：{reason}', en: 'Cannot be terminated before {until}: {reason}' },
  waiting: { zh: '等待的效果', en: 'What waiting brings' },
  change: { zh: '{on}（{inDays} 天后）：{amount}', en: '{on} (in {inDays} days): {amount}' },
  changeHeld: {
    zh: '{on}（{inDays} 天后）：仍不能终止，{amount}',
    en: '{on} (in {inDays} days): still blocked, {amount}',
  },
  free: { zh: '{inDays} 天后（{on}）起不收违约金', en: 'in {inDays} days ({on}) this costs nothing' },
  noWaiting: { zh: '等待不会改变价格', en: 'waiting changes nothing' },
  sealedOther: {
    zh: '{pack} 与已封存的内容不同。请恢复原内容，或给这次改动一个新的 version，再运行 seal',
    en: '{pack} is not what was sealed. Put its content back, or give the change a version of its own and seal again',
  },
  sealErrors: { zh: '有错误，未封存', en: 'there are errors; nothing was sealed' },
  sealed: {
    zh: '已封存 {fresh} 个新版本，共 {all} 个（{file}）',
    en: '{fresh} new versions sealed, {all} in all ({file})',
  },
  unknownCommand: { zh: '没有命令 {command}', en: 'there is no command {command}' },
  needCommand: { zh: '请给出命令', en: 'say a command' },
  wrongCall: { zh: '{command} 不能这样调用', en: '{command} is not called like this' },
  needOption: { zh: '{command} 缺少 {option}', en: '{command} needs {option}' },
  wrongOption: { zh: '{command} 没有选项 {option}', en: '{command} has no option {option}' },
  refused: { zh: '无法计价：{message}', en: 'cannot be priced: {message}' },
} as const
export type Word = keyof typeof words

/** A sentence with its values. */
export function say(language: RuleLanguage, word: Word, values: Record<string, string | number> = {}): string {
  return sayIn(words[word], language, (name) => values[name])
}
