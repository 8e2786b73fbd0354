import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test, vi } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'rules-'))
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const premium = file(
  'premium.json',
  JSON.stringify({
    agreementType: 'PREMIUM_NUMBER',
    agreementPeriod: { startDate: '2023-12-01', endDate: '2043-12-31' },
    terms: { monthlyGuaranteeFen: 29900 },
  }),
)

function run(...given: string[]): Promise<{ code: number; out: string }> {
  return new Promise((done) =>
    execFile(process.execPath, [resolve('scripts/rules/main.ts'), ...given], (error, out, problems) =>
      done({ code: error ? Number(error.code) : 0, out: out + problems }),
    ),
  )
}
const quote = (...given: string[]) => run('quote', '--pack', 'cn-ctcc-14', '--agreement', premium, ...given)

// Each call starts a Node of its own.
vi.setConfig({ testTimeout: 60_000 })

describe('the command line of the rules', () => {
  test('prices the case of Taiyuan with its derivation, in both languages', async () => {
    const en = await quote('--on', '2026-11-21')
    expect(en.code).toBe(0)
    for (const words of ['18,388.50', '205 × 299.00', '61,295.00 × 30%', 'F01 (B)', 'cn-ctcc-14 2026-07'])
      expect(en.out).toContain(words)
    expect(en.out).toContain('in 6219 days (2043-12-01) this costs nothing')
    const zh = await quote('--on', '2026-11-21', '--language', 'zh-CN')
    expect(zh.out).toContain('应收违约金: ¥ 18,388.50')
    expect(zh.out).toContain('6219 天后（2043-12-01）起不收违约金')
  })
  test('answers a program, too', async () => {
    const { out } = await quote('--on', '2026-11-21', '--json')
    expect(JSON.parse(out)).toMatchObject({ quote: { amountFen: 1838850 }, waiting: { free: { on: '2043-12-01' } } })
  })
  test('says what is wrong with the call or a file, and where', async () => {
    const wrong = file(
      'wrong.json',
      '{\n "agreementType": "PREMIUM_NUMBER",\n "agreementPeriod": { "startDate": "2023" }\n}',
    )
    const results = await Promise.all([
      quote('--on', 'tomorrow'),
      run('quote', '--pack', 'cn-ctcc-14', '--agreement', wrong),
      run('quote', '--pack', 'cn-nowhere', '--agreement', premium),
      run('quote', '--pack', 'cn', '--agreement', premium),
      run(
        'quote',
        '--pack',
        'cn',
        '--agreement',
        premium,
        '--carrier',
        'ctcc',
        '--province',
        '14',
        '--on',
        '2026-06-30',
      ),
      run('price'),
      run('check', join(folder, 'none')),
    ])
    expect(results.map(({ code }) => code)).toEqual([2, 2, 2, 2, 1, 2, 2])
    expect(results[0]!.out).toContain('not a day: tomorrow')
    expect(results[1]!.out).toContain('wrong.json:3:36')
    expect(results[4]!.out).toContain('No rule pack is in force')
    expect(results[5]!.out).toContain('npm run rules')
  })
  test('explains itself when asked, and says what is wrong with a call', async () => {
    const [help, option, none, unknown, strange, extra, needs] = await Promise.all([
      run('help'),
      run('check', '--help'),
      run(),
      run('quote', '--pack', 'cn', '--price', '1'),
      run('prize'),
      run('check', folder, '--json'),
      run('quote', '--pack', 'cn', '--language', 'zh-CN'),
    ])
    for (const asked of [help, option]) {
      expect(asked.code).toBe(0)
      for (const command of ['check', 'quote', 'seal', 'help']) expect(asked.out).toContain(`rules -- ${command}`)
    }
    const refused = { none, unknown, strange, extra, needs }
    expect(Object.values(refused).map(({ code }) => code)).toEqual([2, 2, 2, 2, 2])
    expect(unknown.out).toContain("'--price'")
    expect(strange.out).toContain('there is no command prize')
    expect(extra.out).toContain('check has no option --json')
    expect(needs.out).toContain('quote 缺少 --agreement')
    for (const { out } of Object.values(refused)) expect(out).toContain('Exit codes')
  })
  test('checks a folder and names file and line', async () => {
    file('cn.json', '{\n "id": "cn",\n "version": "1",\n "validFrom": "2026-13-01",\n "assumed": false\n}')
    const { code, out } = await run('check', folder)
    expect(code).toBe(1)
    expect(out).toMatch(/cn\.json:4:15 error notAsRequired: validFrom/)
  })
})
