// Choosing an object by a part of its name: a combobox (WAI-ARIA 1.2) over a field that also works
// without it, where what was typed is found when the form is sent.

const WAIT_MILLISECONDS = 150

function enhance(choice) {
  const input = choice.querySelector('input:not([type=hidden])')
  const [value, asked] = choice.querySelectorAll('input[type=hidden]')
  const list = document.createElement('ul')
  list.className = 'choice__list'
  list.id = `${input.id}-list`
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', input.getAttribute('placeholder'))
  list.hidden = true
  choice.append(list)
  for (const [name, text] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': list.id, 'aria-expanded': 'false' })) {
    input.setAttribute(name, text)
  }
  let timer, current = -1, asking

  const options = () => [...list.children]

  function close() {
    list.hidden = true
    current = -1
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
  }

  function mark(index) {
    const all = options()
    if (!all.length) return
    current = (index + all.length) % all.length
    all.forEach((one, at) => one.setAttribute('aria-selected', String(at === current)))
    all[current].scrollIntoView({ block: 'nearest' })
    input.setAttribute('aria-activedescendant', all[current].id)
  }

  function choose(option) {
    value.value = option.dataset.value
    input.value = asked.value = option.firstChild.textContent.trim()
    close()
    input.dispatchEvent(new Event('change', { bubbles: true }))
  }

  async function ask() {
    asking?.abort()
    asking = new AbortController()
    try {
      const answer = await fetch(`${choice.dataset.choice}?q=${encodeURIComponent(input.value)}`, { signal: asking.signal })
      if (!answer.ok) return close()
      // Our own server's template escaped it.
      list.innerHTML = await answer.text()
    } catch { return }
    options().forEach((one, at) => { one.id = `${list.id}-${at}` })
    list.hidden = !options().length
    input.setAttribute('aria-expanded', String(!list.hidden))
    current = -1
  }

  input.addEventListener('input', () => {
    value.value = asked.value = ''
    clearTimeout(timer)
    if (input.value.trim().length < 2) return close()
    timer = setTimeout(ask, WAIT_MILLISECONDS)
  })
  input.addEventListener('keydown', (event) => {
    if (list.hidden) {
      if (event.key === 'ArrowDown' && input.value.trim().length > 1) ask()
      return
    }
    if (event.key === 'ArrowDown') mark(current + 1)
    else if (event.key === 'ArrowUp') mark(current - 1)
    else if (event.key === 'Enter' && current >= 0) choose(options()[current])
    else if (event.key === 'Escape') close()
    else return
    event.preventDefault()
  })
  list.addEventListener('mousedown', (event) => {
    const option = event.target.closest('[role=option]')
    if (option) choose(option)
    event.preventDefault()
  })
  input.addEventListener('blur', close)
}

export function enhanceChoices(root) {
  for (const choice of root.querySelectorAll('[data-choice]:not([data-enhanced])')) {
    choice.dataset.enhanced = ''
    enhance(choice)
  }
}
