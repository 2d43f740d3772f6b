// How many stops of the Tab key lie between where one is and the element; below zero: backwards.
(element) => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true })
  const group = (one) => [...document.querySelectorAll(`[type=radio][name="${CSS.escape(one.name)}"]`)]
  // Of radio buttons that belong together, one is a stop: the chosen one, or else the first.
  const chosen = (one) => one.type !== 'radio' || one === (group(one).find((it) => it.checked) ?? group(one)[0])
  const among = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]'
  const stops = [...document.querySelectorAll(among)].filter((one) => !one.disabled && seen(one) && chosen(one))
  const here = document.activeElement
  const to = stops.indexOf(element)
  if (stops.includes(here)) return to - stops.indexOf(here)
  if (here === document.body) return to + 1
  const next = stops.findIndex((one) => here.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)
  return next < 0 ? to - stops.length : to < next ? to - next : to - next + 1
}
