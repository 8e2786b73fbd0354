import { Button, Input } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { formatMsisdn } from '../../../shared/domain/msisdn.ts'
import { useNow } from '../../clock.ts'
import { useT } from '../../language.ts'
import { Field, FieldGroup } from '../../ui/field.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Chips } from './chips.tsx'
import { type CredentialField, credentialProblem } from './credential-entry.ts'
import { groupMsisdn } from './document-entry.ts'
import type { ProofDraft } from './drafts.ts'
import { GroupedInput } from './grouped-input.tsx'
import { useCase } from './use-case.ts'
import { remaining } from './words.ts'
import './credential.css'

/** Service password or one-time code, and often-called numbers for a premium number. */
export function Credential({ attempts }: { attempts: number }) {
  const t = useT()
  const { view, drafts, draft, place } = useCase()
  const value = drafts.proof
  const premium = view.case.number?.premium ?? false
  const panel = useRef<HTMLDivElement>(null)
  // What was judged: typing takes the remark away until the next attempt.
  const [judged, setJudged] = useState(0)
  const problem = attempts > judged ? credentialProblem(value, premium) : undefined
  const failure = place.failure?.name === 'case.prove' ? place.failure.error : undefined
  const set = (change: Partial<ProofDraft>) => {
    setJudged(attempts)
    draft(({ proof }) => ({ proof: { ...proof, ...change } }))
  }
  const said = (field: CredentialField) => (problem?.field === field ? t(problem.problem.key) : undefined)

  useEffect(() => {
    if (attempts > 0) panel.current?.querySelector<HTMLElement>('input[aria-invalid="true"]')?.focus()
  }, [attempts])

  return (
    <Panel title={t('case.identity.factor')} aside={t('case.identity.factorIntro')}>
      <div ref={panel} className="case-credential">
        <Chips
          label={t('case.identity.factor')}
          value={value.factor}
          choices={[
            { value: 'servicePassword', label: t('case.identity.servicePassword') },
            { value: 'oneTimeCode', label: t('case.identity.oneTimeCode') },
          ]}
          onChange={(factor) => set({ factor })}
        />
        <FieldGroup columns={3}>
          {value.factor === 'servicePassword' ? (
            <Field
              label={t('case.identity.servicePassword')}
              name="servicePassword"
              failure={failure}
              problem={said('servicePassword')}
            >
              {(control) => (
                <Input.Password
                  {...control}
                  data-entry
                  autoComplete="off"
                  maxLength={32}
                  visibilityToggle={false}
                  value={value.servicePassword}
                  onChange={({ target }) => set({ servicePassword: target.value })}
                />
              )}
            </Field>
          ) : (
            <>
              <Field
                label={t('case.identity.codeDigits')}
                name="oneTimeCode"
                failure={failure}
                problem={said('oneTimeCode')}
              >
                {(control) => (
                  <Input
                    {...control}
                    data-entry
                    inputMode="numeric"
                    autoComplete="off"
                    maxLength={6}
                    value={value.oneTimeCode}
                    onChange={({ target }) => set({ oneTimeCode: target.value.replace(/\D/g, '') })}
                  />
                )}
              </Field>
              <SendCode />
            </>
          )}
          {premium ? (
            <OftenCalled value={value} set={set} failure={failure} problem={said('oftenCalledNumbers')} />
          ) : null}
        </FieldGroup>
      </div>
    </Panel>
  )
}

/** Sends a code to the number itself, says until when it holds and when another may be sent. */
function SendCode() {
  const t = useT()
  const now = useNow()
  const { view, place, run, patch } = useCase()
  const sent = place.codeSent
  const tooSoon = sent !== undefined && sent.nextAllowedAt > now

  async function send() {
    const result = await run('case.sendOneTimeCode', {})
    if (result?.ok) patch({ codeSent: result.value })
  }

  return (
    <div className="case-send-code">
      <Button onClick={() => void send()} disabled={tooSoon} loading={place.running.includes('case.sendOneTimeCode')}>
        {sent && tooSoon
          ? t('case.identity.sendAgainIn', { left: remaining(sent.nextAllowedAt, now) })
          : t(sent ? 'case.identity.sendAgain' : 'case.identity.sendCode')}
      </Button>
      {sent ? (
        <p className="case-faint">
          {sent.expiresAt > now
            ? t('case.identity.codeSent', {
                msisdn: formatMsisdn(view.case.msisdn),
                left: remaining(sent.expiresAt, now),
              })
            : t('case.identity.codeOver')}
        </p>
      ) : null}
    </div>
  )
}

interface OftenCalledProps {
  value: ProofDraft
  set(change: Partial<ProofDraft>): void
  failure: React.ComponentProps<typeof Field>['failure']
  problem: string | undefined
}

function OftenCalled({ value, set, failure, problem }: OftenCalledProps) {
  const t = useT()
  return (
    <>
      <p className="case-row case-faint">{t('case.identity.oftenCalledIntro')}</p>
      {value.oftenCalled.map((number, index) => (
        <Field
          // biome-ignore lint/suspicious/noArrayIndexKey: three places that keep their order
          key={index}
          label={t('case.identity.oftenCalledNth', { count: index + 1 })}
          name={index === 0 ? 'oftenCalledNumbers' : `oftenCalled${index}`}
          failure={failure}
          problem={index === 0 ? problem : undefined}
        >
          {(control) => (
            <GroupedInput
              {...control}
              inputMode="numeric"
              value={number}
              group={groupMsisdn}
              onChange={(text) =>
                set({ oftenCalled: value.oftenCalled.map((each, at) => (at === index ? text : each)) })
              }
            />
          )}
        </Field>
      ))}
    </>
  )
}
