import { type Bilingual, type RuleLanguage, sayIn } from '../bilingual.ts'

/** What the check of rule packs can find. Errors make a set unfit to be published; warnings ask for a second look. */
export const findingSeverities = {
  notJson: 'error',
  fileWithoutPack: 'error',
  sectionTwice: 'error',
  notAsRequired: 'error',
  languageMissing: 'error',
  versionTwice: 'error',
  datesOverlap: 'error',
  idTwice: 'error',
  parentMissing: 'error',
  inheritanceCircle: 'error',
  withoutNothing: 'error',
  notWhole: 'error',
  expression: 'error',
  caseMissing: 'error',
  caseFails: 'error',
  neverInForce: 'error',
  neverUsed: 'error',
  neverCharged: 'error',
  sameRank: 'error',
  rises: 'error',
  risesTogether: 'error',
  breaks: 'error',
  cutsOff: 'warning',
  kindUncovered: 'warning',
  assumedContradiction: 'error',
  nothingKnown: 'warning',
} as const
export type FindingCode = keyof typeof findingSeverities

/** What the two severities are called. */
export const severityWords = {
  error: { zh: '错误', en: 'error' },
  warning: { zh: '提醒', en: 'warning' },
} as const

/** One thing found in a set of packs, with its place. */
export interface Finding {
  code: FindingCode
  file: string
  line: number
  column: number
  params: Record<string, string | number>
}

const texts: Record<FindingCode, Bilingual> = {
  notJson: { zh: '不是有效的 JSON：{message}', en: 'is not JSON: {message}' },
  fileWithoutPack: { zh: '没有对应的规则包文件 {head}', en: 'there is no pack {head} it belongs to' },
  sectionTwice: { zh: '{section} 一节写了两次', en: 'section {section} is given twice' },
  notAsRequired: { zh: '{path}：{message}', en: '{path}: {message}' },
  languageMissing: { zh: '{path} 缺少{language}文字', en: '{path} has no text in {language}' },
  versionTwice: {
    zh: '{pack} 的版本 {version} 已在 {other} 中',
    en: 'version {version} of {pack} also stands in {other}',
  },
  datesOverlap: {
    zh: '{pack} 的版本 {version} 与 {other} 生效日期重叠',
    en: 'version {version} of {pack} is in force on the same days as {other}',
  },
  idTwice: { zh: '{section} 中 {id} 出现两次', en: '{id} stands twice in {section}' },
  parentMissing: { zh: '在 {on} 没有所继承的 {parent}', en: 'on {on} there is no {parent} to extend' },
  inheritanceCircle: { zh: '继承成环：{circle}', en: 'inheritance goes round in a circle: {circle}' },
  withoutNothing: {
    zh: '没有继承到 {section} 的 {id}，无可去除',
    en: 'no {id} of {section} is inherited that could be left out',
  },
  notWhole: { zh: '合并后不完整（{on}）：{entry}', en: 'not whole after inheritance (on {on}): {entry}' },
  expression: { zh: '规则 {rule} 的 {path}：{problem}（{detail}）', en: 'rule {rule}, {path}: {problem} ({detail})' },
  caseMissing: { zh: '规则 {rule} 没有自带算例', en: 'rule {rule} has no test case of its own' },
  caseFails: {
    zh: '规则 {rule} 的算例“{name}”应为 {expected}，算得 {actual}',
    en: 'rule {rule}, case "{name}": expected {expected}, got {actual}',
  },
  neverInForce: {
    zh: '{pack} 的版本 {version} 在任何一天都不生效',
    en: 'version {version} of {pack} is in force on no day',
  },
  neverUsed: {
    zh: '规则 {rule} 在任何运营商、省份、日期都不适用',
    en: 'rule {rule} applies for no carrier, province or day',
  },
  neverCharged: {
    zh: '规则 {rule} 永远排在 {before} 之后，不会被采用',
    en: 'rule {rule} always stands behind {before} and is never charged',
  },
  sameRank: { zh: '规则 {rule} 与 {other} 的次序同为 {rank}', en: 'rules {rule} and {other} both have rank {rank}' },
  rises: {
    zh: '规则 {rule} 未声明 grows，但从 {from} 到 {to} 会由 {before} 涨到 {after}（分）；条款值 {terms}',
    en: 'rule {rule} is not declared as growing, but rises from {before} to {after} fen between {from} and {to}; terms {terms}',
  },
  risesTogether: {
    zh: '{kind} 的各条规则合起来从 {from} 到 {to} 会由 {before} 涨到 {after}（分）；条款值 {terms}',
    en: 'the rules for {kind} together rise from {before} to {after} fen between {from} and {to}; terms {terms}',
  },
  breaks: {
    zh: '规则 {rule} 在条款值 {terms} 时无法计算：{problem}',
    en: 'rule {rule} cannot be computed for the terms {terms}: {problem}',
  },
  cutsOff: {
    zh: '规则 {rule} 的 {path} 用 / 会舍去零头；四舍五入请用 share()',
    en: 'rule {rule}, {path}: "/" cuts off; share() rounds half-up',
  },
  kindUncovered: {
    zh: '{place} 的 {kind} 没有总是适用的规则',
    en: '{kind} in {place} has no rule that always applies',
  },
  assumedContradiction: {
    zh: '规则包声明 assumed，但规则 {rule} 声明已知',
    en: 'the pack says that nothing is known, but rule {rule} says it is',
  },
  nothingKnown: {
    zh: '规则包未声明 assumed，但没有一条已知的规则',
    en: 'the pack says that something is known, but none of its rules is',
  },
}

const problems: Record<string, Bilingual> = {
  syntax: { zh: '表达式写错', en: 'is not an expression' },
  unknownName: { zh: '未知的名称', en: 'unknown name' },
  notAllowed: { zh: '规则语言中没有', en: 'the rule language does not have this' },
  wrongType: { zh: '结果的类型不对', en: 'gives the wrong kind of value' },
  overflow: { zh: '超出 64 位整数', en: 'goes beyond 64 bits' },
  division: { zh: '除以零', en: 'divides by zero' },
  rate: { zh: '不是小数', en: 'is not a decimal' },
}

/** A finding with its place, as one line: `cn.json:4:15 error notAsRequired: …`. `folder` stands before the file's name. */
export function findingLine(finding: Finding, language: RuleLanguage, folder = ''): string {
  const { file, line, column, code } = finding
  const severity = sayIn(severityWords[findingSeverities[code]], language, () => undefined)
  return `${folder}${file}:${line}:${column} ${severity} ${code}: ${findingText(finding, language)}`
}

/** A finding as a sentence. */
export function findingText({ code, params }: Finding, language: RuleLanguage): string {
  return sayIn(texts[code], language, (name, words) =>
    name === 'problem' ? (problems[String(params[name])]?.[words] ?? params[name]) : params[name],
  )
}
