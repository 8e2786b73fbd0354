import { describe, expect, test } from 'vitest'
import { askers, secondRole } from '../../../src/shared/domain/asker.ts'
import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { carriers, provinces } from '../../../src/shared/domain/geography.ts'
import { documentTypes, identificationTypes } from '../../../src/shared/domain/identification-type.ts'
import {
  askerRulesSchema,
  checkManualEntry,
  checkRefundRoute,
  checkSecond,
  checkType,
  identityRulesSchema,
  type PaperRules,
  papersNeeded,
  ruleFor,
} from '../../../src/shared/domain/papers.ts'
import { rulesAt } from '../../support/shipped-rules.ts'

const today = '2026-11-21' as ShanghaiDate
const shanxi = rulesAt({ carrier: 'CTCC', province: '14' }, today)
const kinds = (
  rules: PaperRules,
  ...rest: Parameters<typeof papersNeeded> extends [unknown, ...infer R] ? R : never
) => {
  const needed = papersNeeded(rules, ...rest)
  return needed.ok ? needed.value.papers.map((paper) => paper.kind) : needed.error.code
}

describe('the shipped matrix', () => {
  test('every carrier and province says of every asker what is needed, or why not', () => {
    for (const carrier of carriers)
      for (const province of provinces) {
        const rules = rulesAt({ carrier, province }, today)
        for (const asker of askers) {
          const rule = ruleFor(rules, asker)
          const needed = papersNeeded(rules, asker)
          expect(needed.ok).toBe(rule.allowed)
          if (!rule.allowed) expect(rule.why).toBeDefined()
          else if (asker !== 'holder') expect(rule.assumed).toBe(true)
          if (needed.ok) expect(new Set(needed.value.papers.map((p) => p.kind)).size).toBe(needed.value.papers.length)
        }
      }
  })

  test.each([
    ['holder', { holder: 'RESIDENT_ID' }, ['documentFront', 'documentBack', 'portrait', 'signedForm']],
    ['holder', { holder: 'FOREIGN_PASSPORT' }, ['documentFront', 'portrait', 'signedForm']],
    [
      'agent',
      { holder: 'RESIDENT_ID', second: 'FOREIGN_PASSPORT' },
      ['documentFront', 'documentBack', 'secondDocumentFront', 'authorisationLetter', 'portrait', 'signedForm'],
    ],
    [
      'guardian',
      { holder: 'HUKOU', second: 'RESIDENT_ID' },
      [
        'documentFront',
        'secondDocumentFront',
        'secondDocumentBack',
        'guardianshipProof',
        'householdRegister',
        'portrait',
        'signedForm',
      ],
    ],
    [
      'heir',
      { holder: 'RESIDENT_ID', second: 'RESIDENT_ID' },
      ['secondDocumentFront', 'secondDocumentBack', 'deathProof', 'kinshipProof', 'portrait', 'signedForm'],
    ],
    [
      'organisation',
      { holder: 'UNIT_LICENSE', second: 'RESIDENT_ID' },
      ['documentFront', 'secondDocumentFront', 'secondDocumentBack', 'organisationLetter', 'portrait', 'signedForm'],
    ],
    [
      'disowned',
      { holder: 'RESIDENT_ID' },
      ['documentFront', 'documentBack', 'disownedDeclaration', 'releaseForm', 'portrait', 'signedForm'],
    ],
  ] as const)('%s with %o', (asker, types, expected) => expect(kinds(shanxi, asker, types)).toEqual(expected))

  test('the broadcast carrier takes no agent and says so', () => {
    const rules = rulesAt({ carrier: 'CBN', province: '14' }, today)
    expect(kinds(rules, 'agent')).toBe('asker.notAllowed')
    expect(ruleFor(rules, 'agent').why?.en).toContain('no agent')
  })

  test('in Jiangsu a household register serves minors only', () => {
    const jiangsu = rulesAt({ carrier: 'CMCC', province: '32' }, today)
    const accepts = (asker: 'holder' | 'guardian', rules: PaperRules) => checkType(rules, asker, 'holder', 'HUKOU').ok
    expect([accepts('holder', jiangsu), accepts('guardian', jiangsu), accepts('holder', shanxi)]).toEqual([
      false,
      true,
      true,
    ])
  })

  test('a province that accepts only the resident ID remotely needs one line', () => {
    const onlyResident = { ...shanxi, identity: { ...shanxi.identity, documentTypes: ['RESIDENT_ID' as const] } }
    for (const type of identificationTypes.filter((type) => type !== 'UNIT_LICENSE'))
      expect(checkType(onlyResident, 'holder', 'holder', type).ok).toBe(type === 'RESIDENT_ID')
    expect(checkType(onlyResident, 'holder', 'holder', 'FOREIGN_PASSPORT')).toMatchObject({
      error: { code: 'document.typeNotAccepted', params: { documentType: 'FOREIGN_PASSPORT' } },
    })
  })
})

