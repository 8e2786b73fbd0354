import { describe, expect, it } from 'vitest'
import { isOwnCode } from '../../../service/simulators/base/subscriber.ts'
import { authenticate, queryNumber } from '../../../service/simulators/bss/authentication.ts'
import { preCheck } from '../../../service/simulators/bss/pre-check.ts'
import { profileOf } from '../../../service/simulators/bss/profiles.ts'
import type { HomeSystem } from '../../../service/simulators/bss/system.ts'
import { createWorld } from '../../../service/simulators/bss/world.ts'
import { preCheckAnswerSchema } from '../../../service/src/connectors/wire/home-bss.ts'
import { blockerCatalogue } from '../../../src/shared/domain/blocker-catalogue.ts'
import { parseDate, startOfDay } from '../../../src/shared/domain/calendar.ts'
import { type Carrier, carriers, type Province, provinces } from '../../../src/shared/domain/geography.ts'
import { msisdnSchema } from '../../../src/shared/domain/scalars.ts'
import { base, today } from './try-out-base.ts'

const world = createWorld(base, () => 0)

function systemAt(carrier: Carrier, province: Province, day = today): HomeSystem {
  const now = startOfDay(day) + 9 * 3_600_000
  return {
    carrier,
    province,
    profile: profileOf(carrier, province),
    world,
    now: () => now,
    stopwatch: () => 0,
    reviewFactor: () => 1,
  }
}

const scenario = (name: string) => base.lines.find((line) => line.scenario === name)!

describe('the pre-check', () => {
  it('can raise every blocker code of its stage', () => {
    const raised = new Set<string>()
    for (const line of base.lines) {
      const answer = preCheck(systemAt(line.carrier, line.province), line.msisdn)
      if (answer.result === 'ok') for (const blocker of answer.blockers) raised.add(blocker.code)
    }
    const line = scenario('clean')
    const note = (answer: ReturnType<typeof preCheck>) => {
      if (answer.result === 'refused') raised.add(answer.code)
      else for (const blocker of answer.blockers) raised.add(blocker.code)
    }
    note(preCheck(systemAt(line.carrier, line.province), '13000000000'))
    note(preCheck(systemAt(carriers.find((c) => c !== line.carrier)!, line.province), line.msisdn))
    note(preCheck(systemAt(line.carrier, line.province), line.msisdn, line.province))
    const hebei = base.lines.find((l) => l.province === '13')!
    note(preCheck(systemAt(hebei.carrier, '13', parseDate('2026-11-30')!), hebei.msisdn))

    const wanted = blockerCatalogue.filter((entry) => entry.stage === 'precheck').map((entry) => entry.code)
    expect(wanted.filter((code) => !raised.has(code))).toEqual([])
    const known = new Set(blockerCatalogue.map((entry) => entry.code))
    expect([...raised].filter((code) => !known.has(code) && !isOwnCode(code))).toEqual([])
  })

  it('gives accounts that fit the wire, for every scenario', () => {
    const shown = new Map(base.lines.filter((l) => l.scenario).map((l) => [l.scenario, l]))
    for (const line of shown.values()) {
      const answer = preCheck(systemAt(line.carrier, line.province), line.msisdn)
      expect(preCheckAnswerSchema.safeParse(answer)).toMatchObject({ success: true })
    }
  })

  it('finds nothing on a clean line and many things at once on another', () => {
    const clean = scenario('clean')
    expect(preCheck(systemAt(clean.carrier, clean.province), clean.msisdn)).toMatchObject({
      result: 'ok',
      blockers: [],
    })
    const many = scenario('many-findings')
    const answer = preCheck(systemAt(many.carrier, many.province), many.msisdn)
    expect(answer.result === 'ok' && answer.blockers.length).toBeGreaterThan(10)
  })

  it('gives money in li', () => {
    const line = scenario('premium')
    const answer = preCheck(systemAt(line.carrier, line.province), line.msisdn)
    expect(answer).toMatchObject({ account: { agreements: [{ terms: { monthlyGuaranteeLi: 299_000 } }] } })
  })

  it('does not report what the profile of a province ignores', () => {
    const memberIn = (province: Province) =>
      base.lines.find((l) => l.province === province && l.findings.some((f) => f.code === 'GROUP_V_NET'))
    const line = provinces.map(memberIn).find((l) => l !== undefined)!
    const codes = (ignored: boolean) => {
      const system = systemAt(line.carrier, line.province)
      const profile = { ...system.profile, treatments: ignored ? { GROUP_V_NET: 'ignore' as const } : {} }
      const answer = preCheck({ ...system, profile }, line.msisdn)
      return answer.result === 'ok' ? answer.blockers.map((blocker) => blocker.code) : []
    }
    expect(codes(false)).toContain('GROUP_V_NET')
    expect(codes(true)).not.toContain('GROUP_V_NET')
  })
})

