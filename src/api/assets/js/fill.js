// What the server worked out from a form as it stands goes into the fields that are still blank.
// Who is in such a field just now sees it chosen, so that typing replaces it.
// What somebody types just now is not told before it is left: half an amount is another amount.

export function tellWhatIsTyped() {
  let before = document.activeElement.value
  document.addEventListener('focusin', (event) => { before = event.target.value })
  document.addEventListener('htmx:configRequest', (event) => {
    const { parameters, triggeringEvent } = event.detail
    const field = document.activeElement
    if (!field.matches('input, textarea') || field === triggeringEvent?.target) return
    if (field.value !== before && parameters[field.name] === field.value) parameters[field.name] = before
  })
}

export function fillIn(root) {
  for (const one of root.querySelectorAll('[data-fill]')) {
    const field = document.getElementById(one.dataset.fill)
    if (!field || field.value) continue
    field.value = one.dataset.value
    if (field === document.activeElement) field.select()
  }
}
