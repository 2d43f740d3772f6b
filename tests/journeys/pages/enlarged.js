// Is all of a page there when only its text is twice as large (WCAG 1.4.4)? Nothing may be cut off.
() => {
  const root = document.documentElement
  const seen = (element) => element.checkVisibility({ visibilityProperty: true })
  const hidden = (element) => element.closest('.govuk-visually-hidden, .govuk-skip-link')
  const called = (element) => element.outerHTML.slice(0, 120)
  const found = []
  const before = root.style.fontSize
  root.style.fontSize = '200%'
  const wider = root.scrollWidth - root.clientWidth
  const scrolls = (one) => one && one !== root && (getComputedStyle(one).overflowX !== 'visible' || scrolls(one.parentElement))
  if (wider > 0) {
    const beyond = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1)
    const ends = beyond.filter((one) => !scrolls(one.parentElement))
    found.push(`with text of 200 % the page is ${wider} too wide: ${(ends.length ? ends : beyond).slice(-3).map(called).join(' ')}`)
  }
  for (const element of document.querySelectorAll('main *, header *, nav *, footer *')) {
    if (!seen(element) || hidden(element)) continue
    const style = getComputedStyle(element)
    const field = element.matches('input:not([type=checkbox], [type=radio], [type=range], [type=file]), select')
    if (field && element.clientHeight < parseFloat(style.fontSize) * 1.15) found.push(`cut off in height: ${called(element)}`)
    const cuts = style.overflowY === 'hidden' || style.overflowY === 'clip'
    if (!field && cuts && element.scrollHeight > element.clientHeight + 2) found.push(`cut off in height: ${called(element)}`)
    const cutsWidth = style.overflowX === 'hidden' || style.overflowX === 'clip'
    if (!field && cutsWidth && element.scrollWidth > element.clientWidth + 2) found.push(`cut off in width: ${called(element)}`)
  }
  root.style.fontSize = before
  return found
}
