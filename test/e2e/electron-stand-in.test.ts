import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserWindowConstructorOptions } from 'electron'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServiceDouble, startServiceDouble } from '../support/core/service-double.ts'
import { repositoryRoot, startStandIn } from '../support/electron-stand-in/start.ts'

let folder: string
let service: ServiceDouble
let shell: Awaited<ReturnType<typeof startStandIn>>

beforeAll(async () => {
  for (const built of ['out/main/index.js', 'out/preload/index.cjs', 'out/renderer/index.html'])
    if (!existsSync(join(repositoryRoot, built))) throw new Error(`${built} is not built: npm run build`)
  folder = mkdtempSync(join(tmpdir(), 'stand-in-'))
  service = await startServiceDouble()
  service.state.streams = true
  shell = await startStandIn(repositoryRoot, [
    ...['--data', folder, '--service', service.url, '--enrolment-code', 'GOOD-CODE'],
  ])
  if (!shell.loaded) throw new Error(`the shell ended: ${shell.output()}`)
})
afterAll(async () => {
  if (shell?.process.exitCode === null) shell.process.kill('SIGKILL')
  await service?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const records = async (what: string) =>
  (await shell.ask<{ what: string; value: never }[]>('records'))
    .filter((one) => one.what === what)
    .map((one) => one.value)
const evaluate = <T>(expression: string) => shell.ask<T>('evaluate', expression)

describe('the window', () => {
  test('everything a page could use to leave its sandbox is off', async () => {
    const [options] = (await records('window')) as BrowserWindowConstructorOptions[]
    expect(options!.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
    })
    expect(options!.webPreferences!.preload).toBe(join(repositoryRoot, 'out/preload/index.cjs'))
  })

  test('sandbox and scheme are set before the app is ready, one instance only', async () => {
    expect(await records('enableSandbox')).toEqual([{ beforeReady: true }])
    expect(await records('requestSingleInstanceLock')).toEqual([true])
    expect((await records('schemes')).flat()).toMatchObject([
      { scheme: 'app', privileges: { standard: true, secure: true } },
    ])
  })

  test('it shows when the page is there, and a second start brings it to the front', async () => {
    expect(await records('show')).toEqual([true])
    await shell.ask('second-instance')
    expect(await records('focus')).toEqual([true])
  })

  test('no permission is given, whatever is asked', async () => {
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'serial', 'openExternal'])
      expect([permission, await shell.ask('permission', permission)]).toEqual([
        permission,
        { request: false, check: false },
      ])
  })

  test('the page cannot leave, nor open another', async () => {
    await evaluate(`void setTimeout(() => { location.href = 'https://evil.example/' }, 0)`)
    await expect.poll(() => records('will-navigate')).toContainEqual({ url: 'https://evil.example/', prevented: true })
    await evaluate(`void window.open('https://evil.example/')`)
    await expect.poll(() => records('window-open')).toEqual([{ action: 'deny' }])
    expect(await evaluate<string>('location.origin')).toBe('https://counterfoil.stand-in')
  })
})

describe('the page', () => {
  test('is the built one, without errors of its own and with a strict policy', async () => {
    const page = await shell.ask<{ status: number; headers: Record<string, string> }>('askPage', 'app://counterfoil/')
    expect(page.status).toBe(200)
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page.headers['content-security-policy']).not.toContain('unsafe-eval')
    await expect.poll(() => evaluate<number>(`document.querySelector('#root').childElementCount`)).toBeGreaterThan(0)
    expect(await records('pageError')).toEqual([])
  })

  test.each([
    'app://counterfoil/../../package.json',
    'app://counterfoil/%2e%2e/%2e%2e/package.json',
    'app://counterfoil/..%2f..%2fpackage.json',
    'app://counterfoil/assets/..%5c..%5c..%5cpackage.json',
    'app://elsewhere/index.html',
    'app://counterfoil/nothing.html',
  ])('%s leads nowhere', async (url) => {
    expect((await shell.ask<{ status: number }>('askPage', url)).status).toBe(404)
  })
})

