import { useCaseView } from './case-view-store.ts'
import ReceiptScreen from './features/receipt/receipt-screen.tsx'
import { Waiting } from './ui/waiting.tsx'

/** The receipt of a case. */
export default function ReceiptRoute({ caseId }: { caseId: string }) {
  const { view, failure } = useCaseView(caseId)
  if (!view) return <Waiting failure={failure} />
  return <ReceiptScreen view={view} />
}
