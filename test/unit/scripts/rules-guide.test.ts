import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readPackFolder } from '../../../scripts/rules/read-folder.ts'
import { checkPacks } from '../../../src/shared/domain/rules/check/check-packs.ts'

/*
 * Whoever writes a pack has the guide and nothing else. So everything the guide shows is taken from its text and tried: its pieces put
 * together make a pack, its whole example is checked and priced by the commands it names, with the answer it prints.
 */
vi.setConfig({ testTimeout: 60_000 })

const guides = { en: 'docs/guide/rule-packs.md', 'zh-CN': 'docs/guide/rule-packs.zh-CN.md' } as const
const headings = { en: '## A whole example', 'zh-CN': '## 完整的例子' } as const

/** The code blocks of a part of a guide, in their order. */
function blocksOf(text: string): { language: string; code: string }[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, code]) => ({
    language: language!,
    code: code!,
  }))
}
function chapter(text: string, heading: string): string {
  const from = text.indexOf(heading)
  if (from < 0) throw new Error(`no chapter ${heading}`)
  const next = text.indexOf('\n## ', from + heading.length)
  return text.slice(from, next < 0 ? undefined : next)
}
const json = (code: string) => JSON.parse(code) as Record<string, unknown>

describe.each(Object.entries(guides))('the guide in %s', (language, file) => {
  const text = readFileSync(file, 'utf8')
  const home = mkdtempSync(join(tmpdir(), 'guide-'))
  const folder = join(home, 'my-packs')
  beforeAll(() => cpSync('resources/rule-packs', folder, { recursive: true }))
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  /** Runs one of the guide's own lines, `npm run rules -- …`, in the folder the reader stands in. */
  function run(line: string): Promise<{ code: number; out: string }> {
    const given = line.replace(/^npm run rules -- /, '').split(' ')
    return new Promise((done) =>
      execFile(process.execPath, [resolve('scripts/rules/main.ts'), ...given], { cwd: home }, (error, out, problems) =>
        done({ code: error ? Number(error.code) : 0, out: out + problems }),
      ),
    )
  }

  test('shows pieces that make a pack when they are put together', () => {
    const before = text.slice(0, text.indexOf(headings[language as keyof typeof headings]))
    const [pack, term, rule, tiers, hold, blockers] = blocksOf(before)
      .filter((block) => block.language === 'json')
      .map(({ code }) => json(code.startsWith('"') ? `{${code}}` : code))
    const { name, label, unit } = term as { name: string; label: object; unit: string }
    const held = {
      ...rule,
      id: 'held',
      agreementType: 'PREPAY_GIFT_CREDIT',
      hold: hold!.hold,
      steps: [{ name: 'left', label, unit, expression: name }],
      cases: [
        {
          name: 'held',
          on: '2027-02-01',
          startDate: '2026-01-01',
          endDate: '2028-12-31',
          terms: { [name]: 2500, giftPerMonthFen: 1000 },
          heldUntil: '2027-05-01',
        },
      ],
    }
    const tiered = {
      ...rule,
      id: 'tiered',
      agreementType: 'MIN_SPEND',
      steps: [...(rule!.steps as object[]).slice(0, 2), tiers],
      cases: [
        {
          name: 'the second row',
          on: '2027-02-01',
          startDate: '2026-05-01',
          endDate: '2028-04-30',
          terms: { monthlyGuaranteeFen: 10000 },
          // 14 months of 100 yuan each, of which 30 %.
          fen: 42000,
        },
      ],
    }
    const perMonth = { ...term, name: 'giftPerMonthFen' }
    const whole = {
      ...pack,
      sections: { terms: [term, perMonth], penaltyRules: [rule, held, tiered], ...blockers },
    }
    const files = [...readPackFolder('resources/rule-packs'), { name: 'mine.json', text: JSON.stringify(whole) }]
    const { findings } = checkPacks(files)
    expect(findings.filter(({ file: where }) => where === 'mine.json')).toEqual([])
  })

  test('shows a whole pack that passes the check, and the price the command prints', async () => {
    const [pack, agreement, commands, answer] = blocksOf(chapter(text, headings[language as keyof typeof headings]))
    const [copy, check, quote] = commands!.code.trim().split('\n')
    expect(copy).toBe('cp -r resources/rule-packs my-packs')
    writeFileSync(join(folder, 'cn-cbn-54@2027-03.json'), pack!.code)
    writeFileSync(join(home, 'agreement.json'), agreement!.code)

    const checked = await run(check!)
    expect(checked.out).not.toContain('cn-cbn-54@2027-03')
    expect(checked.out).toMatch(/ 0 errors, 0 warnings/)
    expect(checked.code).toBe(0)
    const priced = await run(quote!)
    expect(priced.out.trim()).toBe(answer!.code.trim())
    expect(priced.code).toBe(0)

    // The example's own test cases are run: one fen more and the check says so, with the line.
    writeFileSync(join(folder, 'cn-cbn-54@2027-03.json'), pack!.code.replace('"fen": 29500', '"fen": 29501'))
    const line = pack!.code.split('\n').findIndex((each) => each.includes('"fen": 29500'))
    const wrong = await run(check!)
    expect(wrong.code).toBe(1)
    expect(wrong.out).toMatch(new RegExp(`cn-cbn-54@2027-03\\.json:${line}:\\d+ error caseFails`))
  })
})
