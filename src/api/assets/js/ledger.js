// What pages do more quickly with JavaScript; without it every one of them still works.
import { createAll, Button, Checkboxes, ErrorSummary, PasswordInput, Radios, SkipLink } from 'asset:govuk-frontend.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')

const started = [Checkboxes, ErrorSummary, PasswordInput, Radios, SkipLink]
for (const component of started) createAll(component)
// A double click sends a form once; the key in the form is the safeguard behind it.
createAll(Button, { preventDoubleClick: true })
