import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeFor, groupLines, perMille } from '../../../src/renderer/features/case/amounts.ts'
import { credentialProblem } from '../../../src/renderer/features/case/credential-entry.ts'
import { emptyDrafts } from '../../../src/renderer/features/case/drafts.ts'
import { gatherMissing } from '../../../src/renderer/features/case/missing.ts'
import {
  settlementEdited,
  settlementForm,
  settlementInput,
  settlementProblems,
} from '../../../src/renderer/features/case/settlement-entry.ts'
import { penKey, strokesOf } from '../../../src/renderer/ui/pen.ts'
import { fen } from '../../../src/shared/domain/money.ts'
import { missing, view } from './case-views.ts'

const case_ = view({ case: { proof: { holderName: '王小明' } } }).case

describe('the settlement form', () => {
  it('starts with the holder, who is the usual answer', () => {
    expect(settlementForm({}, case_)).toMatchObject({ holderName: '王小明', contactName: '王小明', contactPhone: '' })
  })

  it('asks for phone and reason, and for an account only when something goes back', () => {
    const form = settlementForm({}, case_)
    expect(Object.keys(settlementProblems(form, false))).toEqual(['contactPhone', 'disconnectReason'])
    expect(Object.keys(settlementProblems(form, true))).toContain('account')
    expect(Object.keys(settlementProblems({ ...form, route: 'cash' }, true))).not.toContain('account')
  })

  it('sends no refund when nothing goes back, and no spaces in an account', () => {
    const form = settlementForm(
      { contactPhone: '138 0013 8001', disconnectReason: 'moved', account: '6222 0212 3456 7890' },
      case_,
    )
    expect(settlementInput(form, false)).not.toHaveProperty('refund')
    expect(settlementInput(form, true)?.refund).toEqual({
      route: 'bankCard',
      account: '6222021234567890',
      holderName: '王小明',
    })
    expect(settlementInput(settlementForm({}, case_), false)).toBeUndefined()
  })

  it('is edited only when something differs from what is saved', () => {
    const saved = { ...case_, contact: { name: '王小明', phone: '13800138001' } } as typeof case_
    expect(settlementEdited({}, saved)).toBe(false)
    expect(settlementEdited({ contactPhone: '138 0013 8001' }, saved)).toBe(false)
    expect(settlementEdited({ contactPhone: '139 0013 8001' }, saved)).toBe(true)
  })
})

describe('credentials', () => {
  const proof = emptyDrafts.proof
  it('needs the password or the six digits', () => {
    expect(credentialProblem(proof, false)?.field).toBe('servicePassword')
    expect(credentialProblem({ ...proof, servicePassword: '1' }, false)).toBeUndefined()
    expect(credentialProblem({ ...proof, factor: 'oneTimeCode', oneTimeCode: '12345' }, false)?.field).toBe(
      'oneTimeCode',
    )
  })
  it('needs two often-called numbers for a premium number', () => {
    const known = { ...proof, servicePassword: '1', oftenCalled: ['138 0013 8001', '', ''] }
    expect(credentialProblem(known, true)?.field).toBe('oftenCalledNumbers')
    expect(credentialProblem({ ...known, oftenCalled: ['138 0013 8001', '139 0013 8001', ''] }, true)).toBeUndefined()
    expect(credentialProblem({ ...known, oftenCalled: ['138 0013 8001', '139', ''] }, true)?.field).toBe(
      'oftenCalledNumbers',
    )
  })
})

describe('amounts on the stub', () => {
  it('writes a rate per day in per mille', () => {
    expect(perMille('0.003')).toBe('3')
    expect(perMille('0.0005')).toBe('0.5')
    expect(perMille('0.01')).toBe('10')
  })

  it('counts the change, and says nothing while it is too little or no amount', () => {
    expect(changeFor('200', fen(14193))).toBe(5807)
    expect(changeFor('141.93', fen(14193))).toBe(0)
    expect(changeFor('100', fen(14193))).toBeUndefined()
    expect(changeFor('two hundred', fen(14193))).toBeUndefined()
  })

  it('groups lines without losing a fen', () => {
    const kinds = [
      'bill',
      'lateFee',
      'unbilled',
      'penalty',
      'waiver',
      'cashBalance',
      'deposit',
      'giftForfeited',
    ] as const
    const line = fc.record({
      kind: fc.constantFrom(...kinds),
      amountFen: fc.integer({ min: -1e9, max: 1e9 }).map(fen),
      detail: fc.constant({}),
    })
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const total = lines.reduce((sum, { amountFen }) => sum + amountFen, 0)
        const groups = groupLines({ lines, totalFen: fen(total), payableFen: fen(0), refundableFen: fen(0) })
        expect(groups.reduce((sum, { amountFen }) => sum + amountFen, 0)).toBe(total)
        expect(groups.flatMap((group) => group.lines)).toHaveLength(lines.length)
      }),
    )
  })
})

describe('what is missing', () => {
  it('puts first what stops, and gathers many findings into one line that counts them all', () => {
    const items = [
      ...['A', 'B', 'C'].map((blocker) => missing('acknowledge', 'preCheck', { blocker })),
      missing('contact', 'settlement'),
      missing('signature', 'signature', {}, 'stops'),
    ]
    const lines = gatherMissing(items)
    expect(lines.map(({ items: [first] }) => first.code)).toEqual(['signature', 'acknowledge', 'contact'])
    expect(lines[1]?.many).toEqual({ code: 'acknowledge', count: 3 })
    expect(lines.flatMap((line) => line.items)).toHaveLength(items.length)
  })
})

describe('signing from the keyboard', () => {
  const paper = { width: 100, height: 50 }
  const press = (
    name: string,
    state: Parameters<typeof penKey>[1],
    strokes: Parameters<typeof penKey>[2],
    shift = false,
  ) => penKey({ name, shift, at: 5 }, state, strokes, paper)

  it('draws only while the pen is down', () => {
    const lifted = press('ArrowRight', { x: 10, y: 10, down: false }, [])
    expect(lifted).toEqual({ pen: { x: 14, y: 10, down: false }, strokes: [] })
    const put = press(' ', lifted!.pen, [])!
    const drawn = press('ArrowDown', put.pen, put.strokes, true)!
    expect(drawn.strokes).toEqual([
      [
        { x: 14, y: 10, t: 5 },
        { x: 14, y: 26, t: 5 },
      ],
    ])
    expect(press(' ', drawn.pen, drawn.strokes)?.pen.down).toBe(false)
  })

  it('stays on the paper and leaves other keys alone', () => {
    expect(press('ArrowUp', { x: 10, y: 1, down: false }, [])?.pen.y).toBe(0)
    expect(press('ArrowRight', { x: 99, y: 1, down: false }, [], true)?.pen.x).toBe(100)
    expect(press('Enter', { x: 0, y: 0, down: false }, [])).toBeUndefined()
  })

  it('counts time from the first point of the first stroke', () => {
    const at = (time: number) => ({ x: 1, y: 2, time })
    expect(strokesOf([{ points: [at(1000), at(1010)] }, { points: [at(1500)] }, { points: [] }])).toEqual([
      [
        { x: 1, y: 2, t: 0 },
        { x: 1, y: 2, t: 10 },
      ],
      [{ x: 1, y: 2, t: 500 }],
    ])
  })
})
