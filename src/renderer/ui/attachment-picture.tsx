import { useEffect, useState } from 'react'
import { call } from '../client.ts'

/** A picture of a case, asked for when it is shown; nothing of it stays in the window afterwards. */
export function AttachmentPicture({
  caseId,
  attachmentId,
  alt,
  className,
}: {
  caseId: string
  attachmentId: string
  alt: string
  className: string
}) {
  const [source, setSource] = useState<string>()
  useEffect(() => {
    let wanted = true
    void call('case.attachment', { caseId, attachmentId }).then((result) => {
      if (wanted && result.ok) setSource(`data:${result.value.mediaType};base64,${result.value.contentBase64}`)
    })
    return () => {
      wanted = false
    }
  }, [caseId, attachmentId])
  return source ? <img className={className} src={source} alt={alt} /> : null
}