describe('preload and calls', () => {
  test('the page gets three names and nothing of Electron', async () => {
    expect(await evaluate<string[]>('Object.keys(window.counterfoil).sort()')).toEqual(['call', 'on', 'shell'])
    expect(await evaluate('window.counterfoil.shell')).toBe('electron')
    expect(await evaluate('[typeof window.require, typeof window.process, typeof window.ipcRenderer].join()')).toBe(
      'undefined,undefined,undefined',
    )
  })

  test('a call goes through to the core and comes back as a value; a failure is a value too', async () => {
    await expect
      .poll(() => evaluate(`window.counterfoil.call('app.view', {}).then((view) => view.value.device?.deviceId)`))
      .toBe('SZ-T-1')
    expect(await evaluate(`window.counterfoil.call('desk.view', {})`)).toEqual({
      ok: false,
      error: { code: 'auth.required' },
    })
    expect(await evaluate(`window.counterfoil.call('no.such', {})`)).toMatchObject({
      error: { code: 'request.unknownCommand' },
    })
  })

  test('events arrive without their sender, and listening can end', async () => {
    await evaluate(`window.heard = []; window.stop = window.counterfoil.on((...all) => window.heard.push(all)); void 0`)
    await evaluate(`window.counterfoil.call('session.signIn', { staffId: '100', password: 'right' })`)
    await expect
      .poll(() => evaluate<unknown[][]>('window.heard'))
      .toContainEqual([{ name: 'session.changed', payload: { signedIn: true } }])
    await evaluate('window.stop(); window.heard = []; void 0')
    await evaluate(`window.counterfoil.call('session.signOut', {})`)
    expect(await evaluate('window.heard')).toEqual([])
  })

  test('a frame inside the page, another page or nobody may not call', async () => {
    const [channel] = await shell.ask<string[]>('channels')
    const values = [{ name: 'app.view', input: {} }]
    const own = { url: 'app://counterfoil/index.html', parent: null }
    expect(await shell.ask('invokeFrom', { sender: own, channel, values })).toMatchObject({ ok: true })
    for (const sender of [
      null,
      { ...own, parent: {} },
      { url: 'https://evil.example/', parent: null },
      { url: 'app://counterfoil.evil/', parent: null },
      { url: 'file:///etc/passwd', parent: null },
    ])
      expect(await shell.ask('invokeFrom', { sender, channel, values })).toEqual({
        ok: false,
        error: { code: 'request.forbiddenOrigin' },
      })
    expect(await shell.ask('invokeFrom', { sender: own, channel, values: ['nonsense'] })).toMatchObject({
      error: { code: 'request.unknownCommand' },
    })
  })
})

test('news come by a stream that goes on where it broke off, and ends with the session', async () => {
  await evaluate(`window.counterfoil.call('session.signIn', { staffId: '100', password: 'right' })`)
  await expect.poll(() => service.streams.count()).toBe(1)
  const from = service.streams.asked.at(-1)!
  const [orderId, caseId] = [crypto.randomUUID(), crypto.randomUUID()]
  const order = { orderId, caseId, caseNumber: 'C-1', state: 'inProgress', stage: 'homeReview', events: [] }
  await evaluate(`window.heard = []; window.stop = window.counterfoil.on((...all) => window.heard.push(all)); void 0`)
  service.publish({ ...order, deadline: '2026-11-29', urgeCount: 0, updatedAt: Date.now() })
  await expect
    .poll(() => evaluate<unknown[][]>('window.heard'))
    .toContainEqual([{ name: 'case.changed', payload: { caseId } }])
  await evaluate('window.stop(); void 0')
  service.streams.breakOff()
  // What was applied is not asked for again.
  await expect.poll(() => service.streams.asked.at(-1), { timeout: 10_000 }).toBe(from + 1)
  await expect.poll(() => service.streams.count(), { timeout: 10_000 }).toBe(1)
  await evaluate(`window.counterfoil.call('session.signOut', {})`)
  await expect.poll(() => service.streams.count()).toBe(0)
})

test('secrets are sealed by the system; preferences hold the language and nothing else', async () => {
  const sealed = readFileSync(join(folder, 'counter.sealed'), 'utf8')
  expect(sealed.startsWith('sealed:')).toBe(true)
  expect(sealed).not.toContain('storeKey')
  await evaluate(`window.counterfoil.call('app.setLanguage', { language: 'en' })`)
  expect(JSON.parse(readFileSync(join(folder, 'preferences.json'), 'utf8'))).toEqual({ language: 'en' })
})

test('quitting settles what is under way, closes the store and then ends', async () => {
  await shell.ask('quit').catch(() => undefined)
  expect(await shell.gone).toBe(0)
  expect(existsSync(join(folder, 'store', 'store.lock'))).toBe(false)
})
