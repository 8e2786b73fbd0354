import { lazy } from 'react'
import { useCaseView } from './case-view-store.ts'
import { screens } from './screens.ts'
import { Waiting } from './ui/waiting.tsx'

const CaseScreen = lazy(screens.steps)
const OrderScreen = lazy(screens.order)

/** A case: its steps while it is a draft, its order once it is submitted. */
export default function CaseRoute({ caseId }: { caseId: string }) {
  const { view, failure } = useCaseView(caseId)
  if (!view) return <Waiting failure={failure} />
  return view.case.state === 'draft' ? <CaseScreen view={view} /> : <OrderScreen view={view} />
}
