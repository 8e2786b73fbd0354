import '@fontsource-variable/noto-sans-sc'
import './styles/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { connectApp } from './app-store.ts'
import { prepareFirstScreens } from './screens.ts'
import { listenToKeys } from './ui/use-keys.ts'

prepareFirstScreens()
listenToKeys(window)
connectApp()
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
