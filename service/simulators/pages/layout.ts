import texts from '../data/page-texts.json' with { type: 'json' }
import { type Html, html } from './html.ts'

export type Language = 'zh' | 'en'
export type Texts = (typeof texts)['zh']

/** The sentences of a language. */
export function textsOf(language: Language): Texts {
  return texts[language]
}

/** Language of a request: `?lang=`, else the browser's, else Chinese. */
export function languageOf(query: unknown, acceptLanguage: string | undefined): Language {
  const wished = (query as { lang?: unknown }).lang
  if (wished === 'zh' || wished === 'en') return wished
  return acceptLanguage && /^en\b/i.test(acceptLanguage) ? 'en' : 'zh'
}

const style = {
  html: `
:root{--ink:#1d2733;--second:#5b6775;--paper:#fbfaf7;--stub:#fffdf8;--line:#e4e1d8;--petrol:#0f5c6e;--red:#b3261e;--green:#1f6f43;--amber:#9a6200}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 "Noto Sans SC Variable","PingFang SC","Microsoft YaHei",system-ui,sans-serif;font-variant-numeric:tabular-nums}
header{display:flex;gap:24px;align-items:baseline;padding:16px 32px;border-bottom:1px solid var(--line);background:var(--stub)}
header strong{font-size:16px;letter-spacing:.04em}
nav{display:flex;gap:4px;flex:1}
nav a,.lang{padding:4px 12px;border-radius:8px;color:var(--second);text-decoration:none}
nav a[aria-current]{background:var(--petrol);color:#fff}
main{max-width:1280px;margin:0 auto;padding:24px 32px 64px}
h1{font-size:24px;font-weight:600;margin:0 0 4px}
h2{font-size:17px;font-weight:600;margin:32px 0 2px}
.lead{color:var(--second);margin:0 0 16px;max-width:72ch}
.sheet{background:var(--stub);border:1px solid var(--line);border-radius:8px;overflow-x:auto}
table{border-collapse:collapse;width:100%}
th{text-align:left;font-weight:500;color:var(--second);font-size:13px;padding:8px 12px;border-bottom:1px solid var(--line);white-space:nowrap}
td{padding:10px 12px;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}
.people{table-layout:fixed;min-width:1120px}
.people th:nth-child(1){width:76px}.people th:nth-child(2){width:196px}.people th:nth-child(3){width:132px}.people th:nth-child(5),.people th:nth-child(6){width:120px}.people th:nth-child(7){width:150px}.people th:nth-child(8){width:128px}
.copy{font:inherit;background:none;border:0;border-bottom:1px dashed var(--line);padding:0;color:inherit;cursor:copy}
.copy:hover{border-bottom-color:var(--petrol);color:var(--petrol)}
.small{font-size:13px;color:var(--second)}
.tag{display:inline-block;padding:1px 8px;border-radius:8px;font-size:13px}
.free{background:#e3f0e8;color:var(--green)}.used{background:#f6ebd9;color:var(--amber)}
form{display:flex;gap:8px;flex-wrap:wrap;align-items:end;margin:0 0 16px}
label{display:flex;flex-direction:column;font-size:13px;color:var(--second);gap:2px}
label.row{flex-direction:row;align-items:center;gap:6px;padding:8px 0}
input,select,button.act{font:inherit;color:var(--ink);padding:7px 10px;border:1px solid #cfcabd;border-radius:8px;background:#fff}
input[type=number]{width:108px}
button.act{cursor:pointer}button.main{background:var(--petrol);border-color:var(--petrol);color:#fff}
:focus-visible{outline:2px solid var(--petrol);outline-offset:2px}
img.face{width:48px;height:60px;border-radius:4px;border:1px solid var(--line);display:block}
.empty{padding:24px;color:var(--second)}
.perforated{border-top:1px dashed #cfcabd;margin-top:32px}
`,
}

/** A whole page in the calm paper style. */
export function page(language: Language, current: 'directory' | 'sms' | 'control', title: string, body: Html): string {
  const t = textsOf(language)
  const other: Language = language === 'zh' ? 'en' : 'zh'
  const link = (name: typeof current, path: string): Html =>
    html`<a href="${path}?lang=${language}"${name === current ? { html: ' aria-current="page"' } : ''}>${t[name]}</a>`
  return html`<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><title>${title} · ${t.world}</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><link rel="stylesheet" href="/fonts/index.css"><style>${style}</style></head>
<body><header><strong>${t.world}</strong><nav>${link('directory', '/')}${link('sms', '/sms')}${link('control', '/control')}</nav>
<a class="lang" href="?lang=${other}">${other === 'en' ? 'English' : '中文'}</a></header>
<main><h1>${title}</h1>${body}</main></body></html>`.html
}
