// Whose an obligation is, is chosen among the parties above: their names follow what stands there.
// Without JavaScript the server names them when the form is sent.

function named(row) {
  const field = row.querySelector('[name$="-institution-typed"], select[name$="-institution"]')
  if (!field) return ''
  if (field.matches('select')) return field.value ? field.selectedOptions[0].textContent.trim() : ''
  return field.value.trim()
}

function renew(form) {
  const rows = [...form.querySelectorAll('#parties > .form-rows__row')]
  const parties = rows.map((row, at) => ({
    value: row.querySelector('[name^="parties-"]').name.split('-')[1],
    text: `${at + 1}. ${named(row)}`,
    said: named(row) !== '',
  })).filter((one) => one.said)
  for (const select of form.querySelectorAll('[name^="obligations-"][name$="-party"], [name="pasted-party"]')) {
    const before = select.value
    const options = parties.map(({ value, text }) => new Option(text, value, false, value === before))
    select.replaceChildren(select.options[0], ...options)
  }
}

export function followParties() {
  const form = document.querySelector('[data-parties]')?.closest('form')
  if (!form) return
  form.addEventListener('change', (event) => {
    if (event.target.closest('#parties')) renew(form)
  })
}
