// What axe does not see: borders of fields, focus, and whether everything fits.
() => {
  const channels = (text) => (text.match(/[\d.]+/g) || []).map(Number)
  const over = ([r, g, b, a = 1], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)]
  const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
  const contrast = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a)
    return (high + 0.05) / (low + 0.05)
  }
  const behind = (element) => {
    const layers = []
    for (let one = element; one; one = one.parentElement) {
      layers.push(channels(getComputedStyle(one).backgroundColor))
      if ((layers.at(-1)[3] ?? 1) === 1) break
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255])
  }
  const seen = (element) => element.checkVisibility({ visibilityProperty: true })
  const called = (element) => element.outerHTML.slice(0, 120)
  // Of things that look alike in places that look alike one is enough: a table has hundreds.
  const looked = new Set()
  const isNew = (element) => {
    let name = ''
    for (let one = element; one && one !== document.body; one = one.parentElement) name += `${one.tagName}.${one.className}>`
    if (looked.has(name += element.type ?? '')) return false
    looked.add(name)
    return true
  }
  const found = []

  // What is written in a frame stays in it; English amounts are the widest.
  for (const frame of document.querySelectorAll('.figure, .card, .badge, .facts dd')) {
    if (seen(frame) && frame.scrollWidth > frame.clientWidth + 1) found.push(`wider than its frame: ${called(frame)}`)
  }

  const fields = 'input:not([type=hidden], [type=checkbox], [type=radio], [type=range], [type=file], [type=submit]), select, textarea'
  for (const field of document.querySelectorAll(fields)) {
    if (!seen(field) || !isNew(field)) continue
    const style = getComputedStyle(field)
    const ratio = contrast(over(channels(style.borderTopColor), behind(field.parentElement)), behind(field.parentElement))
    const filled = contrast(behind(field), behind(field.parentElement))
    if (Math.max(ratio, filled) < 3) found.push(`a field's border has ${ratio.toFixed(2)}:1: ${called(field)}`)
  }

  looked.clear()
  const active = document.activeElement
  for (const element of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')) {
    if (!seen(element) || element.disabled || !isNew(element)) continue
    const target = element.matches('.govuk-radios__input, .govuk-checkboxes__input') ? element.nextElementSibling : element
    const page = behind(target.parentElement)
    const before = getComputedStyle(target).backgroundColor
    element.focus({ focusVisible: true, preventScroll: true })
    if (document.activeElement !== element) continue
    const part = target === element ? null : '::before'
    const style = getComputedStyle(target, part)
    const rings = []
    if (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) rings.push(over(channels(style.outlineColor), page))
    const shadow = style.boxShadow.match(/rgba?\([^)]*\)/)
    if (shadow) rings.push(over(channels(shadow[0]), page))
    if (style.backgroundColor !== before) rings.push(over(channels(style.backgroundColor), page))
    const best = Math.max(1, ...rings.map((ring) => contrast(ring, page)))
    if (best < 3) found.push(`its focus has ${best.toFixed(2)}:1: ${called(element)}`)
  }
  active?.focus?.({ preventScroll: true })
  return found
}
