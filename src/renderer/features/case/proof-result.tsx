import { formatInstant } from '../../../shared/domain/calendar.ts'
import { proofLevel } from '../../../shared/domain/proof-level.ts'
import { useT } from '../../language.ts'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Tag } from '../../ui/tag.tsx'
import { Fact, Facts } from './facts.tsx'
import { useCase } from './use-case.ts'
import { stubName } from './words.ts'

/** How the holder was verified: methods, face score against its threshold, vendor and model, how long it holds. */
export function ProofResult() {
  const t = useT()
  const { view } = useCase()
  const proof = view.case.proof
  if (!proof) return null
  const { face } = proof
  return (
    <Panel
      title={t('case.identity.proved')}
      tag={<Tag tone="done">{proof.methods.map((method) => t(`proofMethod.${method}`)).join(' · ')}</Tag>}
      aside={t('case.identity.provedNote', { time: formatInstant(proof.provedAt).slice(11) })}
    >
      <p className="case-faint">
        {t(`proofLevel.${proofLevel(proof, view.case.approvals)}`)}
        {proof.secondName
          ? ` · ${t('case.asker.actsFor', { second: stubName(proof.secondName), holder: stubName(proof.holderName) })}`
          : ''}
      </p>
      {face.outcome === 'match' ? (
        <Facts>
          <Fact label={t('case.identity.face')}>
            {t('case.identity.faceScore', { score: face.score, threshold: face.threshold })}{' '}
            <Tag tone="done">{t('case.identity.faceMatch')}</Tag>
          </Fact>
          <Fact label={t('case.identity.methods')}>
            {t('case.identity.faceVendor', { vendor: face.vendor, version: face.modelVersion })}
          </Fact>
        </Facts>
      ) : (
        <Notice tone="waits" title={t('case.identity.portraitToRepair')}>
          {t('case.identity.faceNoReference')}
        </Notice>
      )}
    </Panel>
  )
}
