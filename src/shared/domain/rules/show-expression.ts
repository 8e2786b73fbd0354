import { parse } from '@marcbachmann/cel-js'
import { type Fen, formatYuan } from '../money.ts'
import type { PenaltyDerivation } from '../penalty-quote.ts'
import { compileExpression } from './rule-language.ts'

interface Node {
  op: string
  args: unknown
  start: number
  end: number
}
interface Figure {
  value: number
  money: boolean
}
interface Scene {
  text: string
  figures: ReadonlyMap<string, Figure>
}

const parsed = new Map<string, Node>()
function nodeOf(text: string): Node {
  let node = parsed.get(text)
  if (!node) {
    node = parse(text).ast as unknown as Node
    parsed.set(text, node)
  }
  return node
}

const signs: Record<string, string> = { '+': '+', '-': '−', '*': '×', '/': '÷', '%': 'mod', '&&': '∧', '||': '∨' }
const compared: Record<string, { holds: string; fails: string }> = {
  '<': { holds: '<', fails: '≥' },
  '<=': { holds: '≤', fails: '>' },
  '>': { holds: '>', fails: '≤' },
  '>=': { holds: '≥', fails: '<' },
  '==': { holds: '=', fails: '≠' },
  '!=': { holds: '≠', fails: '=' },
}
const strength: Record<string, number> = { '||': 1, '&&': 2, '+': 4, '-': 4, '*': 5, '/': 5, '%': 5 }

function pair(node: Node): [Node, Node] {
  return node.args as [Node, Node]
}

/** Whether a part is money because something in it is. */
function isMoney(node: Node, scene: Scene): boolean {
  if (node.op === 'id') return scene.figures.get(node.args as string)?.money ?? false
  if (node.op === 'value') return false
  if (node.op === 'call') return (node.args as [string, Node[]])[1].some((each) => isMoney(each, scene))
  if (node.op === '?:') return (node.args as Node[]).slice(1).some((each) => isMoney(each, scene))
  return (Array.isArray(node.args) ? (node.args as Node[]) : [node.args as Node]).some((each) => isMoney(each, scene))
}

/** Whether a condition inside the expression holds with these figures. */
function holds(node: Node, scene: Scene): boolean {
  const compiled = compileExpression(scene.text.slice(node.start, node.end), scene.figures.keys(), 'bool')
  if (!compiled.ok) return false
  const values: Record<string, bigint> = {}
  for (const name of compiled.value.names) values[name] = BigInt(scene.figures.get(name)!.value)
  const result = compiled.value.run(values)
  return result.ok && result.value === true
}

/** A condition as it turned out: of `a > 24` that fails, `14 ≤ 24`. */
function condition(node: Node, scene: Scene, outcome: boolean): string {
  const sign = compared[node.op]
  if (sign) {
    const [left, right] = pair(node)
    const money = isMoney(left, scene) || isMoney(right, scene)
    return `${show(left, scene, money)} ${outcome ? sign.holds : sign.fails} ${show(right, scene, money)}`
  }
  if (node.op === '&&' || node.op === '||') {
    const parts = pair(node).map((each) => condition(each, scene, holds(each, scene)))
    return parts.join(` ${signs[node.op]} `)
  }
  if (node.op === '!_') return condition(node.args as Node, scene, holds(node.args as Node, scene))
  return String(node.args)
}

function call(name: string, given: Node[], scene: Scene, money: boolean): string {
  const [first, second, third] = given as [Node, Node, Node]
  switch (name) {
    case 'percent':
      return `${bracketed(first, scene, money, 5)} × ${second.args}%`
    case 'times':
      return `${bracketed(first, scene, money, 5)} × ${second.args}`
    case 'share':
      return `${bracketed(first, scene, money, 5)} × ${bracketed(second, scene, false, 5)} ÷ ${bracketed(third, scene, false, 6)}`
    case 'ceiling':
      return `⌈${show(first, scene, money)} ÷ ${bracketed(second, scene, money, 6)}⌉`
    default:
      // "The greater of the two" is read more easily as a figure with its floor.
      return `${show(first, scene, money)} (${name === 'max' ? '≥' : '≤'} ${show(second, scene, money)})`
  }
}

function bracketed(node: Node, scene: Scene, money: boolean, outer: number): string {
  const text = show(node, scene, money)
  const bound = node.op === 'call' && ['max', 'min'].includes((node.args as [string])[0])
  return bound || node.op === '?:' || (strength[node.op] ?? 9) < outer ? `(${text})` : text
}

/** In a sum of money a bare number is money, unless another factor beside it already is. */
function show(node: Node, scene: Scene, money: boolean): string {
  switch (node.op) {
    case 'value':
      return money ? formatYuan(Number(node.args) as Fen) : String(node.args)
    case 'id': {
      const figure = scene.figures.get(node.args as string)
      if (!figure) return String(node.args)
      return figure.money ? formatYuan(figure.value as Fen) : String(figure.value)
    }
    case 'call': {
      const [name, given] = node.args as [string, Node[]]
      return call(name, given, scene, money)
    }
    case '?:': {
      const [asked, yes, no] = node.args as [Node, Node, Node]
      const outcome = holds(asked, scene)
      return `${condition(asked, scene, outcome)} → ${show(outcome ? yes : no, scene, money)}`
    }
    case '-_':
      return `−${bracketed(node.args as Node, scene, money, 6)}`
    case '*':
    case '/': {
      const [left, right] = pair(node)
      const moneyIn = (other: Node) => money && !isMoney(other, scene)
      const own = strength[node.op]!
      return `${bracketed(left, scene, moneyIn(right), own)} ${signs[node.op]} ${bracketed(right, scene, node.op === '*' && moneyIn(left) && !isLiteral(left), own + 1)}`
    }
    case '+':
    case '-': {
      const [left, right] = pair(node)
      return `${bracketed(left, scene, money, 4)} ${signs[node.op]} ${bracketed(right, scene, money, 5)}`
    }
    case '%': {
      const [left, right] = pair(node)
      return `${bracketed(left, scene, money, 5)} mod ${bracketed(right, scene, false, 6)}`
    }
    default:
      return condition(node, scene, holds(node, scene))
  }
}

function isLiteral(node: Node): boolean {
  return node.op === 'value'
}

/**
 * A step's expression with the figures of its quote in place of the names: `remainingMonths * monthlyGuaranteeFen` becomes
 * `205 × 299.00`; of a choice the branch that was taken is shown, with why: `14 ≤ 24 → 100.00`. Undefined where the value alone says it
 * all (a plain term).
 */
export function expressionWithFigures(
  { steps }: Pick<PenaltyDerivation, 'steps'>,
  inputs: Readonly<Record<string, number>>,
  index: number,
): string | undefined {
  const step = steps[index]
  if (!step) return undefined
  const figures = new Map<string, Figure>()
  for (const [name, value] of Object.entries(inputs)) figures.set(name, { value, money: name.endsWith('Fen') })
  for (const { name, value, unit } of steps.slice(0, index)) figures.set(name, { value, money: unit === 'fen' })
  const scene = { text: step.expression, figures }
  const node = nodeOf(step.expression)
  const plain = node.op === 'id' || node.op === 'value'
  const text = plain ? undefined : show(node, scene, step.unit === 'fen')
  if (!step.tier) return text
  const { by, value, from, below } = step.tier
  const measured = nodeOf(by).op === 'id' ? String(value) : show(nodeOf(by), { text: by, figures }, false)
  const bounds = `${from === undefined ? '' : `${from} ≤ `}${measured}${below === undefined ? '' : ` < ${below}`}`
  return text ? `${bounds} → ${text}` : bounds
}
