// A list of events that is renewed while new ones are recorded. The server tells that there are
// some; the list itself comes as the page shows it, so that names and links are made in one place.

const SETTLE_MILLISECONDS = 400

export function followTail() {
  const tail = document.querySelector('[data-tail]')
  if (!tail) return
  const box = tail.querySelector('input')
  const said = tail.querySelector('[role="status"]')
  let source = null
  let waiting = null

  box.addEventListener('change', () => {
    if (box.checked) open()
    else close()
  })

  function open() {
    source = new EventSource(tail.dataset.tail)
    source.addEventListener('open', () => say(said.dataset.watching))
    source.addEventListener('error', () => say(said.dataset.broken))
    source.addEventListener('message', () => {
      waiting ??= setTimeout(renew, SETTLE_MILLISECONDS)
    })
  }

  function close() {
    source?.close()
    clearTimeout(waiting)
    source = waiting = null
    say('')
  }

  function say(text) {
    if (said.textContent !== text) said.textContent = text
  }

  async function renew() {
    const list = document.getElementById(tail.dataset.list)
    waiting = null
    // Nobody loses the place in the list: it waits until the focus has left it.
    if (list.contains(document.activeElement)) {
      waiting = setTimeout(renew, SETTLE_MILLISECONDS)
      return
    }
    const answer = await fetch(location.href).catch(() => null)
    if (!answer?.ok || !source) return
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const fresh = page.getElementById(list.id)
    if (!fresh) return
    const known = newest(list)
    for (const row of fresh.querySelectorAll('[data-position]')) {
      row.classList.toggle('is-new', Number(row.dataset.position) > known)
    }
    list.replaceChildren(...fresh.childNodes)
    say(`${said.dataset.renewed} ${newest(list)}`)
  }

  function newest(list) {
    return Number(list.querySelector('[data-position]')?.dataset.position ?? 0)
  }
}
