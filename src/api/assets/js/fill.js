// What the server worked out from a form as it stands goes into the fields that are still blank.
// Who is in such a field just now sees it chosen, so that typing replaces it.

export function fillIn(root) {
  for (const one of root.querySelectorAll('[data-fill]')) {
    const field = document.getElementById(one.dataset.fill)
    if (!field || field.value) continue
    field.value = one.dataset.value
    if (field === document.activeElement) field.select()
  }
}
