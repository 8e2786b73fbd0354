import { Button, Input, type InputRef } from 'antd'
import { type FormEvent, useLayoutEffect, useRef, useState } from 'react'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import { useApp } from '../../app-store.ts'
import { call } from '../../client.ts'
import { useNow } from '../../clock.ts'
import { useLanguage, useT } from '../../language.ts'
import { FailureText } from '../../ui/failure-text.tsx'
import { Field, FieldGroup } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { ProductMark } from '../../ui/product-mark.tsx'
import './sign-in-screen.css'

/** In front of everything while nobody is signed in: sign-in, or first the enrolment of a new device. */
export default function SignInScreen() {
  const t = useT()
  const device = useApp((state) => state.view?.device)
  return (
    <div className="sign-in">
      <main className="sign-in-sheet">
        <p className="sign-in-product">
          <ProductMark /> {t('shell.product')}
          {useApp((state) => state.view?.profile) === 'training' ? <strong>{t('shell.training')}</strong> : null}
        </p>
        {device ? <SignInForm /> : <EnrolmentForm />}
      </main>
      <SignInStub />
    </div>
  )
}

function SignInForm() {
  const t = useT()
  const connection = useApp((state) => state.view?.connection)
  const [staffId, setStaffId] = useState('')
  const [password, setPassword] = useState('')
  const [failure, setFailure] = useState<Failure>()
  const [busy, setBusy] = useState(false)
  const first = useRef<InputRef>(null)
  const second = useRef<InputRef>(null)
  useLayoutEffect(() => first.current?.focus(), [])

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setFailure(undefined)
    const result = await call('session.signIn', { staffId, password })
    setBusy(false)
    if (result.ok) return useApp.getState().take(result.value)
    setFailure(result.error)
    if (result.error.code === 'auth.credentials') {
      setPassword('')
      second.current?.focus()
    }
  }

  return (
    <form className="sign-in-form" onSubmit={submit} noValidate>
      <h1>{t('signIn.title')}</h1>
      <p className="sign-in-lead">{t('signIn.lead')}</p>
      <FieldGroup>
        <Field label={t('signIn.staffId')} name="staffId" failure={failure}>
          {(control) => (
            <Input
              {...control}
              ref={first}
              size="large"
              autoComplete="username"
              value={staffId}
              onChange={(event) => setStaffId(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('signIn.password')} name="password" failure={failure}>
          {(control) => (
            <Input
              {...control}
              ref={second}
              size="large"
              type="password"
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
      </FieldGroup>
      <FormFailure failure={failure} fields={['staffId', 'password']} />
      {connection?.state === 'offline' && !failure ? <Notice tone="waits">{t('signIn.offline')}</Notice> : null}
      <Button type="primary" htmlType="submit" size="large" block aria-busy={busy}>
        {busy ? t('signIn.working') : t('signIn.submit')}
      </Button>
    </form>
  )
}

function EnrolmentForm() {
  const t = useT()
  const [enrolmentCode, setCode] = useState('')
  const [failure, setFailure] = useState<Failure>()
  const [busy, setBusy] = useState(false)
  const first = useRef<InputRef>(null)
  useLayoutEffect(() => first.current?.focus(), [])

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setFailure(undefined)
    const result = await call('device.enrol', { enrolmentCode })
    setBusy(false)
    if (result.ok) useApp.getState().take(result.value)
    else setFailure(result.error)
  }

  return (
    <form className="sign-in-form" onSubmit={submit} noValidate>
      <h1>{t('enrol.title')}</h1>
      <p className="sign-in-lead">{t('enrol.lead')}</p>
      <Field label={t('enrol.code')} name="enrolmentCode" hint={t('enrol.hint')} failure={failure}>
        {(control) => (
          <Input
            {...control}
            ref={first}
            size="large"
            autoComplete="off"
            spellCheck={false}
            value={enrolmentCode}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      </Field>
      <FormFailure failure={failure} fields={['enrolmentCode']} />
      <Button type="primary" htmlType="submit" size="large" block aria-busy={busy}>
        {t('enrol.submit')}
      </Button>
    </form>
  )
}

/** A failure that no field shows. */
function FormFailure({ failure, fields }: { failure: Failure | undefined; fields: readonly string[] }) {
  if (!failure || (failure.field && fields.includes(failure.field))) return null
  return (
    <Notice tone="stops">
      <FailureText failure={failure} />
    </Notice>
  )
}

/** The day and the hour this counter believes in: a wrong clock is better seen before signing in. */
function Today() {
  const t = useT()
  const [date, time] = formatInstant(useNow(5_000)).split(' ')
  return <p className="sign-in-today">{t('signIn.today', { date: date!, time: time! })}</p>
}

/** The stub beside the form: where this is, what is kept, and the other language. */
function SignInStub() {
  const t = useT()
  const language = useLanguage()
  const view = useApp((state) => state.view)
  const other = language === 'en' ? 'zh-CN' : 'en'
  const waiting = view?.connection.waitingJobs ?? 0
  return (
    <aside className="sign-in-stub">
      <span className="sign-in-hole" data-end="top" />
      <span className="sign-in-hole" data-end="bottom" />
      <div>
        <p className="sign-in-motto">{t('signIn.motto')}</p>
        {view ? <Today /> : null}
      </div>
      <div className="sign-in-facts">
        {view?.device ? (
          <p>{t('signIn.device', { store: view.device.storeName, device: view.device.deviceName })}</p>
        ) : null}
        {waiting > 0 ? <p>{t('signIn.waiting', { count: waiting })}</p> : null}
        {waiting > 0 ? <p>{t('signIn.safe')}</p> : null}
        <button
          type="button"
          className="sign-in-language"
          lang={other}
          onClick={() => void useApp.getState().setLanguage(other)}
        >
          {t('shell.otherLanguage')}
        </button>
      </div>
    </aside>
  )
}
