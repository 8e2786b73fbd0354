import { type Fen, formatYuan } from '../../../shared/domain/money.ts'
import type { PenaltyQuote } from '../../../shared/domain/penalty-quote.ts'

type Unit = PenaltyQuote['steps'][number]['unit']
type Named = ReadonlyMap<string, { value: number; unit: Unit | 'plain' }>

/** What each name of a rule's expressions stood for: the agreement's terms and the steps before. */
function namesOf(quote: PenaltyQuote): Named {
  const names = new Map<string, { value: number; unit: Unit | 'plain' }>()
  for (const [name, value] of Object.entries(quote.inputs))
    names.set(name, { value, unit: name.endsWith('Fen') ? 'fen' : 'plain' })
  for (const step of quote.steps) names.set(step.name, { value: step.value, unit: step.unit })
  return names
}

/** One factor with its figure: a known name, a number, or a call such as `percent(x, '30')`. */
function factor(text: string, names: Named, numberIsMoney: boolean): string | undefined {
  const call = /^(percent|times)\(\s*(\w+)\s*,\s*['"]([\d.]+)['"]\s*\)$/.exec(text)
  if (call) {
    const inner = factor(call[2]!, names, false)
    return inner && `${inner} × ${call[3]}${call[1] === 'percent' ? '%' : ''}`
  }
  if (/^\d+$/.test(text)) return numberIsMoney ? formatYuan(Number(text) as Fen) : text
  const named = names.get(text)
  if (!named) return undefined
  return named.unit === 'fen' ? formatYuan(named.value as Fen) : String(named.value)
}

/** A sum of products; in a sum of money a bare number is money unless another factor already is. */
function sum(text: string, names: Named, money: boolean): string | undefined {
  const terms = text.split(/\s*([+-])\s*/)
  const shown = terms.map((term, index) => {
    if (index % 2 === 1) return term === '-' ? '−' : '+'
    const factors = term.split('*').map((each) => each.trim())
    const moneyNamed = factors.some((each) => names.get(each)?.unit === 'fen')
    const parts = factors.map((each) => factor(each, names, money && !moneyNamed))
    return parts.every((part) => part !== undefined) ? parts.join(' × ') : undefined
  })
  return shown.every((part) => part !== undefined) ? shown.join(' ') : undefined
}

type Sign = '<' | '<=' | '>' | '>='
const signs: Record<Sign, { shown: string; otherwise: string }> = {
  '<': { shown: '<', otherwise: '≥' },
  '<=': { shown: '≤', otherwise: '>' },
  '>': { shown: '>', otherwise: '≤' },
  '>=': { shown: '≥', otherwise: '<' },
}

/** The figure behind a name or a number. */
function plain(text: string, names: Named): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : names.get(text)?.value
}

function compares(sign: Sign, [left, right]: readonly [number | undefined, number | undefined]): boolean | undefined {
  if (left === undefined || right === undefined) return undefined
  switch (sign) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}

/**
 * A step's expression with the figures of this quote in place of the names: `remainingMonths * monthlyGuaranteeFen`
 * becomes `205 × 299.00`; of a choice the branch that was taken is shown, with why: `14 ≤ 24 → 100.00`. Undefined where the value alone says it all (a plain term). An expression of another shape
 * is shown as the rule has it, so that nothing is left out.
 */
export function expressionWithFigures(quote: PenaltyQuote, index: number): string | undefined {
  const step = quote.steps[index]
  if (!step || /^\w+$/.test(step.expression)) return undefined
  const names = namesOf({ ...quote, steps: quote.steps.slice(0, index) })
  const money = step.unit === 'fen'
  const choice = /^(\w+)\s*([<>]=?)\s*(\w+)\s*\?([^?:]+):([^?:]+)$/.exec(step.expression)
  if (choice) {
    const [, left, sign, right, yes, no] = choice
    const compared = [plain(left!, names), plain(right!, names)] as const
    const holds = compares(sign as Sign, compared)
    const taken = holds === undefined ? undefined : sum((holds ? yes! : no!).trim(), names, money)
    if (taken !== undefined)
      return `${factor(left!, names, false)} ${holds ? signs[sign as Sign].shown : signs[sign as Sign].otherwise} ${factor(right!, names, false)} → ${taken}`
    return step.expression
  }
  const bound = /^(max|min)\(([^(),]+),([^(),]+)\)$/.exec(step.expression)
  // "The greater of the two" is read more easily as a sum with its floor.
  if (bound) {
    const [left, right] = [sum(bound[2]!.trim(), names, money), sum(bound[3]!.trim(), names, money)]
    return left && right ? `${left} (${bound[1] === 'max' ? '≥' : '≤'} ${right})` : step.expression
  }
  return sum(step.expression, names, money) ?? step.expression
}
