// What pages do more quickly with JavaScript; without it every one of them still works.
import { createAll, Button, ErrorSummary, PasswordInput, SkipLink } from 'asset:govuk-frontend.js'
import { enhanceChoices } from 'asset:choice.js'
import { addRows } from 'asset:rows.js'
import { fillIn, tellWhatIsTyped } from 'asset:fill.js'
import { followParties } from 'asset:parties.js'
import { followTail } from 'asset:tail.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')

for (const component of [ErrorSummary, PasswordInput, SkipLink]) createAll(component)
// A double click sends a form once; the key in the form is the safeguard behind it.
createAll(Button, { preventDoubleClick: true })

enhanceChoices(document)
addRows(enhanceChoices)
followParties()
followTail()
tellWhatIsTyped()
document.addEventListener('htmx:afterSettle', (event) => enhanceChoices(event.detail.elt))
document.addEventListener('htmx:afterSettle', (event) => fillIn(event.detail.elt))