describe('the number query', () => {
  it('masks all but the last character of the name', () => {
    const line = scenario('clean')
    const holder = base.person(line.personId)!
    const answer = queryNumber(systemAt(line.carrier, line.province), line.msisdn)
    expect(answer).toMatchObject({ result: 'ok', carrier: line.carrier, state: 'active' })
    if (answer.result === 'ok') {
      expect(answer.maskedName.endsWith([...holder.name].at(-1)!)).toBe(true)
      expect(answer.maskedName).not.toContain([...holder.name][0])
    }
  })

  it('names the carrier that serves a ported number, and knows no number of another province', () => {
    const line = scenario('ported-out')
    expect(queryNumber(systemAt('CMCC', line.province), line.msisdn)).toMatchObject({
      result: 'refused',
      code: 'OTHER_CARRIER',
      params: { carrier: 'CUCC' },
    })
    expect(queryNumber(systemAt('CUCC', line.province), line.msisdn)).toMatchObject({ result: 'ok', carrier: 'CUCC' })
    expect(queryNumber(systemAt('CUCC', '11'), line.msisdn)).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('the authentication', () => {
  const request = (name: string) => {
    const line = scenario(name)
    const holder = base.person(line.personId)!
    const system = systemAt(line.carrier, line.province)
    const { identificationType, identificationId } = holder
    const msisdn = msisdnSchema.parse(line.msisdn)
    return {
      line,
      system,
      body: { msisdn, identificationType, identificationId, name: holder.name, servicePassword: line.servicePassword },
    }
  }

  it('accepts the right papers and password, and papers alone when no password is given', () => {
    const { system, body } = request('clean')
    expect(authenticate(system, body)).toEqual({ result: 'ok', holderName: body.name })
    const { servicePassword: _left, ...withoutPassword } = body
    expect(authenticate(system, withoutPassword)).toMatchObject({ result: 'ok' })
  })

  it('says which part is wrong', () => {
    const { system, body } = request('clean')
    expect(authenticate(system, { ...body, identificationId: '11010519491231002X' })).toMatchObject({
      code: 'ID_MISMATCH',
    })
    expect(authenticate(system, { ...body, identificationType: 'HUKOU' })).toMatchObject({ code: 'ID_MISMATCH' })
    expect(authenticate(system, { ...body, name: '王某某' })).toMatchObject({ code: 'NAME_MISMATCH' })
    expect(authenticate(system, { ...body, servicePassword: '000000' })).toMatchObject({ code: 'PASSWORD_FAIL' })
  })

  it('asks two often-called numbers of a premium line', () => {
    const { line, system, body } = request('premium')
    const [first, second] = line.oftenCalledNumbers
    expect(authenticate(system, body)).toMatchObject({
      code: 'FRIEND_NUMBER_FAIL',
      params: { required: 2, matched: 0 },
    })
    expect(authenticate(system, { ...body, oftenCalledNumbers: [first!, first!] })).toMatchObject({
      code: 'FRIEND_NUMBER_FAIL',
    })
    expect(authenticate(system, { ...body, oftenCalledNumbers: [first!, second!] })).toMatchObject({ result: 'ok' })
  })

  it('refuses a document type the province does not take remotely', () => {
    const { body } = request('passport')
    const line = base.lines.find((l) => l.province === '54' && l.carrier === 'CMCC')!
    const answer = authenticate(systemAt('CMCC', '54'), { ...body, msisdn: msisdnSchema.parse(line.msisdn) })
    expect(answer).toMatchObject({ code: 'UNSUPPORTED_DOC' })
  })
})
