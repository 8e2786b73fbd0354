import { describe, expect, it } from 'vitest'
import { enrolmentCodeHash } from '../../../service/src/auth/secrets.ts'
import { readOrganisationFile } from '../../../service/src/seed/import-organisation.ts'
import { organisationFileSchema } from '../../../service/src/seed/organisation-file.ts'

describe('the organisation file', () => {
  it('that ships has what the guide promises', async () => {
    const file = await readOrganisationFile(
      new URL('../../../resources/trial/organisation.json', import.meta.url).pathname,
    )
    const shenzhen = file.stores.find((store) => store.name === '深圳华强北自营厅')!
    expect(shenzhen.devices.map((device) => device.name)).toContain('3 号台')
    expect(shenzhen.staff.find((person) => person.staffId === '100217')).toMatchObject({
      name: '林晓雯',
      role: 'clerk',
    })
    expect(new Set(shenzhen.staff.map((person) => person.role)).size).toBe(4)
    expect(new Set(file.stores.map((store) => store.province)).size).toBe(file.stores.length)
    const codes = file.stores.flatMap((store) => store.devices.flatMap((device) => device.enrolmentCodes))
    expect(new Set(codes).size).toBe(codes.length)
  })

  it('names nobody twice', () => {
    const staff = [
      { staffId: '1', name: '甲', role: 'clerk', password: 'long enough' },
      { staffId: '1', name: '乙', role: 'clerk', password: 'long enough' },
    ]
    const parsed = organisationFileSchema.safeParse({ stores: [{ storeId: 'S', name: 'S', province: '44', staff }] })
    expect(parsed.error?.issues[0]?.message).toBe('staff 1 appears twice')
  })

  it('has no code that could be found by trying', () => {
    const withCode = (code: string) => ({
      stores: [
        { storeId: 'S', name: 'S', province: '44', devices: [{ deviceId: 'D', name: 'D', enrolmentCodes: [code] }] },
      ],
    })
    expect(organisationFileSchema.safeParse(withCode('HQB3-7K2M-9Q')).success).toBe(true)
    for (const code of ['123456', 'HQB3-7K2M-9', '- - - - - - - - - -'])
      expect(organisationFileSchema.safeParse(withCode(code)).error?.issues[0]?.message).toMatch('ten letters')
  })

  it('takes a code however it is typed', () => {
    expect(enrolmentCodeHash('hqb3 7k2m9qxt')).toBe(enrolmentCodeHash('HQB3-7K2M-9QXT'))
    expect(enrolmentCodeHash('HQB3-7K2M-9QXU')).not.toBe(enrolmentCodeHash('HQB3-7K2M-9QXT'))
  })
})
