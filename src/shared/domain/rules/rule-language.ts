import { Environment } from '@marcbachmann/cel-js'
import { parseDecimal } from '../money.ts'

/*
 * The language of the rules: CEL (Common Expression Language), narrowed to 64-bit integers, comparisons, conditions and a handful of
 * functions. No floating point, no texts but decimal rates, no loops: a rule is finished after a bounded number of steps.
 */

/** Why an expression cannot be used or computed. */
export type ExpressionProblem = 'syntax' | 'unknownName' | 'notAllowed' | 'wrongType' | 'overflow' | 'division' | 'rate'

/** An expression ready to be computed. */
export interface CompiledExpression {
  /** Names of figures it uses. */
  names: readonly string[]
  /** It divides by `/`, which cuts off instead of rounding half-up. */
  cutsOff: boolean
  /** Computes it. Never throws. `rounded` says that a half-up rounding changed the value. */
  run(figures: Record<string, bigint>): ExpressionValue
}
export type ExpressionValue =
  | { ok: true; value: bigint | boolean; rounded: boolean }
  | { ok: false; problem: ExpressionProblem }

export type Compiled =
  | { ok: true; value: CompiledExpression }
  | { ok: false; problem: ExpressionProblem; detail: string; at: number }

class LanguageError extends Error {
  readonly problem: ExpressionProblem
  constructor(problem: ExpressionProblem) {
    super(problem)
    this.problem = problem
  }
}

const smallest = -(2n ** 63n)
const largest = 2n ** 63n - 1n

/** Set by a function that rounded; read right after the expression that called it. Evaluation is synchronous. */
let roundedSince = false

function ratio(amount: bigint, numerator: bigint, denominator: bigint): bigint {
  if (denominator <= 0n) throw new LanguageError('division')
  const product = amount * numerator
  const magnitude = product < 0n ? -product : product
  const rounded = (2n * magnitude + denominator) / (2n * denominator)
  if (rounded > largest) throw new LanguageError('overflow')
  if (rounded * denominator !== magnitude) roundedSince = true
  return product < 0n ? -rounded : rounded
}

const rates = new Map<string, { numerator: bigint; denominator: bigint }>()
function rateOf(text: string) {
  let rate = rates.get(text)
  if (!rate) {
    rate = parseDecimal(text)
    if (!rate) throw new LanguageError('rate')
    rates.set(text, rate)
  }
  return rate
}

/** What expressions may call, with a sentence for whoever writes a pack. */
export const ruleFunctions = {
  percent: 'percent(int, string): int',
  times: 'times(int, string): int',
  share: 'share(int, int, int): int',
  ceiling: 'ceiling(int, int): int',
  max: 'max(int, int): int',
  min: 'min(int, int): int',
} as const

const base = new Environment({ limits: { maxAstNodes: 400, maxDepth: 40 } })
  .registerFunction(ruleFunctions.percent, (amount: bigint, text: string) => {
    const rate = rateOf(text)
    return ratio(amount, rate.numerator, rate.denominator * 100n)
  })
  .registerFunction(ruleFunctions.times, (amount: bigint, text: string) => {
    const rate = rateOf(text)
    return ratio(amount, rate.numerator, rate.denominator)
  })
  .registerFunction(ruleFunctions.share, (amount: bigint, part: bigint, whole: bigint) => ratio(amount, part, whole))
  .registerFunction(ruleFunctions.ceiling, (amount: bigint, by: bigint) => {
    if (by <= 0n) throw new LanguageError('division')
    return amount <= 0n ? amount / by : (amount + by - 1n) / by
  })
  .registerFunction(ruleFunctions.max, (a: bigint, b: bigint) => (a > b ? a : b))
  .registerFunction(ruleFunctions.min, (a: bigint, b: bigint) => (a < b ? a : b))

interface Node {
  op: string
  args: unknown
  start: number
}
type Finding = { problem: ExpressionProblem; detail: string; at: number }
const operators = new Set(['?:', '&&', '||', '!_', '-_', '+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>='])

/** Walks an expression: collects its names and finds what the language does not have. */
function inspect(node: Node, names: Set<string>, seen: { cutsOff: boolean }): Finding | undefined {
  const finding = (problem: ExpressionProblem, detail: string): Finding => ({ problem, detail, at: node.start })
  if (node.op === 'value') {
    if (typeof node.args === 'bigint' || typeof node.args === 'boolean') return undefined
    return finding('notAllowed', typeof node.args === 'number' ? 'a fraction' : 'a text')
  }
  if (node.op === 'id') {
    names.add(node.args as string)
    return undefined
  }
  if (node.op === 'call') {
    const [name, given] = node.args as [string, Node[]]
    if (!(name in ruleFunctions)) return finding('unknownName', name)
    // The rate of `percent` and `times` is the only text there is; it must be a decimal that stands there.
    const rate = name === 'percent' || name === 'times' ? given[1] : undefined
    if (rate) {
      if (rate.op !== 'value' || typeof rate.args !== 'string' || !parseDecimal(rate.args))
        return finding('rate', String(rate.args))
      return given[0] && inspect(given[0], names, seen)
    }
    for (const each of given) {
      const found = inspect(each, names, seen)
      if (found) return found
    }
    return undefined
  }
  if (!operators.has(node.op)) return finding('notAllowed', node.op)
  if (node.op === '/') seen.cutsOff = true
  for (const each of Array.isArray(node.args) ? (node.args as Node[]) : [node.args as Node]) {
    const found = inspect(each, names, seen)
    if (found) return found
  }
  return undefined
}

function problemOf(error: unknown): ExpressionProblem {
  if (error instanceof LanguageError) return error.problem
  switch ((error as { code?: string }).code) {
    case 'division_by_zero':
    case 'modulo_by_zero':
      return 'division'
    case 'numeric_overflow':
      return 'overflow'
    case 'unknown_variable':
      return 'unknownName'
    default:
      return 'wrongType'
  }
}

/**
 * Reads an expression once, so that it can be computed often. `known` are the figures it may name; it must give a whole number, or a
 * yes or no for conditions. Whatever the language does not have is refused with its place in the text.
 */
export function compileExpression(text: string, known: Iterable<string>, type: 'int' | 'bool'): Compiled {
  const environment = base.clone()
  const allowed = new Set(known)
  for (const name of allowed) environment.registerVariable(name, 'int')
  let parsed: ReturnType<Environment['parse']>
  try {
    parsed = environment.parse(text)
  } catch (error) {
    const { range } = error as { range?: { start: number } }
    return { ok: false, problem: 'syntax', detail: firstLine(error), at: range?.start ?? 0 }
  }
  const names = new Set<string>()
  const seen = { cutsOff: false }
  const found = inspect(parsed.ast as unknown as Node, names, seen)
  if (found) return { ok: false, ...found }
  for (const name of names)
    if (!allowed.has(name)) return { ok: false, problem: 'unknownName', detail: name, at: text.indexOf(name) }
  const checked = parsed.check()
  if (!checked.valid || checked.type !== type)
    return {
      ok: false,
      problem: 'wrongType',
      detail: checked.error ? firstLine(checked.error) : String(checked.type),
      at: 0,
    }
  return {
    ok: true,
    value: {
      names: [...names],
      cutsOff: seen.cutsOff,
      run(figures) {
        roundedSince = false
        try {
          const value = parsed(figures) as bigint | boolean
          if (typeof value === 'bigint' && (value < smallest || value > largest))
            return { ok: false, problem: 'overflow' }
          return { ok: true, value, rounded: roundedSince }
        } catch (error) {
          return { ok: false, problem: problemOf(error) }
        }
      },
    },
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim()
}
