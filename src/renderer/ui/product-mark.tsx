/** A counterfoil with its perforation. */
export function ProductMark() {
  return (
    <svg viewBox="0 0 20 20" width="1.125rem" height="1.125rem" aria-hidden="true">
      <path
        d="M2.5 4.5a1 1 0 0 1 1-1H12a1.5 1.5 0 0 0 3 0h1.500a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H15a1.5 1.5 0 0 0-3 0H3.500a1 1 0 0 1-1-1z"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
      />
      <path d="M5 7.500h5M5 10h5M5 12.500h3" stroke="currentColor" strokeWidth="1.3" strokeLinecap="round" />
      <path d="M13.5 6.500v7.5" stroke="currentColor" strokeWidth="1.2" strokeDasharray="1.4 1.4" />
    </svg>
  )
}
