import { useT } from '../../language.ts'
import { useOverlay } from '../../overlay-store.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { KeyCap } from '../../ui/key-cap.tsx'
import { shownBindings, useKeyRegistry } from '../../ui/key-registry.ts'
import './help-dialog.css'

/** The keys of the screen behind it, straight from the registry: what is listed is what works. */
export default function HelpDialog() {
  const t = useT()
  const show = useOverlay((state) => state.show)
  const scopes = useKeyRegistry((state) => state.scopes)
  const behind = scopes.filter((scope) => scope.layer !== 'dialog')
  return (
    <Dialog title={t('help.title')} onClose={() => show(undefined)} wide>
      <p>{t('help.lead')}</p>
      <dl className="help-keys">
        {shownBindings(behind, 'help').map((binding) => (
          <div key={binding.key}>
            <dt>
              <KeyCap of={binding.key} />
              <span className="visually-hidden">{binding.key}</span>
            </dt>
            <dd>{binding.label}</dd>
          </div>
        ))}
      </dl>
      <p>{t('help.always')}</p>
    </Dialog>
  )
}
