// Adding a row to a form: the last one copied, empty, with the next number. Without JavaScript the
// button sends the form, and the server answers with one row more.

function emptied(row, prefix, from, to) {
  const copy = row.cloneNode(true)
  for (const list of copy.querySelectorAll('.choice__list')) list.remove()
  for (const message of copy.querySelectorAll('.govuk-error-message')) message.remove()
  for (const bad of copy.querySelectorAll('[class*="--error"]')) {
    bad.className = bad.className.replace(/\S+--error/g, '')
  }
  const old = `${prefix}-${from}`
  for (const element of [copy, ...copy.querySelectorAll('*')]) {
    for (const { name, value } of [...element.attributes]) {
      if (value.includes(old)) element.setAttribute(name, value.replaceAll(old, `${prefix}-${to}`))
    }
    element.removeAttribute('data-enhanced')
    element.removeAttribute('aria-invalid')
    if (element.matches('input[type=checkbox], input[type=radio]')) element.checked = false
    else if (element.matches('input, textarea')) element.value = ''
  }
  return copy
}

export function addRows(onAdded) {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button[name=form-add]')
    const rows = button?.closest('.form-rows')
    const last = rows && [...rows.children].filter((one) => one.matches('.form-rows__row')).at(-1)
    if (!last) return
    event.preventDefault()
    const prefix = button.value
    const numbers = [...rows.querySelectorAll(`[name^="${CSS.escape(prefix)}-"]`)]
      .map((field) => Number(field.name.slice(prefix.length + 1).split('-')[0]))
    const from = Number(last.querySelector('[name]').name.slice(prefix.length + 1).split('-')[0])
    const copy = emptied(last, prefix, from, Math.max(...numbers) + 1)
    const label = copy.getAttribute('aria-label')
    if (label) copy.setAttribute('aria-label', label.replace(/\d+$/, (number) => Number(number) + 1))
    last.after(copy)
    onAdded(copy)
    copy.querySelector('input:not([type=hidden]), select, textarea')?.focus()
  })
}