describe('what cannot be', () => {
  test('nobody is their own agent, guardian, heir or handler, and nobody acts without a document', () => {
    const holder = { identificationType: 'RESIDENT_ID' as const, identificationId: '11010519491231002X' }
    for (const asker of askers.filter((each) => secondRole(each))) {
      expect(checkSecond(asker, holder, undefined)).toMatchObject({ error: { code: 'asker.documentMissing' } })
      expect(checkSecond(asker, holder, holder)).toMatchObject({ error: { code: 'asker.samePerson' } })
      expect(checkSecond(asker, holder, { ...holder, identificationId: '110105199001010010' }).ok).toBe(true)
    }
    expect(checkSecond('holder', holder, undefined).ok).toBe(true)
  })

  test('an agent never walks away with the holder’s cash', () => {
    const agent = ruleFor(shanxi, 'agent')
    expect(checkRefundRoute(agent, 'cash')).toMatchObject({ error: { code: 'refund.routeForAsker' } })
    expect(checkRefundRoute(agent, 'bankCard').ok).toBe(true)
    expect(agent.refund.to).toBe('holder')
    expect(ruleFor(shanxi, 'heir').refund.to).toBe('second')
  })

  test('typing a card with a chip needs the right and a reason; a passport has neither chip nor reason', () => {
    const typed = { identificationType: 'RESIDENT_ID', entry: 'manual' } as const
    const may = (document: Parameters<typeof checkManualEntry>[1], role: string) => {
      const result = checkManualEntry(shanxi, document, role)
      return result.ok ? 'ok' : result.error.code
    }
    expect(may(typed, 'clerk')).toBe('document.reasonMissing')
    expect(may({ ...typed, manualReason: 'noReader' }, 'clerk')).toBe('ok')
    expect(may({ ...typed, manualReason: 'becauseIWant' }, 'clerk')).toBe('document.reasonMissing')
    expect(may({ ...typed, manualReason: 'other' }, 'clerk')).toBe('document.reasonMissing')
    expect(may({ ...typed, manualReason: 'other', manualNote: '客户证件磁化' }, 'clerk')).toBe('ok')
    expect(may({ ...typed, manualReason: 'noReader' }, 'auditor')).toBe('document.manualForbidden')
    expect(may({ ...typed, entry: 'reader' }, 'auditor')).toBe('ok')
    for (const type of identificationTypes)
      expect(may({ identificationType: type, entry: 'manual' }, 'clerk')).toBe(
        documentTypes[type].chip ? 'document.reasonMissing' : 'ok',
      )
  })

  test('a place has its own reasons; one whose packs list none has the usual ones', () => {
    const identity = {
      ...shanxi.identity,
      manualReasons: [{ code: 'flood', text: { zh: '水淹', en: 'flood' }, words: false }],
    }
    const may = (manualReason: string) =>
      checkManualEntry(
        { ...shanxi, identity },
        { identificationType: 'RESIDENT_ID', entry: 'manual', manualReason },
        'clerk',
      ).ok
    expect([may('flood'), may('noReader')]).toEqual([true, false])
    const { manualReasons: _, ...before } = shanxi.identity
    expect(identityRulesSchema.parse(before).manualReasons.map(({ code }) => code)).toEqual([
      'noReader',
      'readerBroken',
      'chipUnreadable',
      'other',
    ])
    const twice = { ...before, manualReasons: [...identity.manualReasons, ...identity.manualReasons] }
    expect(identityRulesSchema.safeParse(twice).success).toBe(false)
  })

  test('a matrix that contradicts itself is refused with the reason', () => {
    const problems = (change: (rules: typeof shanxi.papers) => unknown) => {
      const result = askerRulesSchema.safeParse(change(structuredClone(shanxi.papers)))
      return result.success ? [] : result.error.issues.map((issue) => issue.message)
    }
    expect(problems((rules) => rules)).toEqual([])
    expect(problems((rules) => rules.slice(1))).toEqual(['asker holder stands here 0 times'])
    const without = (rules: typeof shanxi.papers, asker: string, change: object) =>
      rules.map((rule) => (rule.asker === asker ? { ...rule, ...change } : rule))
    expect(problems((rules) => without(rules, 'heir', { allowed: false }))[0]).toContain('not said why')
    expect(problems((rules) => without(rules, 'agent', { second: undefined }))[0]).toContain('second document')
    expect(problems((rules) => without(rules, 'holder', { face: 'second' }))[0]).toContain('no second person')
  })
})
